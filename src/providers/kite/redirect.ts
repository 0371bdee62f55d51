import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { requestTokenIn } from './login.js';

/** Why no request token came. */
export interface RedirectProblem {
  readonly kind: 'port' | 'refused' | 'stopped';
  readonly message: string;
}

/** Where to wait, until when, and whom to tell that it has begun. */
export interface RedirectParts {
  /** 0 takes any. */
  readonly port: number;
  readonly signal: AbortSignal;
  readonly listening: (port: number) => void;
}

const page = (words: string): string =>
  `<!doctype html><meta charset="utf-8"><title>pipe</title><p style="font: 1.2em sans-serif; margin: 3em">${words}</p>\n`;

/** Waits on this machine, and for it alone, for the browser to come back from the login with a request token. */
export function awaitRedirect({ port, signal, listening }: RedirectParts): Promise<Result<string, RedirectProblem>> {
  return new Promise((resolve) => {
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
      const token = requestTokenIn(searchParams.get('request_token') ?? '');
      const status = searchParams.get('status');
      const say = (code: number, words: string, then: () => void): void => {
        response.writeHead(code, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
        response.end(page(words), then);
      };
      if (request.method !== 'GET') say(405, 'Only the browser that logs in belongs here.', () => undefined);
      else if (status !== null && status !== 'success')
        say(200, 'Kite has refused the login.', () => {
          finish(err({ kind: 'refused', message: 'Kite has refused the login' }));
        });
      else if (token === null) say(404, 'Waiting for Kite to come back with a request token.', () => undefined);
      else
        say(200, 'Logged in. This page can be closed.', () => {
          finish(ok(token));
        });
    });
    const stop = (): void => {
      finish(err({ kind: 'stopped', message: 'stopped before anybody logged in' }));
    };
    const finish = (result: Result<string, RedirectProblem>): void => {
      signal.removeEventListener('abort', stop);
      server.close();
      server.closeAllConnections();
      resolve(result);
    };
    server.once('error', (error) => {
      finish(err({ kind: 'port', message: `cannot listen on 127.0.0.1:${port}: ${error.message}` }));
    });
    server.listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      listening(typeof address === 'object' && address !== null ? address.port : port);
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
