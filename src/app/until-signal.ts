import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';

/** Resolves with its exit code when the first signal to stop comes; a second one ends the process as usual. */
export function waitForSignal(): Promise<ExitCode> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(exitCode.interrupted));
    process.once('SIGTERM', () => resolve(exitCode.terminated));
  });
}
