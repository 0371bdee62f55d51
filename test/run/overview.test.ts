import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { minute } from '../../src/core/time.js';
import type { OverviewStep, QuotesStep, SnapshotsStep } from '../../src/pipeline/pipeline.js';
import { begin } from '../fixtures/execution.js';
import type { Trial } from '../fixtures/execution.js';
import { chainsStep, contractsStep, pipelineOf } from '../fixtures/pipelines.js';

const friday = Date.parse('2026-11-20T18:00:00Z');
const provider = 'mock';
const point = { provider, timeout: null, refresh: 5 * minute } as const;
const quotes: QuotesStep = { name: 'quotes', uses: 'quotes', needs: ['contracts'], ...point };
const snapshots: SnapshotsStep = {
  ...{ name: 'snapshots', uses: 'snapshots', needs: ['chains', 'quotes'], ...point },
  ...{ strikes: 1, adaptive: false, expiries: 2, rights: ['C', 'P'] },
};
const overview: OverviewStep = { name: 'overview', uses: 'overview', provider, needs: ['snapshots'], of: [snapshots] };
const pipeline = pipelineOf(['AAPL'], [contractsStep(), chainsStep(), quotes, snapshots, overview]);

beforeEach(() => {
  vi.useFakeTimers({ now: friday });
});

afterEach(() => {
  vi.useRealTimers();
});

function statusOf({ plan }: Trial): readonly [string, string] | undefined {
  const task = plan.tasks.find(({ step }) => step === 'overview');
  return task === undefined ? undefined : [task.status, task.reason];
}

test('an overview is computed after the snapshots, and no source is asked for it', async () => {
  const trial = begin({ pipeline, now: friday });
  expect(statusOf(trial)).toEqual(['deferred', 'known after snapshots']);
  const result = await trial.ended();
  expect(result.status).toBe('ok');
  expect(trial.provider.names.some((name) => name.startsWith('overviews'))).toBe(false);
  const { deliveries } = trial.desk.memory;
  const made = deliveries.at(-1);
  expect(made).toMatchObject({
    series: {
      dataset: 'overviews',
      expected: [
        { expiry: '2026-11-27', strikes: 3 },
        { expiry: '2026-12-18', strikes: 3 },
      ],
    },
    settled: [{ state: 'data', rows: 1 }],
    rows: { columns: { expiries_held: Float64Array.of(2), missing_expiries: [null] } },
  });
  const answers = deliveries.filter(({ series }) => series.dataset === 'option_snapshots');
  expect(made?.upstream).toEqual(answers.map(({ requestId }) => requestId));
  for (const { rows } of answers) {
    if (rows?.dataset === 'option_snapshots') expect(rows.columns.iv_source).toContain('computed');
  }
  const sent = trial.events.filter((event) => event.type === 'request-sent');
  expect(sent.at(-1)).toMatchObject({ provider: 'pipe', series: 'overviews/AAPL' });
});

test('another one is wanted when there are newer snapshots, and not before', async () => {
  const first = begin({ pipeline, now: friday });
  await first.ended();
  const { desk } = first;
  expect(statusOf(begin({ pipeline, now: friday + minute, desk }))).toEqual(['satisfied', 'no newer snapshots']);
  expect(
    statusOf(begin({ pipeline, now: friday + minute, desk, options: { force: true, steps: ['overview'] } })),
  ).toEqual(['ready', 'forced']);
  expect(statusOf(begin({ pipeline, now: friday + 10 * minute, desk }))).toEqual(['deferred', 'known after snapshots']);
});

test('without any snapshots it is blocked when nothing brings them', () => {
  const trial = begin({ pipeline, now: friday, options: { steps: ['overview'] } });
  expect(statusOf(trial)?.[0]).toBe('blocked');
});

test('one expiry that fails is missing from the overview, and holds up nothing', async () => {
  const fail = { kind: 'failure', failure: { kind: 'invalid', message: 'no' } } as const;
  const trial = begin({
    pipeline,
    now: friday,
    script: ({ series }) =>
      series.dataset === 'option_snapshots' && series.expiry === '2026-12-18' ? fail : undefined,
  });
  const result = await trial.ended();
  expect(result.tasks.map(({ id, status }) => [id, status])).toContainEqual(['overview/AAPL', 'ok']);
  const made = trial.desk.memory.deliveries.at(-1);
  expect(made).toMatchObject({ rows: { columns: { missing_expiries: ['2026-12-18'] } } });
});
