import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CoverageState } from '../../src/core/coverage.js';
import type { Delivery } from '../../src/core/delivery.js';
import { day } from '../../src/core/time.js';
import { batchOf, settlesRows } from '../../src/lake/commit-batch.js';
import { commitBatch } from '../../src/lake/commit.js';
import { readTableCoverage } from '../../src/lake/coverage/state.js';
import { compact } from '../../src/lake/maintenance-compact.js';
import { tableSource } from '../../src/lake/parquet/source.js';
import { author, bars, equity, openRig, without } from './delta/rig.js';

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

function deliveryOf({ symbol, from, days, state, price }: Answer): Delivery {
  const [start, end] = [dates(from), dates(from + days)];
  if (state === 'data' || state === 'provisional') return bars(equity(symbol), start, end, { price, state });
  return without(equity(symbol), start, end, state);
}

test('whatever is answered in whatever order and batches, the last answer for each day is what the table holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(answers, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      async (batches) => {
        const rig = await openRig();
        const log = rig.log('equity_bars');
        const expected = new Map<string, number>();
        for (const batch of batches) {
          const deliveries = batch.map(deliveryOf);
          await commitBatch(rig.workshop, log, author, batchOf('equity_bars', deliveries), () =>
            readTableCoverage(log.folder, 'equity_bars'),
          );
          for (const { symbol, from, days, state, price } of batch) {
            if (!settlesRows(state)) continue;
            for (let offset = 0; offset < days; offset++) {
              const key = `${symbol} ${dates(from + offset)}`;
              if (state === 'empty') expected.delete(key);
              else expected.set(key, price + offset / 4);
            }
          }
          await compact(rig.workshop, log, author);
        }
        const files = [...(await log.refresh()).files.values()];
        const query = `SELECT symbol || ' ' || session AS key, open FROM ${tableSource('equity_bars', log.folder, files)}`;
        const rows = files.length === 0 ? [] : await rig.engine.rows(query, log.folder);
        expect(rows.map(({ key, open }) => `${String(key)} ${String(open)}`).sort()).toEqual(
          [...expected].map(([key, open]) => `${key} ${String(open)}`).sort(),
        );
      },
    ),
    { numRuns: 15 },
  );
});
