import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createChainsStep, createContractsStep, createPipeline } from '../fixtures/pipelines.js';
import { startExecution } from '../fixtures/start-execution.js';
import type { FetchResult } from '../../src/core/fetch-result.js';
import { formatSeriesName } from '../../src/core/series.js';
import type { Series } from '../../src/core/series.js';
import type { SharedRequests } from '../../src/lake/api.js';

const friday = Date.parse('2026-11-20T18:00:00Z');
const pipeline = createPipeline(['AAPL', 'MSFT'], [createContractsStep(), createChainsStep()]);

beforeEach(() => {
  vi.useFakeTimers({ now: friday });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Shares answers that another run has, and records what this run publishes. */
function createShared(answers: ReadonlyMap<string, FetchResult>): SharedRequests & { readonly published: string[] } {
  const published: string[] = [];
  return {
    published,
    claim: () => Promise.resolve(),
    join(series: Series) {
      const result = answers.get(formatSeriesName(series));
      return Promise.resolve(result === undefined ? null : { run: 'other', result });
    },
    publish(series, result) {
      published.push(`${formatSeriesName(series)} ${result === null ? 'none' : 'answer'}`);
      return Promise.resolve();
    },
  };
}

test('uses contracts and chains that another run receives, sends no request for them and stores nothing', async () => {
  const other = startExecution({ pipeline, now: friday });
  await other.waitForEnd();
  const answers = new Map(other.fixture.lake.results.map((result) => [formatSeriesName(result.series), result]));
  for (const name of answers.keys()) if (name.endsWith('/MSFT')) answers.delete(name);
  const shared = createShared(answers);
  const trial = startExecution({ pipeline, now: friday, shared });
  const result = await trial.waitForEnd();
  expect(result.status).toBe('ok');
  expect(trial.provider.names).toEqual(['contracts/MSFT', 'chains/MSFT']);
  expect(trial.fixture.lake.results.map(({ series }) => formatSeriesName(series))).toEqual([
    'contracts/MSFT',
    'chains/MSFT',
  ]);
  expect(trial.events.filter(({ type }) => type === 'request-shared')).toMatchObject([
    { task: 'contracts/AAPL', series: 'contracts/AAPL', run: 'other' },
    { task: 'chains/AAPL', series: 'chains/AAPL', run: 'other' },
  ]);
  expect(shared.published).toEqual(['contracts/MSFT answer', 'chains/MSFT answer']);
});

test('answers other runs that there is no answer when the provider is unusable', async () => {
  const shared = createShared(new Map());
  const fatal = { kind: 'failure', failure: { kind: 'fatal', message: 'refused' } } as const;
  const trial = startExecution({ pipeline, now: friday, shared, script: () => fatal });
  await trial.waitForEnd();
  expect(shared.published).toContain('contracts/AAPL none');
});
