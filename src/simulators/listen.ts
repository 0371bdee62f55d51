import type { Server } from 'node:net';
import { err, ok } from '../core/result.js';
import type { Result } from '../core/result.js';
import type { PortProblem } from './simulator-event.js';

/** Starts listening; resolves to the port, which is any free one for 0. */
export function listen(server: Server, host: string, port: number): Promise<Result<number, PortProblem>> {
  return new Promise((resolve) => {
    const fail = ({ code, message }: NodeJS.ErrnoException): void => {
      resolve(err({ kind: toPortProblemKind(code), host, port, message }));
    };
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.removeListener('error', fail);
      const address = server.address();
      resolve(ok(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

function toPortProblemKind(code: string | undefined): PortProblem['kind'] {
  if (code === 'EADDRINUSE') return 'in-use';
  if (code === 'EACCES' || code === 'EPERM') return 'not-allowed';
  return code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL' || code === 'EAI_AGAIN' ? 'no-such-host' : 'other';
}
