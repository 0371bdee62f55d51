import type { Server } from 'node:http';

/** An HTTP server that listens. */
export interface ListeningServer {
  /** Such as `http://127.0.0.1:9108`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Starts to listen; rejects with Node's error if the port is in use. Port 0 is any free port. */
export function listen(server: Server, host: string, port: number): Promise<ListeningServer> {
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
