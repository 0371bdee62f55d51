import type { Server } from 'node:net';
import { err, ok } from '../core/result.js';
import type { Result } from '../core/result.js';

/** Why nobody can be let in at a port. */
export interface PortProblem {
  readonly host: string;
  readonly port: number;
  /** `EADDRINUSE`, `EACCES` … */
  readonly code: string;
  readonly message: string;
}

/** Lets clients in; the port is the one that was given, or one that is free for 0. */
export function listen(server: Server, host: string, port: number): Promise<Result<number, PortProblem>> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      resolve(err({ host, port, code: error.code ?? 'unknown', message: error.message }));
    };
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.removeListener('error', fail);
      const address = server.address();
      resolve(ok(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
