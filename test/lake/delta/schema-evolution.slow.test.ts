import fc from 'fast-check';
import { expect, test } from 'vitest';
import { day } from '../../../src/core/time/time.js';
import { compact } from '../../../src/lake/maintenance/compact.js';
import { buildTableSource } from '../../../src/lake/parquet/table-source.js';
import { author, bars, commit, openLakeFixture, option } from '../lake-fixture.js';
import { removeColumns } from './older-lake.js';

const added = ['open_interest'];

interface Answer {
  readonly symbol: string;
  readonly from: number;
  readonly days: number;
  readonly price: number;
}

const answers: fc.Arbitrary<Answer> = fc.record({
  symbol: fc.constantFrom('A', 'B'),
  from: fc.nat(12),
  days: fc.integer({ min: 1, max: 8 }),
  price: fc.integer({ min: 1, max: 1000 }),
});
const batches = fc.array(fc.array(answers, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });

test('each day has its last result, with open interest if a newer version wrote the result, for any commit that added the column', async () => {
  const first = Date.UTC(2026, 0, 25);
  const date = (number: number): string => new Date(first + number * day).toISOString().slice(0, 10);
  await fc.assert(
    fc.asyncProperty(batches, batches, async (older, newer) => {
      const fixture = await openLakeFixture();
      const log = fixture.log('option_bars');
      const listed = { expiry: '2026-03-20', strike: 97.5, right: 'C' as const, conId: null };
      const expected = new Map<string, string>();
      for (const [version, batch] of [...older, ...newer].entries()) {
        const isOlder = version < older.length;
        await commit(
          fixture,
          'option_bars',
          batch.map(({ symbol, from, days, price }) =>
            bars(option(symbol, listed), date(from), date(from + days), { price }),
          ),
        );
        if (isOlder) await removeColumns(fixture.engine, log.folder, added, version);
        for (const { symbol, from, days, price } of batch)
          for (let offset = 0; offset < days; offset++)
            expected.set(
              `${symbol} ${date(from + offset)}`,
              `${price + offset / 4} ${isOlder ? 'null' : 10 * price + offset}`,
            );
        if (!isOlder) await compact(fixture.context, fixture.log('option_bars'), author);
      }
      const source = buildTableSource('option_bars', log.folder, [...(await log.refresh()).files.values()]);
      const rows = await fixture.engine.queryRows(
        `SELECT symbol || ' ' || session AS key, open || ' ' || coalesce(open_interest::BIGINT::VARCHAR, 'null') AS value FROM ${source}`,
        'test',
      );
      const held = new Map(rows.map(({ key, value }) => [String(key), String(value).replace('.0 ', ' ')]));
      expect(rows).toHaveLength(expected.size);
      expect(held).toEqual(expected);
    }),
    { numRuns: 8 },
  );
});
