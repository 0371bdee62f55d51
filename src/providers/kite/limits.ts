import { barSizes } from '../../core/tables/bars.js';
import type { BarSize } from '../../core/tables/bars.js';
import type { Budget } from '../../core/budget.js';
import { defaultEmptyConfirmation } from '../../core/empty-confirmation.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import { day, hour, second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { toKiteInterval } from './intervals.js';

/** The rate of all requests to Kite together. */
export interface KiteRate {
  readonly requests: number;
  readonly window: Duration;
}

/** Kite allows more requests in total; one API key can sustain three a second all day. */
export const defaultRate: KiteRate = { requests: 3, window: second };

/** Kite accepts at most 500 instruments per call; snapshots reserve one of them for the underlying. */
export const maxInstrumentsPerQuote = 500;

/**
 * Kite counts requests when they arrive: two that are sent a second apart may arrive within one second. An answer proves that its
 * request has arrived, and a request without one arrives within a second. The margin is for clocks that differ by a few ticks.
 */
const arrival = { transit: second, margin: 20 } as const;

/** The limits of Kite per API key, and the rate of all requests together. */
export function createKiteBudgets(rate: KiteRate = defaultRate): readonly Budget[] {
  const account = { kind: 'rolling', scope: 'account', ...arrival } as const;
  return [
    {
      ...account,
      name: 'kite-all',
      limit: rate.requests,
      span: rate.window,
      // Contracts and chains come from the list of instruments, which is downloaded once.
      datasets: ['equity_bars', 'option_bars', 'quotes', 'option_snapshots'],
    },
    { ...account, name: 'kite-historical', limit: 3, span: second, datasets: ['equity_bars', 'option_bars'] },
    { ...account, name: 'kite-quote', limit: 1, span: second, datasets: ['quotes', 'option_snapshots'] },
  ];
}

export function createKiteLimits(rate: KiteRate = defaultRate): ProviderLimits {
  return {
    name: 'kite',
    maxWindow: createMaxWindows(),
    maxSnapshotContracts: maxInstrumentsPerQuote - 1,
    batch: {
      datasets: ['quotes', 'option_snapshots'],
      maxInstruments: maxInstrumentsPerQuote,
      // The contracts of several symbols are stored within this time, after which their quotes are requested together.
      quietTime: 200,
      maxWait: second,
    },
    budgets: createKiteBudgets(rate),
    maxConcurrency: 6,
    typicalLatency: 250,
    // The check of the login, and the list of instruments, which has more than 100,000 rows.
    openingTime: 2 * second,
    // Closing prices are averages of the last half hour, published within half an hour after the close.
    revisionWindow: hour,
    confirmEmpty: defaultEmptyConfirmation,
  };
}

/** A request for a bar size that Kite lacks fails, so the windows of these sizes are arbitrary. */
function createMaxWindows(): Record<BarSize, Duration> {
  const windows: Record<BarSize, Duration> = { ...barSizes };
  for (const size in barSizes) if (isBarSize(size)) windows[size] = (toKiteInterval(size)?.days ?? 60) * day;
  return windows;
}

function isBarSize(text: string): text is BarSize {
  return Object.hasOwn(barSizes, text);
}
