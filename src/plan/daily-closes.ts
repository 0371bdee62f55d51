import type { Rows } from '../core/tables/rows.js';
import type { ProviderName, Series } from '../core/series.js';
import { fromDayNumber } from '../core/time/time.js';
import type { LocalDate } from '../core/time/time.js';

/** Closes by session. */
export type ClosesBySession = ReadonlyMap<LocalDate, number>;

/** Daily closes of the lake by provider and symbol, and how to compare their volatility with the usual one. */
export interface ClosesSnapshot {
  readonly bySymbol: ReadonlyMap<ProviderName, ReadonlyMap<string, ClosesBySession>>;
  /** The ratio of recent to usual volatility of closes, oldest first; null with fewer than `minimum`. */
  readonly computeRatio: (closes: readonly number[]) => number | null;
  readonly minimum: number;
}

/** Daily closes of the lake and of the run, from which adaptive strikes are widened. */
export interface DailyCloses {
  readonly ratio: (provider: ProviderName, symbol: string) => number | undefined;
  readonly count: (provider: ProviderName, symbol: string) => number;
  record(series: Series, rows: Rows): void;
}

export const noDailyCloses: ClosesSnapshot = { bySymbol: new Map(), computeRatio: () => null, minimum: 0 };

/** Closes of a run are recorded for the providers of the snapshot only: other steps do not use them. */
export function createDailyCloses({ bySymbol, computeRatio }: ClosesSnapshot): DailyCloses {
  const recorded = new Map<string, Map<LocalDate, number>>();
  const getKey = (provider: ProviderName, symbol: string): string => `${provider}\n${symbol}`;

  function merge(provider: ProviderName, symbol: string): ClosesBySession {
    const stored = bySymbol.get(provider)?.get(symbol) ?? new Map<LocalDate, number>();
    const fresh = recorded.get(getKey(provider, symbol));
    return fresh === undefined ? stored : new Map([...stored, ...fresh]);
  }

  return {
    ratio(provider, symbol) {
      const closes = [...merge(provider, symbol)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, close]) => close);
      return computeRatio(closes) ?? undefined;
    },
    count: (provider, symbol) => merge(provider, symbol).size,
    record(series, rows) {
      if (series.dataset !== 'equity_bars' || rows.dataset !== 'equity_bars') return;
      const { provider, instrument, barSize, priceType, hours } = series;
      if (!bySymbol.has(provider) || barSize !== '1 day' || priceType !== 'TRADES' || hours !== 'rth') return;
      const key = getKey(provider, instrument.symbol);
      const closes = recorded.get(key) ?? new Map<LocalDate, number>();
      const { session, close } = rows.columns;
      for (const [index, value] of close.entries()) {
        const day = session[index];
        if (day !== undefined && !Number.isNaN(day) && value > 0) closes.set(fromDayNumber(day), value);
      }
      recorded.set(key, closes);
    },
  };
}
