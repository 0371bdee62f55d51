import type { Delivery } from '../core/delivery.js';
import type { RequestId } from '../core/request.js';
import type { RowsOf } from '../core/rows.js';
import { seriesName } from '../core/series.js';
import type { ProviderName, SeriesName } from '../core/series.js';
import { dateOfDayNumber } from '../core/time.js';
import type { Instant, LocalDate } from '../core/time.js';

/** One answer about the options of one expiry. */
export interface AnsweredOptions {
  readonly requestId: RequestId;
  readonly at: Instant;
  readonly expiry: LocalDate;
  readonly rows: RowsOf<'option_snapshots'>;
}

/** What a run has been answered and the lake may not hold yet, as far as something is computed from it. */
export interface Evidence {
  learn(delivery: Delivery): void;
  /** The answers about a symbol's options; they are forgotten, as nothing else is computed from them. */
  takeOptions(provider: ProviderName, symbol: string): readonly AnsweredOptions[];
  /** The daily closes of a symbol by session. */
  closes(provider: ProviderName, symbol: string): ReadonlyMap<LocalDate, number>;
}

export function growingEvidence(): Evidence {
  const options = new Map<string, Map<SeriesName, AnsweredOptions>>();
  const closes = new Map<string, Map<LocalDate, number>>();
  const key = (provider: ProviderName, symbol: string): string => `${provider}\n${symbol}`;

  return {
    learn({ series, rows, requestId, answeredAt: at }) {
      const about = key(series.provider, series.instrument.symbol);
      if (rows?.dataset === 'option_snapshots' && series.dataset === 'option_snapshots') {
        const known = options.get(about) ?? new Map<SeriesName, AnsweredOptions>();
        options.set(about, known.set(seriesName(series), { requestId, at, expiry: series.expiry, rows }));
      }
      if (rows?.dataset === 'equity_bars' && series.dataset === 'equity_bars' && series.barSize === '1 day') {
        const known = closes.get(about) ?? new Map<LocalDate, number>();
        closes.set(about, known);
        for (const [row, session] of rows.columns.session.entries()) {
          const close = rows.columns.close[row] ?? NaN;
          if (close > 0) known.set(dateOfDayNumber(session), close);
        }
      }
    },
    takeOptions(provider, symbol) {
      const known = options.get(key(provider, symbol));
      options.delete(key(provider, symbol));
      return [...(known?.values() ?? [])];
    },
    closes: (provider, symbol) => closes.get(key(provider, symbol)) ?? new Map(),
  };
}
