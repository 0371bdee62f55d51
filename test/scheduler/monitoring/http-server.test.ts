import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openHttpServer } from '../../../src/scheduler/monitoring/http-server.js';

const endpoints = {
  health: () => ({ unhealthy: [], notReady: [] }),
  status: () => expect.unreachable(),
  metrics: () => Promise.resolve('up 1\n'),
};

async function open(metrics = endpoints.metrics, allowedHosts: readonly string[] = []): Promise<string> {
  const server = await openHttpServer('127.0.0.1', 0, { ...endpoints, metrics }, { allowedHosts });
  onTestFinished(() => server.close());
  return server.address;
}

/** The status of a request with another Host header, which `fetch` does not allow. */
function getStatus(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

describe('openHttpServer', () => {
  test('answers for its address, for this machine and for the given names only', async () => {
    const url = `${await open(undefined, ['collector', '.example.com'])}/healthz`;
    const hosts = [
      '127.0.0.1:9108',
      'localhost:9108',
      'collector:9108',
      'a.example.com',
      'example.com',
      'evil.example',
    ];
    const statuses = await Promise.all(hosts.map((host) => getStatus(url, host)));
    expect(statuses).toEqual([200, 200, 200, 200, 421, 421]);
  });

  test('computes the metrics once for requests at the same time', async () => {
    let computed = 0;
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const { port } = new URL(
      await open(async () => {
        computed++;
        await finished;
        return 'up 1\n';
      }),
    );
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    // The server reads the requests of one packet at once.
    socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20));
    await expect.poll(() => computed).toBe(1);
    finish();
    await expect.poll(() => text.split('up 1\n').length - 1).toBe(20);
    expect(computed).toBe(1);
    socket.destroy();
  });
});
