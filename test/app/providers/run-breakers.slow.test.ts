/** Circuit breakers over several runs of the real command. */
import { expect, test } from 'vitest';

import {
  listRequestedSeries,
  noFaults,
  createFaultyProject,
  listUnfinishedTasks,
} from '../../fixtures/faulty-project.js';
import type { FaultyProject } from '../../fixtures/faulty-project.js';

const bad = '[{ when: { request: option_bars, symbol: AAPL }, do: garbage }]';
const settings = `pacing: { concurrency: 1 }
retry: { attempts: 2, delay: 1ms, max_delay: 1ms }
breaker: { threshold: 3, cooldown: 1h }
`;

async function status({ rig }: FaultyProject, now: string): Promise<{ openBreakers: unknown[] }> {
  const { stdout } = await rig.pipe('status', '--json', '--now', now);
  return JSON.parse(stdout) as { openBreakers: unknown[] };
}

test('the circuit of a failing symbol stays open over runs, is probed after the cooldown and closes', async () => {
  const project = await createFaultyProject(settings);
  const { run, rig } = project;

  const first = await run(3, bad, '--now', '2026-11-21T08:00:00Z');
  expect(listUnfinishedTasks(first.document)).toEqual(['options/AAPL failed']);
  const requested = listRequestedSeries(first.calls).filter((series) => series.startsWith('option_bars/AAPL/'));
  // Two attempts of the first request and one of the second; the open circuit blocks the others.
  expect(requested).toHaveLength(3);
  expect(new Set(requested).size).toBe(2);
  const open = {
    pipeline: 'small',
    provider: 'synthetic',
    symbol: 'AAPL',
    failures: 3,
    cause: 'the response cannot be parsed',
  };
  expect((await status(project, '2026-11-21T08:10:00Z')).openBreakers).toEqual([
    { ...open, until: expect.stringMatching(/^2026-11-21T09:0\d:/) as string },
  ]);
  const { stdout } = await rig.pipe('status', '--now', '2026-11-21T08:10:00Z');
  expect(stdout).toMatch(
    /circuit open {2}AAPL at synthetic in small after 3 failures in a row \(the response cannot be parsed\), until 2026-11-21 09:0\d:\d\d UTC/,
  );

  const second = await run(3, bad, '--now', '2026-11-21T08:10:00Z', '--retry-failed');
  expect(second.calls).toEqual([]);
  expect(second.document).toMatchObject({ requests: 0 });
  expect(second.document.tasks.find(({ id }) => id === 'options/AAPL')?.error).toMatch(
    /^circuit open for AAPL at synthetic until 2026-11-21 09:0\d:\d\d UTC after 3 failures in a row: the response cannot be parsed$/,
  );

  const third = await run(3, bad, '--now', '2026-11-21T09:10:00Z', '--retry-failed');
  expect(listRequestedSeries(third.calls)).toHaveLength(1);
  expect((await status(project, '2026-11-21T09:11:00Z')).openBreakers).toMatchObject([{ ...open, failures: 4 }]);

  await run(0, noFaults, '--now', '2026-11-21T10:30:00Z');
  expect((await status(project, '2026-11-21T10:31:00Z')).openBreakers).toEqual([]);
  const record = (await rig.files()).filter((file) => file.endsWith('events.ndjson')).sort();
  const states = (await Promise.all(record.map((file) => rig.read(file))))
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes('breaker-changed'))
    .map((line) => JSON.parse(line) as { state: string; symbol?: string; carriedOver?: true })
    .map(({ state, symbol, carriedOver }) => `${symbol ?? 'provider'} ${state}${carriedOver === true ? ' still' : ''}`);
  expect(states).toEqual([
    'AAPL open',
    'AAPL open still',
    'AAPL open still',
    'AAPL half-open',
    'AAPL open',
    'AAPL open still',
    'AAPL half-open',
    'AAPL closed',
  ]);
});

test('the next run probes a provider with an open circuit by one request', async () => {
  const project = await createFaultyProject(
    'pacing: { concurrency: 1 }\nretry: { attempts: 2, delay: 1ms, max_delay: 1ms }\nbreaker: { threshold: 2, cooldown: 500ms }\n',
  );
  const down = '[{ when: request, do: drop }]';
  const first = await project.run(4, down, '--now', '2026-11-21T08:00:00Z');
  expect(listRequestedSeries(first.calls)).toHaveLength(2 + 3);
  const second = await project.run(4, down, '--now', '2026-11-21T08:10:00Z');
  expect(listRequestedSeries(second.calls)).toHaveLength(1);
  await project.run(0, noFaults, '--now', '2026-11-21T08:20:00Z');
  expect((await status(project, '2026-11-21T08:21:00Z')).openBreakers).toEqual([]);
});
