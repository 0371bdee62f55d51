import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CoverageState } from '../../../src/core/coverage.js';
import type { FetchResult } from '../../../src/core/fetch-result.js';
import { day } from '../../../src/core/time/time.js';
import { isAnswered } from '../../../src/core/coverage-fold.js';
import { buildBatch } from '../../../src/lake/commit/batch.js';
import { commitBatch } from '../../../src/lake/commit/commit-batch.js';
import { readTableCoverage } from '../../../src/lake/coverage/table-coverage.js';
import { compact } from '../../../src/lake/maintenance/compact.js';
import { buildTableSource } from '../../../src/lake/parquet/table-source.js';
import { author, bars, equity, openLakeFixture, rowlessResult } from '../lake-fixture.js';

const firstDay = Date.UTC(2025, 11, 20);
const dates = (number: number): string => new Date(firstDay + number * day).toISOString().slice(0, 10);

interface Answer {
  readonly symbol: string;
  readonly from: number;
  readonly days: number;
  readonly state: CoverageState;
  readonly price: number;
}

const answers: fc.Arbitrary<Answer> = fc.record({
  symbol: fc.constantFrom('A', 'A/B', 'Z'),
  from: fc.nat(20),
  days: fc.integer({ min: 1, max: 12 }),
  state: fc.constantFrom<CoverageState>('data', 'data', 'provisional', 'empty', 'failed'),
  price: fc.integer({ min: 1, max: 1000 }),
});

function toFetchResult({ symbol, from, days, state, price }: Answer): FetchResult {
  const [start, end] = [dates(from), dates(from + days)];
  if (state === 'data' || state === 'provisional') return bars(equity(symbol), start, end, { price, state });
  return rowlessResult(equity(symbol), start, end, state);
}

test('holds the last result of each day after any sequence of batches and compactions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(answers, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      async (batches) => {
        const fixture = await openLakeFixture();
        const log = fixture.log('equity_bars');
        const expected = new Map<string, number>();
        for (const batch of batches) {
          const results = batch.map(toFetchResult);
          await commitBatch(fixture.context, log, author, buildBatch('equity_bars', results), () =>
            readTableCoverage(log.folder, 'equity_bars'),
          );
          for (const { symbol, from, days, state, price } of batch) {
            if (!isAnswered(state)) continue;
            for (let offset = 0; offset < days; offset++) {
              const key = `${symbol} ${dates(from + offset)}`;
              if (state === 'empty') expected.delete(key);
              else expected.set(key, price + offset / 4);
            }
          }
          await compact(fixture.context, log, author);
        }
        const files = [...(await log.refresh()).files.values()];
        const query = `SELECT symbol || ' ' || session AS key, open FROM ${buildTableSource('equity_bars', log.folder, files)}`;
        const rows = files.length === 0 ? [] : await fixture.engine.queryRows(query, log.folder);
        expect(rows.map(({ key, open }) => `${String(key)} ${String(open)}`).sort()).toEqual(
          [...expected].map(([key, open]) => `${key} ${String(open)}`).sort(),
        );
      },
    ),
    { numRuns: 15 },
  );
});
