import { formatJson } from '../../platform/text/escape.js';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { prometheusContentType } from 'prom-client';

import { createProtectedServer } from '../../platform/http/protected-server.js';
import type { ServerProtection } from '../../platform/http/protected-server.js';
import { errorMessage } from '../../platform/error-message.js';
import type { Health } from './health.js';
import type { StatusDocument } from './status-document.js';

/** The responses of the HTTP server. */
export interface HttpEndpoints {
  health(): Health;
  /** The metrics in Prometheus' text format. */
  metrics(): Promise<string>;
  status(): StatusDocument;
}

/** An HTTP server that listens. */
export interface CollectorServer {
  readonly address: string;
  close(): Promise<void>;
}

/** Starts the HTTP server; rejects with Node's error if the port is in use. */
export function openHttpServer(
  host: string,
  port: number,
  endpoints: HttpEndpoints,
  { allowedHosts = [], limits = {} }: ServerProtection = {},
): Promise<CollectorServer> {
  const sharedEndpoints = { ...endpoints, metrics: shareResult(() => endpoints.metrics()) };
  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    handleRequest(path, response, sharedEndpoints).catch((error: unknown) => {
      // An error in one response must not end the collector.
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${errorMessage(error)}\n`);
    });
  };
  const server = createProtectedServer(respond, { allowedHosts: [host, ...allowedHosts], limits });
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

/** Requests that arrive while a result is being computed share it: many clients at once cost as much as one. */
function shareResult(compute: () => Promise<string>): () => Promise<string> {
  let inProgress: Promise<string> | null = null;
  return () =>
    (inProgress ??= compute().finally(() => {
      inProgress = null;
    }));
}

async function handleRequest(path: string, response: ServerResponse, endpoints: HttpEndpoints): Promise<void> {
  switch (path) {
    case '/healthz': {
      const { unhealthy } = endpoints.health();
      sendJson(response, unhealthy.length === 0 ? 200 : 503, { healthy: unhealthy.length === 0, problems: unhealthy });
      return;
    }
    case '/readyz': {
      const { notReady } = endpoints.health();
      sendJson(response, notReady.length === 0 ? 200 : 503, { ready: notReady.length === 0, problems: notReady });
      return;
    }
    case '/metrics': {
      const text = await endpoints.metrics();
      response.writeHead(200, { 'content-type': prometheusContentType }).end(text);
      return;
    }
    case '/status':
      sendJson(response, 200, endpoints.status());
      return;
    default:
      sendJson(response, 404, { paths: ['/healthz', '/readyz', '/metrics', '/status'] });
  }
}

function sendJson(response: ServerResponse, code: number, document: unknown): void {
  response
    .writeHead(code, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(`${formatJson(document, 2)}\n`);
}
