import type { FetchResult } from '../../core/fetch-result.js';
import type { RequestId } from '../../core/request.js';
import type { RowsOf } from '../../core/tables/rows.js';
import { formatSeriesName } from '../../core/series.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { fromDayNumber } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';

/** One answer with options of one expiry. */
export interface OptionAnswer {
  readonly requestId: RequestId;
  readonly at: Instant;
  readonly expiry: LocalDate;
  readonly rows: RowsOf<'option_snapshots'>;
}

/** Answers of the run that overviews are computed from and that may not be committed yet. */
export interface RunAnswers {
  record(result: FetchResult): void;
  /** Returns and removes the answers with options of a symbol. */
  drainOptions(provider: ProviderName, symbol: string): readonly OptionAnswer[];
  /** Closes of daily bars of any price type and hours, by session. */
  closes(provider: ProviderName, symbol: string): ReadonlyMap<LocalDate, number>;
}

export function createRunAnswers(): RunAnswers {
  const options = new Map<string, Map<SeriesName, OptionAnswer>>();
  const closes = new Map<string, Map<LocalDate, number>>();
  const key = (provider: ProviderName, symbol: string): string => `${provider}\n${symbol}`;

  return {
    record({ series, rows, requestId, answeredAt: at }) {
      const symbolKey = key(series.provider, series.instrument.symbol);
      if (rows?.dataset === 'option_snapshots' && series.dataset === 'option_snapshots') {
        const known = options.get(symbolKey) ?? new Map<SeriesName, OptionAnswer>();
        options.set(symbolKey, known.set(formatSeriesName(series), { requestId, at, expiry: series.expiry, rows }));
      }
      if (rows?.dataset === 'equity_bars' && series.dataset === 'equity_bars' && series.barSize === '1 day') {
        const known = closes.get(symbolKey) ?? new Map<LocalDate, number>();
        closes.set(symbolKey, known);
        for (const [row, session] of rows.columns.session.entries()) {
          const close = rows.columns.close[row] ?? NaN;
          if (close > 0) known.set(fromDayNumber(session), close);
        }
      }
    },
    drainOptions(provider, symbol) {
      const known = options.get(key(provider, symbol));
      options.delete(key(provider, symbol));
      return [...(known?.values() ?? [])];
    },
    closes: (provider, symbol) => closes.get(key(provider, symbol)) ?? new Map(),
  };
}
