import { formatJson } from '../../platform/text/escape.js';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { prometheusContentType } from 'prom-client';

import { listen } from '../../platform/http/listen.js';
import type { ListeningServer } from '../../platform/http/listen.js';
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
  /** Answers every other path: the page and its API. Without it they are not found. */
  readonly web?: (request: IncomingMessage, response: ServerResponse) => void;
}

const ownPaths = ['/healthz', '/readyz', '/metrics', '/status'];

/** Starts the HTTP server; rejects with Node's error if the port is in use. */
export function openHttpServer(
  host: string,
  port: number,
  endpoints: HttpEndpoints,
  { allowedHosts = [], ...protection }: ServerProtection = {},
): Promise<ListeningServer> {
  const sharedEndpoints = { ...endpoints, metrics: shareResult(() => endpoints.metrics()) };
  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (endpoints.web !== undefined && !ownPaths.includes(path)) {
      endpoints.web(request, response);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    handleRequest(path, response, sharedEndpoints).catch((error: unknown) => {
      // An error in one response must not end the collector.
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${errorMessage(error)}\n`);
    });
  };
  const server = createProtectedServer(respond, { ...protection, allowedHosts: [host, ...allowedHosts] });
  return listen(server, host, port);
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
      sendJson(response, 404, { paths: ownPaths });
  }
}

function sendJson(response: ServerResponse, code: number, document: unknown): void {
  response
    .writeHead(code, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(`${formatJson(document, 2)}\n`);
}
