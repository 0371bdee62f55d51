import type { BarValues } from '../../core/revisions/compare-bars.js';
import { overlaps } from '../../core/time/window.js';
import type { StoredBars, StoredBarsQuery } from '../../core/revisions/stored-bars.js';
import type { LiveFile } from '../delta/actions.js';
import { getRange } from '../parquet/file-statistics.js';
import { formatInstantLiteral, quoteLiteral } from '../parquet/sql.js';
import type { LakeDatabase } from './lake-database.js';

const columns = ['open', 'high', 'low', 'close', 'volume'] as const;

/** Reads bars from the files that may hold them, by folder and statistics. */
export async function readStoredBars(
  database: LakeDatabase,
  query: StoredBarsQuery,
): Promise<ReadonlyMap<string, StoredBars>> {
  const rows = await database.queryFiles(
    'equity_bars',
    (file) => mayHold(file, query),
    (source) => buildSql(source, query),
  );
  return new Map(
    rows.flatMap((row): readonly (readonly [string, StoredBars])[] => {
      const [symbol, requestId] = [row['symbol'], row['request_id']];
      if (typeof symbol !== 'string' || typeof requestId !== 'string') return [];
      const column = (name: string): Float64Array => toNumbers(row[name]);
      const bars: BarValues = {
        ts: column('ts'),
        ...{ open: column('open'), high: column('high'), low: column('low') },
        ...{ close: column('close'), volume: column('volume') },
      };
      return [[symbol, { bars, requestId }]];
    }),
  );
}

function mayHold({ partitionValues, stats }: LiveFile, { barSize, window, symbol }: StoredBarsQuery): boolean {
  if (partitionValues['bar_size'] !== barSize) return false;
  const times = getRange(stats, 'ts');
  const span =
    times === null ? window : { start: Date.parse(String(times.min)), end: Date.parse(String(times.max)) + 1 };
  if (!overlaps(span, window)) return false;
  const symbols = getRange(stats, 'symbol');
  // The log orders text by its bytes; `<` orders some characters differently.
  if (symbol === null || symbols === null || !/^[\u0000-\u007f]*$/.test(symbol)) return true;
  return symbol >= String(symbols.min) && symbol <= String(symbols.max);
}

function buildSql(source: string, { provider, barSize, priceType, hours, window, symbol }: StoredBarsQuery): string {
  const lists = columns.map((name) => `list("${name}" ORDER BY ts) AS "${name}"`).join(', ');
  const conditions = [
    `provider = ${quoteLiteral(provider)}`,
    `bar_size = ${quoteLiteral(barSize)}`,
    `what = ${quoteLiteral(priceType)}`,
    `use_rth = ${String(hours === 'rth')}`,
    `ts >= ${formatInstantLiteral(window.start)}`,
    `ts < ${formatInstantLiteral(window.end)}`,
    ...(symbol === null ? [] : [`symbol = ${quoteLiteral(symbol)}`]),
  ];
  return (
    `SELECT symbol, min_by(request_id, ts) AS request_id, list(epoch_ms(ts)::DOUBLE ORDER BY ts) AS ts, ${lists} ` +
    `FROM ${source} WHERE ${conditions.join(' AND ')} GROUP BY symbol`
  );
}

function toNumbers(value: unknown): Float64Array {
  return Array.isArray(value)
    ? Float64Array.from(value, (one: unknown) => (typeof one === 'number' ? one : NaN))
    : new Float64Array();
}
