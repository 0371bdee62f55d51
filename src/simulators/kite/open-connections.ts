import type { Socket } from 'node:net';
import type { Instant } from '../../core/time/time.js';
import type { KiteError } from './errors.js';

/** One TCP connection of a client. */
export interface HttpConnection {
  readonly number: number;
  readonly socket: Socket;
  /** The server does not respond before this instant. */
  respondsFrom: Instant;
  /** Muted connections stay open but are neither read nor written. */
  muted: boolean;
  /** Response to the first request on this connection; null for a normal response. */
  connectError: KiteError | null;
}

export interface OpenConnections {
  add(socket: Socket): HttpConnection;
  find(socket: Socket): HttpConnection | undefined;
  all(): readonly HttpConnection[];
}

export function createOpenConnections(): OpenConnections {
  const open = new Map<Socket, HttpConnection>();
  let count = 0;
  return {
    add(socket) {
      const connection = { number: ++count, socket, respondsFrom: 0, muted: false, connectError: null };
      open.set(socket, connection);
      socket.once('close', () => open.delete(socket));
      return connection;
    },
    find: (socket) => open.get(socket),
    all: () => [...open.values()],
  };
}
