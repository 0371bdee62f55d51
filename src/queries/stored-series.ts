import type { BarValues } from '../core/revisions/compare-bars.js';
import { formatSeriesName } from '../core/series.js';
import type { SeriesName, SeriesOf } from '../core/series.js';
import type { Window } from '../core/time/window.js';
import type { QueryableLake } from './queryable-lake.js';
import { readNumber, readText, sqlInstant, sqlString } from './sql.js';
import type { Row } from './sql.js';

/** The stored bars of one series, by time. */
export interface StoredSeriesBars<Provider extends string = string> {
  readonly provider: Provider;
  readonly series: SeriesName;
  readonly bars: BarValues;
}

type BarSeries = SeriesOf<'equity_bars' | 'option_bars'>;

const values = ['open', 'high', 'low', 'close', 'volume'] as const;

/** Queries the bars of all providers that a symbol has with the bar size, price type and hours of a series. */
export async function queryStoredSeries(
  lake: QueryableLake,
  series: BarSeries,
  { start, end }: Window,
): Promise<readonly StoredSeriesBars[]> {
  const { dataset, instrument, barSize, priceType, hours } = series;
  const option = dataset === 'option_bars' ? 'expiry, strike, "right", ' : '';
  const lists = values.map((name) => `list("${name}" ORDER BY ts) AS "${name}"`).join(', ');
  const { rows } = await lake.querySymbol(
    { dataset, symbol: instrument.symbol, barSize },
    (source) => `
      SELECT provider, ${option} list(epoch_ms(ts)::DOUBLE ORDER BY ts) AS ts, ${lists} FROM ${source}
      WHERE symbol = ${sqlString(instrument.symbol)} AND bar_size = ${sqlString(barSize)} AND what = ${sqlString(priceType)}
        AND use_rth = ${String(hours === 'rth')} AND ts >= ${sqlInstant(start)} AND ts < ${sqlInstant(end)}
      GROUP BY ALL`,
  );
  return rows.flatMap((row) => {
    const stored = withTerms(series, row);
    return stored === null
      ? []
      : [{ provider: readText(row, 'provider') ?? '', series: formatSeriesName(stored), bars: toBars(row) }];
  });
}

/** Replaces the option of a series by that of a row. */
function withTerms(series: BarSeries, row: Row): BarSeries | null {
  if (series.dataset === 'equity_bars') return series;
  const [expiry, strike, right] = [readText(row, 'expiry'), readNumber(row, 'strike'), readText(row, 'right')];
  if (expiry === null || strike === null || (right !== 'C' && right !== 'P')) return null;
  return { ...series, contract: { expiry, strike, right, conId: null } };
}

function toBars(row: Row): BarValues {
  const column = (name: string): Float64Array => {
    const value = row[name];
    return Array.isArray(value)
      ? Float64Array.from(value, (one: unknown) => (typeof one === 'number' ? one : NaN))
      : new Float64Array();
  };
  return {
    ts: column('ts'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
}
