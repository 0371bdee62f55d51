import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { CoverageState } from '../../../src/core/coverage.js';
import { day } from '../../../src/core/time/time.js';
import type { CommittedFact } from '../../../src/lake/api.js';
import { openEngine } from '../../../src/lake/parquet/engine.js';
import { runQuery } from '../../../src/lake/reader/run-query.js';
import { stageFacts } from '../../../src/lake/reader/stage-facts.js';
import { author, temporaryFolder } from '../lake-fixture.js';

const states = [
  'data',
  'empty',
  'provisional',
  'missing',
  'failed',
  'denied',
  'unavailable',
] as const satisfies readonly CoverageState[];

test('marks a fact as replaced exactly if a later overriding fact overlaps its window', async () => {
  const engine = await openEngine({ memoryLimit: '300MB', spillFolder: await temporaryFolder(), preserveOrder: false });
  onTestFinished(() => {
    engine.close();
  });
  const arbitraryFact = fc.record({
    series: fc.constantFrom('equity_bars/A%2FB/1 day/TRADES/rth', 'equity_bars/B/1 day/TRADES/rth'),
    start: fc.nat({ max: 6 }),
    length: fc.integer({ min: 1, max: 4 }),
    state: fc.constantFrom(...states),
    version: fc.nat({ max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryFact, { maxLength: 12 }), async (inputs) => {
      const facts = inputs.map(({ series, start, length, state, version }, index): CommittedFact => ({
        dataset: 'equity_bars',
        provider: 'mock',
        series,
        window: { start: start * day, end: (start + length) * day },
        state,
        requestId: `${author.runId}/${String(index)}`,
        requestedAt: 0,
        rows: index,
        upstream: [],
        version,
        committedAt: 0,
        step: 'prices',
        author,
      }));
      const seen = facts.filter(({ version }) => version <= 2);
      const overrides = (state: CoverageState): boolean => ['data', 'empty', 'provisional', 'missing'].includes(state);
      const expected = seen.map(({ series, window, state, requestId }, index) => ({
        request_id: requestId,
        replaced:
          overrides(state) &&
          seen.some(
            (later, at) =>
              at > index &&
              overrides(later.state) &&
              later.series === series &&
              later.window.start < window.end &&
              later.window.end > window.start,
          ),
      }));
      await stageFacts(engine, toAsyncIterable(facts), () => 2);
      const staged = await engine.queryRows('SELECT request_id, replaced FROM facts ORDER BY number', 'facts');
      expect(staged).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

async function* toAsyncIterable(facts: readonly CommittedFact[]): AsyncIterable<CommittedFact> {
  for (const fact of facts) yield await Promise.resolve(fact);
}

test('has the number of answers without rows, and null for facts of earlier versions', async () => {
  const engine = await openEngine({ memoryLimit: '300MB', spillFolder: await temporaryFolder(), preserveOrder: false });
  onTestFinished(() => {
    engine.close();
  });
  const fact = (start: number, more: Partial<CommittedFact>): CommittedFact => ({
    dataset: 'equity_bars',
    provider: 'mock',
    series: 'equity_bars/B/1 day/TRADES/rth',
    window: { start: start * day, end: (start + 1) * day },
    state: 'empty',
    requestId: `${author.runId}/${String(start)}`,
    requestedAt: 0,
    rows: 0,
    upstream: [],
    version: 0,
    committedAt: 0,
    step: 'prices',
    author,
    ...more,
  });
  async function* generate(): AsyncGenerator<CommittedFact> {
    yield fact(1, {});
    yield fact(2, { state: 'failed', emptyAnswers: 2 });
  }
  await stageFacts(engine, generate(), () => 0);
  const { rows } = await runQuery(engine, 'SELECT state, empty_answers FROM facts ORDER BY number');
  expect(rows).toEqual([
    { state: 'empty', empty_answers: null },
    { state: 'failed', empty_answers: 2 },
  ]);
});
