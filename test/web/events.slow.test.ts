import { get } from 'node:http';
import type { ClientRequest } from 'node:http';
import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serveLake } from './served-lake.js';
import type { ServedLake } from './served-lake.js';

interface Event {
  readonly kind: string;
  readonly document: {
    readonly runs?: readonly { readonly runId: string; readonly pipeline: string; readonly status: string }[];
    readonly health?: { readonly status: string; readonly sentence: string };
  };
}

/** Follows the events of a server, as a page does. */
function follow(port: number): { readonly request: ClientRequest; readonly events: readonly Event[] } {
  const events: Event[] = [];
  let rest = '';
  const request = get({ host: '127.0.0.1', port, path: '/api/v1/events', agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const [, kind = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
        if (kind !== '') events.push({ kind, document: JSON.parse(data) as Event['document'] });
      }
    });
    response.on('error', () => undefined);
  });
  request.on('error', () => undefined);
  return { request, events };
}

describe('the events of a server', () => {
  let lake: ServedLake;

  beforeAll(async () => {
    lake = await serveLake();
    await lake.rig.write(
      'pipelines/slow.yaml',
      'name: slow\nprovider: mock\nproviders:\n  mock: { delay: 400ms }\npacing: { concurrency: 1 }\nsymbols: [SPY, QQQ, IWM, DIA]\nsteps:\n  contracts: {}\n  quotes: { needs: contracts, refresh: 0s }\n',
    );
  });

  afterAll(async () => {
    lake.server.kill('SIGTERM');
    await lake.server.result;
  });

  it('have only the last ended run of each pipeline, however many there were', async () => {
    const { request, events } = follow(lake.port);
    const lastRuns = (): NonNullable<Event['document']['runs']> =>
      events.findLast(({ kind }) => kind === 'runs')?.document.runs ?? [];
    const ended = new Set<string>();
    for (let round = 1; round <= 3; round++) {
      expect((await lake.rig.pipe('run', 'pipelines/slow.yaml', { newProcess: true })).exitCode).toBe(0);
      await expect.poll(() => lastRuns().map(({ status }) => status)).toEqual(['ok']);
      for (const { runId } of lastRuns()) ended.add(runId);
      await expect.poll(() => ended.size + lastRuns().filter(({ runId }) => !ended.has(runId)).length).toBe(round);
    }
    await expect.poll(() => lastRuns().map(({ status }) => status)).toEqual(['ok']);
    request.destroy();
  });

  it('name the reason when the lake cannot be read, and its health when it can again', async () => {
    const { request, events } = follow(lake.port);
    const health = (): string => events.findLast(({ kind }) => kind === 'now')?.document.health?.sentence ?? '';
    await expect.poll(health).not.toBe('');
    await rename(lake.rig.path('data'), lake.rig.path('elsewhere'));
    await lake.rig.write('data', 'a file in the place of the lake');
    await expect.poll(health).toMatch(/^The lake cannot be read: /);
    await rename(lake.rig.path('data'), lake.rig.path('no-lake'));
    await rename(lake.rig.path('elsewhere'), lake.rig.path('data'));
    await expect.poll(health).not.toContain('cannot be read');
    request.destroy();
  });
});
