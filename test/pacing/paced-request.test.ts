import { describe, expect, it } from 'vitest';

import type { Instrument, OptionContract, Series } from '../../src/core/series.js';
import { toPacedRequest } from '../../src/pacing/paced-request.js';
import type { PacedRequest } from '../../src/pacing/paced-request.js';

const instrument: Instrument = { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' };
const call: OptionContract = { expiry: '2026-12-18', strike: 200, right: 'C', conId: null };

function bars(of: Instrument = instrument): Series {
  return {
    dataset: 'equity_bars',
    provider: 'mock',
    instrument: of,
    barSize: '1 day',
    priceType: 'TRADES',
    hours: 'rth',
  };
}

function options(contract: OptionContract): Series {
  return {
    dataset: 'option_bars',
    provider: 'mock',
    instrument,
    contract,
    barSize: '1 day',
    priceType: 'TRADES',
    hours: 'rth',
  };
}

function derived(series: Series, start = 0): PacedRequest {
  return toPacedRequest({ series, window: { start, end: start + 1 }, closes: [] });
}

describe('toPacedRequest', () => {
  it('returns the properties that budgets depend on', () => {
    expect(derived(bars())).toMatchObject({
      dataset: 'equity_bars',
      priceType: 'TRADES',
      barSize: '1 day',
      connection: 'main',
      priority: 5,
    });
    const point = toPacedRequest(
      { series: { dataset: 'chains', provider: 'mock', instrument }, window: null, closes: [] },
      { priority: 1 },
    );
    expect(point).toMatchObject({ dataset: 'chains', priceType: null, barSize: null, priority: 1 });
  });

  it('returns equal "identical" keys only for equal series and windows', () => {
    expect(derived(bars()).identical).toBe(derived(bars()).identical);
    expect(derived(bars()).identical).not.toBe(derived(bars(), 1).identical);
    expect(derived(bars()).contract).toBe(derived(bars(), 1).contract);
  });

  it('returns different keys for different contracts and exchanges', () => {
    const all = [
      bars(),
      bars({ ...instrument, exchange: 'ASX' }),
      options(call),
      options({ ...call, right: 'P' }),
      options({ ...call, strike: 205 }),
    ];
    expect(new Set(all.map((series) => derived(series).contract)).size).toBe(all.length);
  });
});
