import { describe, expect, test } from 'vitest';

import { formatSeriesName } from '../../src/core/series.js';
import type { OptionContract } from '../../src/core/series.js';
import { assignTradingClasses } from '../../src/core/trading-class.js';
import { createInstrument } from '../fixtures/pipelines.js';

const option = (tradingClass: string, expiry = '2026-12-18'): OptionContract => ({
  ...{ expiry, strike: 6000, right: 'C', conId: null, tradingClass },
});

describe('assignTradingClasses', () => {
  test('keeps SPXW beside SPX on the third Friday, marked as another class', () => {
    expect(assignTradingClasses('SPX', [option('SPXW'), option('SPX')])).toEqual([
      option('SPX'),
      { ...option('SPXW'), isOtherClass: true },
    ]);
  });

  test('marks nothing where only one class lists an expiry', () => {
    expect(assignTradingClasses('SPX', [option('SPXW', '2026-11-27')])).toEqual([option('SPXW', '2026-11-27')]);
  });

  test('keeps an option that several exchanges list once', () => {
    expect(assignTradingClasses('AAPL', [option('AAPL'), option('AAPL')])).toEqual([option('AAPL')]);
  });

  test('leaves out classes adjusted after a split', () => {
    expect(assignTradingClasses('AAPL', [option('2AAPL'), option('AAPL1'), option('AAPL')])).toEqual([option('AAPL')]);
    expect(assignTradingClasses('BRK B', [option('BRKB')])).toEqual([option('BRKB')]);
  });
});

test('the name of a series has the class only if it is not the main one', () => {
  const series = { dataset: 'option_bars', provider: 'ib', instrument: createInstrument('SPX') } as const;
  const bars = { barSize: '1 day', priceType: 'TRADES', hours: 'rth' } as const;
  const main = 'option_bars/SPX/2026-12-18/6000/C/1 day/TRADES/rth';
  expect(formatSeriesName({ ...series, ...bars, contract: option('SPX') })).toBe(main);
  const other: OptionContract = { ...option('SPXW'), isOtherClass: true };
  expect(formatSeriesName({ ...series, ...bars, contract: other })).toBe(`${main}/SPXW`);
});
