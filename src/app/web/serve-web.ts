import { createProtectedServer } from '../../platform/http/protected-server.js';
import { listen } from '../../platform/http/listen.js';
import { waitForSignal } from '../signals.js';
import type { AppContext } from '../context.js';
import type { ExitCode } from '../exit-code.js';
import { createListenError } from '../serve/listen-error.js';
import { createWeb } from './create-web.js';
import type { WebOptions } from './create-web.js';

export interface WebServerOptions extends WebOptions {
  /** More host names of requests that are answered. */
  readonly allowedHosts: readonly string[];
}

/** Serves the page of a lake until a signal arrives; returns the exit code of the process. */
export async function serveWeb(
  options: WebServerOptions,
  onListening: (address: string, token: string) => void,
  ctx: AppContext,
): Promise<ExitCode> {
  const { host, port, allowedHosts } = options;
  const web = await createWeb(options, ctx);
  try {
    const protection = { allowedHosts: [host, ...allowedHosts], isLongLived: web.isStream };
    const server = await listen(createProtectedServer(web.handle, protection), host, port).catch((error: unknown) => {
      throw createListenError(error, host, port, 'choose another port with --port (0 = any free port)');
    });
    const stopped = waitForSignal();
    onListening(server.address, web.token);
    const code = await stopped;
    web.close();
    await server.close();
    return code;
  } finally {
    web.close();
  }
}
