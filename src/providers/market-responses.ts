import type { FetchOutcome, Request } from '../core/request.js';
import { toSnapshotRows } from '../core/tables/quote-rows.js';
import type { OptionInput } from '../core/tables/quote-rows.js';
import type { Instrument, OptionContract, Series } from '../core/series.js';
import type { Instant } from '../core/time/time.js';
import type { Window } from '../core/time/window.js';
import type { AnsweredBars, LookupResult, Market } from '../market/market.js';
import { notFetchable } from './not-fetchable.js';
import { toMarketFailure } from './market-failures.js';
import { toChainRows, toContractRows, toOptionInput, toSpotQuoteRows } from './market-rows.js';

/** Answers a request from the embedded market as of an instant. */
export function marketOutcome(market: Market, { series, window }: Request, now: Instant): FetchOutcome {
  const { instrument } = series;
  switch (series.dataset) {
    case 'contracts': {
      const details = market.contract(instrument);
      if (!details.found) return { kind: 'failure', failure: toMarketFailure(details.reason, instrument) };
      return { kind: 'rows', rows: toContractRows(details.value), answeredWindow: null };
    }
    case 'chains': {
      const chain = market.chain(instrument, now);
      if (!chain.found) return { kind: 'failure', failure: toMarketFailure(chain.reason, instrument) };
      if (chain.value.length === 0) return { kind: 'empty' };
      return { kind: 'rows', rows: toChainRows(chain.value), answeredWindow: null };
    }
    case 'equity_bars': {
      if (window === null) return missingWindowOutcome;
      const { barSize, priceType } = series;
      return barsOutcome(series, window, market.bars({ instrument, barSize, priceType, window, now }));
    }
    case 'option_bars': {
      if (window === null) return missingWindowOutcome;
      const { barSize, priceType, contract } = series;
      const bars = market.optionBars({ instrument, contract, barSize, priceType, window, now });
      if (!bars.found && bars.reason === 'no-contract') return { kind: 'empty', unlisted: [contract] };
      return barsOutcome(series, window, bars);
    }
    case 'history_starts': {
      const start = market.historyStart(instrument);
      if (!start.found) return { kind: 'failure', failure: toMarketFailure(start.reason, instrument) };
      const first = Float64Array.of(start.value);
      return { kind: 'rows', rows: { dataset: 'history_starts', length: 1, columns: { first } }, answeredWindow: null };
    }
    case 'quotes': {
      const quote = market.quote(instrument, now);
      if (!quote.found) return { kind: 'failure', failure: toMarketFailure(quote.reason, instrument) };
      return quote.value === null
        ? { kind: 'empty' }
        : { kind: 'rows', rows: toSpotQuoteRows(quote.value), answeredWindow: null };
    }
    case 'option_snapshots':
      return snapshotOutcome(market, instrument, series.contracts, now);
    case 'overviews':
    case 'corporate_actions':
      return { kind: 'failure', failure: notFetchable };
  }
}

function snapshotOutcome(
  market: Market,
  instrument: Instrument,
  contracts: readonly OptionContract[],
  now: Instant,
): FetchOutcome {
  const optionInputs: OptionInput[] = [];
  const unlisted: OptionContract[] = [];
  for (const contract of contracts) {
    const quote = market.optionQuote(instrument, contract, now);
    if (quote.found && quote.value !== null) optionInputs.push(toOptionInput(contract, quote.value));
    if (quote.found || quote.reason === 'after-expiry') continue;
    if (quote.reason !== 'no-contract') return { kind: 'failure', failure: toMarketFailure(quote.reason, instrument) };
    unlisted.push(contract);
  }
  if (optionInputs.length === 0) return { kind: 'empty', unlisted };
  return { kind: 'rows', rows: toSnapshotRows(optionInputs), answeredWindow: null, unlisted };
}

const missingWindowOutcome: FetchOutcome = {
  kind: 'failure',
  failure: { kind: 'invalid', message: 'a request for bars needs a window' },
};

function barsOutcome({ dataset, instrument }: Series, window: Window, bars: LookupResult<AnsweredBars>): FetchOutcome {
  if (!bars.found) return { kind: 'failure', failure: toMarketFailure(bars.reason, instrument) };
  const { length, columns, answeredWindow } = bars.value;
  if (length === 0 && answeredWindow.end === window.end) return { kind: 'empty' };
  return {
    kind: 'rows',
    rows: { dataset: dataset === 'option_bars' ? dataset : 'equity_bars', length, columns },
    answeredWindow,
  };
}
