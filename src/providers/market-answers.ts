import type { Outcome, Request } from '../core/request.js';
import { snapshotRows } from '../core/reading-rows.js';
import type { OptionReading } from '../core/reading-rows.js';
import type { Instrument, OptionContract, Series } from '../core/series.js';
import type { Instant } from '../core/time.js';
import type { Window } from '../core/window.js';
import type { AnsweredBars, Found, Market } from '../market/market.js';
import { computedNotAsked } from './computed-not-asked.js';
import { failureFor } from './market-refusals.js';
import { chainRows, contractRows, optionReading, spotRows } from './market-rows.js';

/** What a source that shows the market and nothing else answers to a request at an instant. */
export function marketAnswer(market: Market, { series, window }: Request, now: Instant): Outcome {
  const { instrument } = series;
  switch (series.dataset) {
    case 'contracts': {
      const details = market.contract(instrument);
      if (!details.found) return { kind: 'failure', failure: failureFor(details.why, instrument) };
      return { kind: 'rows', rows: contractRows(details.value), answered: null };
    }
    case 'chains': {
      const chain = market.chain(instrument, now);
      if (!chain.found) return { kind: 'failure', failure: failureFor(chain.why, instrument) };
      if (chain.value.length === 0) return { kind: 'empty' };
      return { kind: 'rows', rows: chainRows(chain.value), answered: null };
    }
    case 'equity_bars': {
      if (window === null) return withoutWindow;
      const { barSize, what } = series;
      return barsOutcome(series, window, market.bars({ instrument, barSize, what, window, now }));
    }
    case 'option_bars': {
      if (window === null) return withoutWindow;
      const { barSize, what, contract } = series;
      const bars = market.optionBars({ instrument, contract, barSize, what, window, now });
      if (!bars.found && bars.why === 'no-contract') return { kind: 'empty', unlisted: [contract] };
      return barsOutcome(series, window, bars);
    }
    case 'history_starts': {
      const start = market.historyStart(instrument);
      if (!start.found) return { kind: 'failure', failure: failureFor(start.why, instrument) };
      const first = Float64Array.of(start.value);
      return { kind: 'rows', rows: { dataset: 'history_starts', length: 1, columns: { first } }, answered: null };
    }
    case 'quotes': {
      const quote = market.quote(instrument, now);
      if (!quote.found) return { kind: 'failure', failure: failureFor(quote.why, instrument) };
      return quote.value === null ? { kind: 'empty' } : { kind: 'rows', rows: spotRows(quote.value), answered: null };
    }
    case 'option_snapshots':
      return snapshot(market, instrument, series.contracts, now);
    case 'overviews':
      return { kind: 'failure', failure: computedNotAsked };
  }
}

function snapshot(market: Market, instrument: Instrument, contracts: readonly OptionContract[], now: Instant): Outcome {
  const readings: OptionReading[] = [];
  const unlisted: OptionContract[] = [];
  for (const contract of contracts) {
    const quote = market.optionQuote(instrument, contract, now);
    if (quote.found && quote.value !== null) readings.push(optionReading(contract, quote.value));
    if (quote.found || quote.why === 'after-expiry') continue;
    if (quote.why !== 'no-contract') return { kind: 'failure', failure: failureFor(quote.why, instrument) };
    unlisted.push(contract);
  }
  if (readings.length === 0) return { kind: 'empty', unlisted };
  return { kind: 'rows', rows: snapshotRows(readings), answered: null, unlisted };
}

const withoutWindow: Outcome = {
  kind: 'failure',
  failure: { kind: 'invalid', message: 'bars are asked for by window' },
};

function barsOutcome({ dataset, instrument }: Series, window: Window, bars: Found<AnsweredBars>): Outcome {
  if (!bars.found) return { kind: 'failure', failure: failureFor(bars.why, instrument) };
  const { length, columns, answered } = bars.value;
  if (length === 0 && answered.end === window.end) return { kind: 'empty' };
  return {
    kind: 'rows',
    rows: { dataset: dataset === 'option_bars' ? dataset : 'equity_bars', length, columns },
    answered,
  };
}
