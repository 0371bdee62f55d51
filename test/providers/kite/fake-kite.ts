import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

/** An HTTP server with the responses of a test. */
export interface FakeKite {
  readonly baseUrl: string;
  /** The paths with their queries, in order of arrival. */
  readonly requestedUrls: string[];
  /** The number of open connections. */
  connections(): Promise<number>;
}

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

export async function startFakeKite(handler: Handler): Promise<FakeKite> {
  const requestedUrls: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://kite');
    requestedUrls.push(`${url.pathname}${url.search}`);
    handler(request, response, url);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    requestedUrls,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      ),
  };
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Sends an error in Kite's format. */
export function sendError(response: ServerResponse, status: number, type: string, message: string): void {
  sendJson(response, status, { status: 'error', message, data: null, error_type: type });
}

export function sendData(response: ServerResponse, data: unknown): void {
  sendJson(response, 200, { status: 'success', data });
}
