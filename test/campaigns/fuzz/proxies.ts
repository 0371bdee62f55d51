import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A proxy between client and server that changes the server's bytes. */
export interface Proxy {
  readonly port: number;
  close(): Promise<void>;
}

async function listenOnFreePort(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Forwards bytes; `change` changes those of the server, its second argument is their offset. */
export async function startByteProxy(
  target: number,
  transform: (bytes: Buffer, bytesBefore: number) => Buffer,
): Promise<Proxy> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    let bytesBefore = 0;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (upstream.writable) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      const transformed = transform(bytes, bytesBefore);
      bytesBefore += bytes.length;
      if (client.writable) client.write(transformed);
    });
  });
  const port = await listenOnFreePort(server);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Forwards HTTP requests; `change` changes the bodies of responses by path. */
export async function startHttpProxy(
  target: number,
  transform: (body: Buffer, path: string) => Buffer,
): Promise<Proxy> {
  const server = createHttpServer((incoming, outgoing) => {
    const { method, url: path = '/', headers } = incoming;
    const upstream = httpRequest({ host: '127.0.0.1', port: target, method, path, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const bytes = Buffer.concat(parts);
        const body = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
        const transformed = transform(body, path);
        const type = answer.headers['content-type'];
        outgoing.writeHead(answer.statusCode ?? 502, { ...(type === undefined ? {} : { 'content-type': type }) });
        outgoing.end(transformed);
      });
    });
    upstream.on('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  });
  const port = await listenOnFreePort(server);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
