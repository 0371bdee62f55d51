import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { parseRequestToken } from './login.js';

/** Why no request token came. */
export interface RedirectProblem {
  readonly kind: 'port' | 'refused' | 'stopped';
  readonly message: string;
}

/** Where to wait, until when, and whom to tell that it has begun. */
export interface RedirectOptions {
  /** 0 takes any. */
  readonly port: number;
  readonly signal: AbortSignal;
  readonly onListening: (port: number) => void;
}

const renderPage = (text: string): string =>
  `<!doctype html><meta charset="utf-8"><title>pipe</title><p style="font: 1.2em sans-serif; margin: 3em">${text}</p>\n`;

/** Waits on this machine, and for it alone, for the browser to come back from the login with a request token. */
export function awaitRedirect({
  port,
  signal,
  onListening,
}: RedirectOptions): Promise<Result<string, RedirectProblem>> {
  return new Promise((resolve) => {
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
      const token = parseRequestToken(searchParams.get('request_token') ?? '');
      const status = searchParams.get('status');
      const respond = (code: number, text: string, onSent: () => void): void => {
        response.writeHead(code, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
        response.end(renderPage(text), onSent);
      };
      if (request.method !== 'GET') respond(405, 'Only the browser that logs in belongs here.', () => undefined);
      else if (status !== null && status !== 'success')
        respond(200, 'Kite has refused the login.', () => {
          finish(err({ kind: 'refused', message: 'Kite has refused the login' }));
        });
      else if (token === null) respond(404, 'Waiting for Kite to come back with a request token.', () => undefined);
      else
        respond(200, 'Logged in. This page can be closed.', () => {
          finish(ok(token));
        });
    });
    const onAbort = (): void => {
      finish(err({ kind: 'stopped', message: 'stopped before anybody logged in' }));
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
