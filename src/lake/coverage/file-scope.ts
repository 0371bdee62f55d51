import { unescapePart } from '../../core/series.js';
import type { Window } from '../../core/window.js';
import type { LiveFile } from '../delta/actions.js';
import { versionsIn } from '../delta/commit-ranges.js';
import { rangeOf } from '../parquet/statistics.js';
import { isRecord } from './columns.js';
import { allTime, partitionBounds } from './partition.js';
import type { SeriesFamily } from './table-fold.js';

/** What a file can hold, by its folder, its tags and its statistics. */
export interface FileScope {
  readonly file: LiveFile;
  /** The versions of the commits whose rows are in it; null where their writer did not say. */
  readonly commits: ReadonlySet<number> | null;
  /** Whether rows of any series of this family can be in it. */
  holdsFamily(family: Family): boolean;
  /** Whether rows of one series of such a family can be in it. */
  holdsKey(key: string): boolean;
  /** When its rows may lie, by the days of a time zone. */
  bounds(zone: string | null): Window;
}

type Family = Pick<SeriesFamily, 'provider' | 'before' | 'after'>;

/** The column that a `point` table's periods go by is in UTC whatever the calendar of its series. */
const utc = 'UTC';

export function scopeOf(file: LiveFile, kind: 'span' | 'point'): FileScope {
  const { partitionValues, stats, tags } = file;
  const tag = tags['pipe.commits'];
  const period = partitionValues['period'] ?? partitionValues['yearmonth'];
  const known = new Map<string | null, Window>();
  const may = columnFilter(file);
  return {
    file,
    commits: tag === undefined ? null : versionsIn(tag),
    holdsFamily({ provider, after }) {
      const [, barSize, what] = after.split('/');
      return may('provider', provider) && may('bar_size', barSize) && may('what', what);
    },
    holdsKey(key) {
      const [symbol = '', expiry, strike, right] = key.split('/');
      return (
        may('symbol', unescapePart(symbol)) &&
        may('expiry', expiry) &&
        may('strike', strike === undefined ? undefined : Number(strike)) &&
        may('right', right)
      );
    },
    bounds(zone) {
      if (period === undefined || period === null) return allTime;
      const asked = kind === 'point' ? utc : sessionsUnknown(stats) ? null : zone;
      let bounds = known.get(asked);
      if (bounds === undefined) known.set(asked, (bounds = partitionBounds(period, asked)));
      return bounds;
    },
  };
}

type ColumnFilter = (column: string, value: string | number | undefined) => boolean;

/** Whether a value of a column can be in the file; yes where nothing speaks against it. */
function columnFilter({ partitionValues, stats }: LiveFile): ColumnFilter {
  const ranges = new Map<string, ReturnType<typeof rangeOf>>();
  return (column, value) => {
    if (value === undefined) return true;
    const folder = partitionValues[column];
    if (folder !== undefined && folder !== null) return folder === String(value);
    let range = ranges.get(column);
    if (range === undefined) ranges.set(column, (range = rangeOf(stats, column)));
    if (range === null) return true;
    return compare(range.min, value) <= 0 && compare(value, range.max) <= 0;
  };
}

/** Text in the order of its bytes, as statistics have it. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** Rows without a session were put into the period of their UTC date. */
function sessionsUnknown(stats: string | null): boolean {
  const parsed: unknown = stats === null ? null : JSON.parse(stats);
  const nulls = isRecord(parsed) && isRecord(parsed['nullCount']) ? parsed['nullCount']['session'] : 0;
  return typeof nulls === 'number' && nulls > 0;
}
