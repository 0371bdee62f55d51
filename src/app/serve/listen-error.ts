import { errorMessage } from '../../platform/error-message.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';

/** Explains why a server cannot listen. */
export function createListenError(error: unknown, host: string, port: number, portHint: string): CliError {
  const message = errorMessage(error);
  const isHostProblem = /ENOTFOUND|EADDRNOTAVAIL/.test(message);
  return new CliError(
    exitCode.usage,
    isHostProblem ? `this machine has no address ${host}` : `cannot listen on ${host}:${String(port)}: ${message}`,
    isHostProblem ? 'omit --host to listen on 127.0.0.1' : portHint,
  );
}
