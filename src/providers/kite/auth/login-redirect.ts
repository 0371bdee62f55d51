import type { AddressInfo } from 'node:net';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { createProtectedServer } from '../../../platform/http/protected-server.js';
import { parseRequestToken } from './login.js';

export interface RedirectProblem {
  readonly kind: 'port' | 'rejected' | 'cancelled';
  readonly message: string;
}

export interface RedirectOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly signal: AbortSignal;
  readonly onListening: (port: number) => void;
}

const renderPage = (text: string): string =>
  `<!doctype html><meta charset="utf-8"><title>pipe</title><p style="font: 1.2em sans-serif; margin: 3em">${text}</p>\n`;

/** Listens on the loopback address until the browser returns from the login with a request token. */
export function awaitRedirect({
  port,
  signal,
  onListening,
}: RedirectOptions): Promise<Result<string, RedirectProblem>> {
  return new Promise((resolve) => {
    const server = createProtectedServer((request, response) => {
      const searchParams = parseQuery(request.url ?? '');
      const token = parseRequestToken(searchParams.get('request_token') ?? '');
      const status = searchParams.get('status');
      const respond = (code: number, text: string, onSent: () => void): void => {
        response.writeHead(code, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
        response.end(renderPage(text), onSent);
      };
      if (request.method !== 'GET') respond(405, 'This page accepts only the redirect of a login.', () => undefined);
      else if (status !== null && status !== 'success')
        respond(200, 'Kite rejected the login.', () => {
          finish(err({ kind: 'rejected', message: 'Kite rejected the login' }));
        });
      else if (token === null)
        respond(404, 'Waiting for the redirect from Kite with a request token.', () => undefined);
      else
        respond(200, 'Logged in. This page can be closed.', () => {
          finish(ok(token));
        });
    }, {});
    const onAbort = (): void => {
      finish(err({ kind: 'cancelled', message: 'cancelled before the login was completed' }));
    };
    const finish = (result: Result<string, RedirectProblem>): void => {
      signal.removeEventListener('abort', onAbort);
      server.close();
      server.closeAllConnections();
      resolve(result);
    };
    server.once('error', (error) => {
      finish(err({ kind: 'port', message: `cannot listen on 127.0.0.1:${port}: ${error.message}` }));
    });
    server.listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      onListening(typeof address === 'object' && address !== null ? address.port : port);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** A browser sends a path; other clients send addresses that are none. */
function parseQuery(address: string): URLSearchParams {
  return URL.canParse(address, 'http://127.0.0.1')
    ? new URL(address, 'http://127.0.0.1').searchParams
    : new URLSearchParams();
}
