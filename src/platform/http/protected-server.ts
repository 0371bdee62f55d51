import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { matchesHostName } from './allowed-hosts.js';

/** Limits that keep slow and many clients from occupying the process. */
export interface ServerLimits {
  /** With more connections, the one that has waited longest without a request is closed. */
  readonly maxConnections: number;
  /** The time from the start of a connection or request to the end of its headers. */
  readonly headerTimeout: Duration;
  /** The same to the end of its body. */
  readonly requestTimeout: Duration;
  /** The time from the end of the headers to the last byte of the response: some clients read slowly. */
  readonly responseTimeout: Duration;
  readonly idleTimeout: Duration;
  readonly maxHeaderBytes: number;
}

export const defaultServerLimits: ServerLimits = {
  maxConnections: 100,
  headerTimeout: 5 * second,
  requestTimeout: 10 * second,
  responseTimeout: 30 * second,
  idleTimeout: 5 * second,
  maxHeaderBytes: 8 * 1024,
};

export interface ServerProtection {
  /** More names under which clients may address the server, such as `collector` or `.example.com`. */
  readonly allowedHosts?: readonly string[];
  readonly limits?: Partial<ServerLimits>;
  /** Requests whose response has no time limit, such as streams of events. */
  readonly isLongLived?: (request: IncomingMessage) => boolean;
}

/**
 * Creates an HTTP server that answers only requests for names of this machine: through DNS rebinding, a page of another site would
 * otherwise read it in the browser of a user. IP addresses are safe, because a page cannot choose the address of its own host.
 */
export function createProtectedServer(
  respond: (request: IncomingMessage, response: ServerResponse) => void,
  { allowedHosts = [], limits: changedLimits = {}, isLongLived = () => false }: ServerProtection,
): Server {
  const limits = { ...defaultServerLimits, ...changedLimits };
  const names = ['localhost', '.localhost', hostname(), ...allowedHosts].map((name) => name.toLowerCase());
  const open = new Set<Socket>();
  /** Connections without a request in progress, the longest waiting one first. */
  const waiting = new Set<Socket>();
  const server = createServer(
    {
      headersTimeout: limits.headerTimeout,
      requestTimeout: limits.requestTimeout,
      keepAliveTimeout: limits.idleTimeout,
      // By default Node looks for connections beyond their time limits every 30 seconds.
      connectionsCheckingInterval: Math.min(second, limits.headerTimeout / 2),
      maxHeaderSize: limits.maxHeaderBytes,
    },
    (request, response) => {
      const { socket } = request;
      waiting.delete(socket);
      const timer = isLongLived(request) ? null : setTimeout(() => socket.destroy(), limits.responseTimeout);
      response.once('close', () => {
        if (timer !== null) clearTimeout(timer);
        if (open.has(socket)) waiting.add(socket);
      });
      const name = getHostName(request.headersDistinct['host'] ?? []);
      if (name !== null && (isIP(name) !== 0 || names.some((allowed) => matchesHostName(name, allowed))))
        respond(request, response);
      else rejectHost(response, name);
    },
  );
  // A process without free file descriptors cannot accept a connection; it serves the next one.
  server.on('error', () => undefined);
  server.on('connection', (socket) => {
    open.add(socket);
    waiting.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      waiting.delete(socket);
    });
    if (open.size <= limits.maxConnections) return;
    const [oldest = socket] = waiting;
    oldest.destroy();
    open.delete(oldest);
    waiting.delete(oldest);
  });
  return server;
}

/** The name or address in the only Host header, without port and brackets; null if there is none, or several, or a malformed one. */
function getHostName(headers: readonly string[]): string | null {
  const [, name = ''] = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?$/i.exec(headers.join(' ')) ?? [];
  return name === '' ? null : name.toLowerCase().replace(/^\[|\]$/g, '');
}

function rejectHost(response: ServerResponse, name: string | null): void {
  response.writeHead(name === null ? 400 : 421, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  response.end(name === null ? 'no valid Host header\n' : `no server for the host name ${name}\n`);
}
