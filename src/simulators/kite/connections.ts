import type { Socket } from 'node:net';
import type { Instant } from '../../core/time.js';
import type { KiteError } from './errors.js';

/** One TCP connection of a client. */
export interface Connection {
  readonly number: number;
  readonly socket: Socket;
  /** From when on it is talked to. */
  talksFrom: Instant;
  /** Nothing is read from it or said on it any more. */
  mute: boolean;
  /** What the first request on it is answered with, whatever it is. */
  greeting: KiteError | null;
}

/** The connections that are open. */
export interface Connections {
  add(socket: Socket): Connection;
  of(socket: Socket): Connection | undefined;
  all(): readonly Connection[];
}

export function createConnections(): Connections {
  const open = new Map<Socket, Connection>();
  let count = 0;
  return {
    add(socket) {
      const connection = { number: ++count, socket, talksFrom: 0, mute: false, greeting: null };
      open.set(socket, connection);
      socket.once('close', () => open.delete(socket));
      return connection;
    },
    of: (socket) => open.get(socket),
    all: () => [...open.values()],
  };
}
