import { expect, test } from 'vitest';

import { compareBars } from '../../../src/core/revisions/compare-bars.js';
import type { BarValues } from '../../../src/core/revisions/compare-bars.js';
import { createMarket } from '../../../src/market/market.js';
import { createInstrument } from '../../fixtures/pipelines.js';
import { requireCalendar } from '../../fixtures/require-calendar.js';

const years = 10;
const symbols = 1_000;
const revisions = 1_000;

/** Bars of one day as the night compares them. */
function selectDay({ ts, open, high, low, close, volume }: BarValues, day: number): BarValues {
  const select = (column: Float64Array): Float64Array => column.slice(day, day + 1);
  return {
    ...{ ts: select(ts), open: select(open), high: select(high) },
    ...{ low: select(low), close: select(close), volume: select(volume) },
  };
}

test('10,000 symbol-years of daily bars with 1,000 revisions of the last digit cause no false alarm', () => {
  const settings = { seed: 7, volatility: null, basePrices: {} };
  const market = createMarket({ settings, getCalendar: requireCalendar });
  const calendar = requireCalendar('XNYS');
  const window = { start: calendar.startOf('2016-01-04'), end: calendar.startOf('2026-01-01') };
  const kinds = new Map<string, number>();
  let compared = 0;
  for (let number = 0; number < symbols; number++) {
    const instrument = createInstrument(`S${String(number)}`);
    const found = market.bars({ instrument, barSize: '1 day', priceType: 'TRADES', window, now: window.end });
    if (!found.found) throw new Error('the market has every symbol');
    const stored = found.value.columns;
    const revisedDay = (number * 7_919) % stored.ts.length;
    for (let day = 0; day < stored.ts.length; day++) {
      const before = selectDay(stored, day);
      const after = selectDay(stored, day);
      if (day === revisedDay && number < revisions) {
        const column = [after.open, after.high, after.low, after.close][number % 4] ?? after.close;
        column[0] = Math.round(((column[0] ?? 0) + (number % 2 === 0 ? 0.01 : -0.01)) * 100) / 100;
      }
      const { kind } = compareBars(before, after);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(symbols * years * 250);
  expect([...kinds]).toEqual(
    expect.arrayContaining([
      ['equal', compared - revisions],
      ['revision', revisions],
    ]),
  );
  expect(kinds.size).toBe(2);
});
