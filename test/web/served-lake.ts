import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { expect } from 'vitest';

import { createRig } from '../rig.js';
import type { Rig, RunningCall } from '../rig.js';

export const token = 'a-token-of-the-server-test';

/** A lake with bars of two symbols, and a server that shows it. */
export interface ServedLake {
  readonly rig: Rig;
  readonly server: RunningCall;
  readonly port: number;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export async function serveLake(...words: readonly string[]): Promise<ServedLake> {
  const rig = await createRig();
  await rig.write(
    'pipelines/small.yaml',
    'name: small\nprovider: mock\nsymbols: [AAPL, MSFT]\nsteps:\n  contracts: {}\n  equity: { needs: contracts, lookback: 20 sessions }\n',
  );
  expect((await rig.pipe('run', 'pipelines/small.yaml')).exitCode).toBe(0);
  return { rig, ...(await startServer(rig, {}, ...words)) };
}

export async function startServer(
  rig: Rig,
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<{ readonly server: RunningCall; readonly port: number }> {
  const server = rig.spawn('ui', '--port', '0', ...words, { env: { PIPE_WEB_TOKEN: token, ...env } });
  await server.waitForOutput(/page at http\S+/);
  return { server, port: Number(/page at http:\/\/\S+?:(\d+)\//.exec(server.stdout())?.[1]) };
}

/** Sends one request as it is given: a client of the platform would correct its path and its headers. */
export function send(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | null = null,
  host = '127.0.0.1',
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const method = body === null ? 'GET' : 'POST';
    const sent = request({ host, port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const received = Buffer.concat(parts);
        const { statusCode = 0, headers: found } = response;
        resolve({ status: statusCode, headers: found, body: received, text: received.toString('utf8') });
      });
    });
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}

/** The answer to one statement of the SQL box. */
export function query(port: number, sql: string, format = 'json'): Promise<Received> {
  return send(port, `/api/v1/query?${new URLSearchParams({ sql, format }).toString()}`);
}
