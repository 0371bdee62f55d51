import { barSizes } from '../../core/tables/bars.js';
import type { BarSize } from '../../core/tables/bars.js';
import type { Budget } from '../../core/budget.js';
import type { ProviderLimits } from '../../core/provider-limits.js';
import { day, hour, second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { toKiteInterval } from './intervals.js';

/** How fast all of Kite is asked together. */
export interface KiteRate {
  readonly requests: number;
  readonly window: Duration;
}

/** Kite itself allows more in sum; three a second is what one key can do all day long without being noticed. */
export const defaultRate: KiteRate = { requests: 3, window: second };

/** One call asks for at most 500 instruments; one place is kept for the underlying. */
export const maxInstrumentsPerQuote = 500;

/** Kite counts arrivals by its own clock: two departures a second apart may arrive within one. */
const margin: Duration = 100;

/** What Kite allows per API key, and the rate for everything together. */
export function createKiteBudgets(rate: KiteRate = defaultRate): readonly Budget[] {
  const account = { kind: 'rolling', scope: 'account' } as const;
  return [
    {
      ...account,
      name: 'kite-all',
      limit: rate.requests,
      span: rate.window,
      // Details and chains are read from the list of instruments, which is fetched once for all of them.
      datasets: ['equity_bars', 'option_bars', 'quotes', 'option_snapshots'],
    },
    { ...account, name: 'kite-historical', limit: 3, span: second, margin, datasets: ['equity_bars', 'option_bars'] },
    { ...account, name: 'kite-quote', limit: 1, span: second, margin, datasets: ['quotes', 'option_snapshots'] },
  ];
}

/** What planning has to know of Kite. */
export function createKiteLimits(rate: KiteRate = defaultRate): ProviderLimits {
  return {
    name: 'kite',
    maxWindow: createMaxWindows(),
    maxSnapshotContracts: maxInstrumentsPerQuote - 1,
    budgets: createKiteBudgets(rate),
    maxConcurrency: 6,
    typicalLatency: 250,
    // Closing prices are averages of the last half hour and published in the half hour after the close.
    revisionWindow: hour,
  };
}

/** Sizes that Kite does not have are refused when asked for; their windows only have to be sensible. */
function createMaxWindows(): Record<BarSize, Duration> {
  const windows: Record<BarSize, Duration> = { ...barSizes };
  for (const size in barSizes) if (isBarSize(size)) windows[size] = (toKiteInterval(size)?.days ?? 60) * day;
  return windows;
}

function isBarSize(text: string): text is BarSize {
  return Object.hasOwn(barSizes, text);
}
