import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { minute } from '../../src/core/time/time.js';
import type { OverviewStep, QuotesStep, SnapshotsStep } from '../../src/config/pipeline/pipeline.js';
import { startExecution } from '../fixtures/start-execution.js';
import type { StartedExecution } from '../fixtures/start-execution.js';
import { createChainsStep, createContractsStep, createPipeline } from '../fixtures/pipelines.js';

const friday = Date.parse('2026-11-20T18:00:00Z');
const provider = 'mock';
const point = { provider, timeout: null, refresh: 5 * minute } as const;
const quotes: QuotesStep = { name: 'quotes', uses: 'quotes', needs: ['contracts'], ...point };
const snapshots: SnapshotsStep = {
  ...{ name: 'snapshots', uses: 'snapshots', needs: ['chains', 'quotes'], ...point },
  ...{ strikes: 1, adaptiveStrikes: false, expiries: 2, rights: ['C', 'P'] },
};
const overview: OverviewStep = {
  name: 'overview',
  uses: 'overview',
  provider,
  needs: ['snapshots'],
  snapshotSteps: [snapshots],
};
const pipeline = createPipeline(['AAPL'], [createContractsStep(), createChainsStep(), quotes, snapshots, overview]);

beforeEach(() => {
  vi.useFakeTimers({ now: friday });
});

afterEach(() => {
  vi.useRealTimers();
});

function getOverviewStatus({ plan }: StartedExecution): readonly [string, string] | undefined {
  const task = plan.tasks.find(({ step }) => step === 'overview');
  return task === undefined ? undefined : [task.status, task.reason];
}

test('computes an overview after the snapshots without a request to a provider', async () => {
  const trial = startExecution({ pipeline, now: friday });
  expect(getOverviewStatus(trial)).toEqual(['deferred', 'known after snapshots']);
  const result = await trial.waitForEnd();
  expect(result.status).toBe('ok');
  expect(trial.provider.names.some((name) => name.startsWith('overviews'))).toBe(false);
  const { results } = trial.fixture.lake;
  const lastResult = results.at(-1);
  expect(lastResult).toMatchObject({
    series: {
      dataset: 'overviews',
      expected: [
        { expiry: '2026-11-27', strikes: 3 },
        { expiry: '2026-12-18', strikes: 3 },
      ],
    },
    closedWindows: [{ state: 'data', rows: 1 }],
    rows: { columns: { expiries_held: Float64Array.of(2), missing_expiries: [null] } },
  });
  const answers = results.filter(({ series }) => series.dataset === 'option_snapshots');
  const chain = results.find(({ series }) => series.dataset === 'chains');
  expect(lastResult?.upstream).toEqual([...answers, chain].map((found) => found?.requestId));
  for (const { rows } of answers) {
    if (rows?.dataset === 'option_snapshots') expect(rows.columns.iv_source).toContain('computed');
  }
  const sent = trial.events.filter((event) => event.type === 'request-sent');
  expect(sent.at(-1)).toMatchObject({ provider: 'pipe', series: 'overviews/AAPL' });
});

test('computes the next overview only when there are newer snapshots', async () => {
  const first = startExecution({ pipeline, now: friday });
  await first.waitForEnd();
  const { fixture } = first;
  expect(getOverviewStatus(startExecution({ pipeline, now: friday + minute, fixture }))).toEqual([
    'up-to-date',
    'no newer snapshots',
  ]);
  expect(
    getOverviewStatus(
      startExecution({ pipeline, now: friday + minute, fixture, options: { force: true, steps: ['overview'] } }),
    ),
  ).toEqual(['ready', 'forced']);
  expect(getOverviewStatus(startExecution({ pipeline, now: friday + 10 * minute, fixture }))).toEqual([
    'deferred',
    'known after snapshots',
  ]);
});

test('blocks an overview without snapshots in lake and plan', () => {
  const trial = startExecution({ pipeline, now: friday, options: { steps: ['overview'] } });
  expect(getOverviewStatus(trial)?.[0]).toBe('blocked');
});

test('states that no option came when all snapshots fail, and is not ok', async () => {
  const fail = { kind: 'failure', failure: { kind: 'invalid', message: 'no' } } as const;
  const trial = startExecution({
    pipeline,
    now: friday,
    script: ({ series }) => (series.dataset === 'option_snapshots' ? fail : undefined),
  });
  const result = await trial.waitForEnd();
  const statuses = new Map(result.tasks.map(({ id, status }) => [id, status]));
  expect([statuses.get('snapshots/AAPL'), statuses.get('overview/AAPL')]).toEqual(['failed', 'partial']);
  expect(trial.fixture.lake.results.at(-1)).toMatchObject({
    series: { dataset: 'overviews' },
    rows: {
      columns: { expiries_held: Float64Array.of(0), strikes_held: Float64Array.of(0), atm_iv_reason: ['no-options'] },
    },
  });
});

test('records once what the calls of a request asked, and nothing for a computed one', async () => {
  const asked = { con_id: 265598, duration: '1 Y' };
  const trial = startExecution({ pipeline, now: friday, asked });
  await trial.waitForEnd();
  const completed = trial.events.filter((event) => event.type === 'request-completed');
  expect(completed.filter(({ provider: origin }) => origin === 'mock').map(({ sent }) => sent)).toEqual(
    Array.from({ length: 5 }, () => [asked]),
  );
  expect(completed.filter(({ provider: origin }) => origin === 'pipe').map(({ sent }) => sent)).toEqual([undefined]);
});

test('lists an expiry that failed as missing and computes the overview', async () => {
  const fail = { kind: 'failure', failure: { kind: 'invalid', message: 'no' } } as const;
  const trial = startExecution({
    pipeline,
    now: friday,
    script: ({ series }) =>
      series.dataset === 'option_snapshots' && series.expiry === '2026-12-18' ? fail : undefined,
  });
  const result = await trial.waitForEnd();
  expect(result.tasks.map(({ id, status }) => [id, status])).toContainEqual(['overview/AAPL', 'ok']);
  const lastResult = trial.fixture.lake.results.at(-1);
  expect(lastResult).toMatchObject({ rows: { columns: { missing_expiries: ['2026-12-18'] } } });
});
