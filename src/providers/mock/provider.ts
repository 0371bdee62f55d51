import type { Calendar } from '../../core/calendar.js';
import type { Clock } from '../../core/clock.js';
import type { Outcome, Request } from '../../core/request.js';
import type { Series } from '../../core/series.js';
import { day } from '../../core/time.js';
import type { Duration, Instant } from '../../core/time.js';
import type { Window } from '../../core/window.js';
import { createMarket } from '../../market/market.js';
import type { AnsweredBars, Found, Market } from '../../market/market.js';
import type { MarketSettings } from '../../market/profile.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import type { Provider } from '../contract.js';
import { failureFor } from './failures.js';
import { chainRows, contractRows } from './rows.js';

/**
 * What may be asked of the mock market. It could answer anything at once; the limits are there so that plans for it look
 * like plans for a real source, only faster.
 */
export const mockLimits: ProviderLimits = {
  name: 'mock',
  longestWindow: {
    '1 secs': day,
    '5 secs': 7 * day,
    '10 secs': 7 * day,
    '15 secs': 7 * day,
    '30 secs': 14 * day,
    '1 min': 30 * day,
    '2 mins': 60 * day,
    '3 mins': 60 * day,
    '5 mins': 90 * day,
    '10 mins': 180 * day,
    '15 mins': 180 * day,
    '20 mins': 180 * day,
    '30 mins': 366 * day,
    '1 hour': 366 * day,
    '2 hours': 731 * day,
    '3 hours': 731 * day,
    '4 hours': 731 * day,
    '8 hours': 731 * day,
    '1 day': 3_653 * day,
  },
  budgets: [],
  concurrency: 8,
  typicalLatency: 0,
  settleTime: 0,
};

/** What the mock provider is made of. */
export interface MockParts {
  readonly settings: MarketSettings & {
    /** How long each answer takes. */
    readonly delay: Duration;
  };
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  readonly clock: Clock;
}

/**
 * The embedded market as a source: no account, no network, the same rows every time. It answers every kind of request and
 * refuses what a real source would refuse; symbols that begin with `UNKNOWN` do not exist.
 */
export function mockProvider({ settings, calendarOf, clock }: MockParts): Provider {
  const market = createMarket({ settings, calendarOf });
  return {
    name: 'mock',
    open: async () => null,
    close: async () => undefined,
    async fetch(request, signal) {
      if (settings.delay > 0 && !signal.aborted) {
        await clock.sleepUntil(clock.now() + settings.delay, signal).catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
        });
      }
      if (signal.aborted)
        return { kind: 'failure', failure: { kind: 'retryable', message: 'stopped before the answer came' } };
      return answer(market, request, clock.now());
    },
  };
}

function answer(market: Market, { series, window }: Request, now: Instant): Outcome {
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
      return barsOutcome(series, window, market.optionBars({ instrument, contract, barSize, what, window, now }));
    }
  }
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
