import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';

import { expositionType } from './exposition.js';
import type { Health } from './health.js';

/** What a collector answers over HTTP. */
export interface Answers {
  health(): Health;
  /** The metrics as text. */
  metrics(): Promise<string>;
  status(): unknown;
}

/** A server that listens. */
export interface CollectorServer {
  readonly address: string;
  close(): Promise<void>;
}

/** Listens for those who watch over the collector; rejects as Node does when the port is taken. */
export function openServer(host: string, port: number, answers: Answers): Promise<CollectorServer> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    answer(path, response, answers).catch((error: unknown) => {
      // One question that cannot be answered is no reason to stop collecting.
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const bound = server.address();
      const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
      resolve({
        address: `http://${host.includes(':') ? `[${host}]` : host}:${String(actual)}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function answer(path: string, response: ServerResponse, answers: Answers): Promise<void> {
  switch (path) {
    case '/healthz': {
      const { stuck } = answers.health();
      sendJson(response, stuck.length === 0 ? 200 : 503, { healthy: stuck.length === 0, problems: stuck });
      return;
    }
    case '/readyz': {
      const { unready } = answers.health();
      sendJson(response, unready.length === 0 ? 200 : 503, { ready: unready.length === 0, problems: unready });
      return;
    }
    case '/metrics': {
      const text = await answers.metrics();
      response.writeHead(200, { 'content-type': expositionType }).end(text);
      return;
    }
    case '/status':
      sendJson(response, 200, answers.status());
      return;
    default:
      sendJson(response, 404, { paths: ['/healthz', '/readyz', '/metrics', '/status'] });
  }
}

function sendJson(response: ServerResponse, code: number, document: unknown): void {
  response
    .writeHead(code, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(`${JSON.stringify(document, null, 2)}\n`);
}
