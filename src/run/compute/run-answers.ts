import type { FetchResult } from '../../core/fetch-result.js';
import type { RequestId } from '../../core/request.js';
import { closeKinds, rankCloseKind } from '../../core/tables/close-kind.js';
import type { DailyCloses, DailyValue } from '../../queries/daily-values.js';
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
  /** Closes of daily bars of the preferred kind among those answered; undefined without any. */
  closes(provider: ProviderName, symbol: string): DailyCloses | undefined;
}

export function createRunAnswers(): RunAnswers {
  const options = new Map<string, Map<SeriesName, OptionAnswer>>();
  /** By symbol and place of the kind in `closeKinds`. */
  const closes = new Map<string, Map<number, Map<LocalDate, DailyValue>>>();
  const key = (provider: ProviderName, symbol: string): string => `${provider}\n${symbol}`;

  return {
    record({ series, rows, requestId, answeredAt: at }) {
      const symbolKey = key(series.provider, series.instrument.symbol);
      if (rows?.dataset === 'option_snapshots' && series.dataset === 'option_snapshots') {
        const known = options.get(symbolKey) ?? new Map<SeriesName, OptionAnswer>();
        options.set(symbolKey, known.set(formatSeriesName(series), { requestId, at, expiry: series.expiry, rows }));
      }
      if (rows?.dataset !== 'equity_bars' || series.dataset !== 'equity_bars' || series.barSize !== '1 day') return;
      const kind = rankCloseKind(series);
      if (kind === null) return;
      const byKind = closes.get(symbolKey) ?? new Map<number, Map<LocalDate, DailyValue>>();
      closes.set(symbolKey, byKind);
      const known = byKind.get(kind) ?? new Map<LocalDate, DailyValue>();
      byKind.set(kind, known);
      for (const [row, day] of rows.columns.session.entries()) {
        const value = rows.columns.close[row] ?? NaN;
        const session = fromDayNumber(day);
        if (value > 0) known.set(session, { session, value, requestId });
      }
    },
    drainOptions(provider, symbol) {
      const known = options.get(key(provider, symbol));
      options.delete(key(provider, symbol));
      return [...(known?.values() ?? [])];
    },
    closes(provider, symbol) {
      const byKind = closes.get(key(provider, symbol));
      for (const [rank, kind] of closeKinds.entries()) {
        const known = byKind?.get(rank);
        if (known !== undefined && known.size > 0) return { kind, values: [...known.values()] };
      }
      return undefined;
    },
  };
}
