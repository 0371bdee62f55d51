import { isRecord } from '../../platform/json.js';
import { unescapePart } from '../../core/series.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { toZonedInstant } from '../../core/time/time-zone.js';
import { addDays } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import type { LiveFile } from '../delta/actions.js';
import { parseVersionRanges } from '../delta/version-ranges.js';
import { getRange } from '../parquet/file-statistics.js';
import { allTime, partitionBounds } from './partition-bounds.js';
import type { SeriesFamily } from './table-fold.js';

/** The possible content of a file, by its folder, its tags and its statistics. */
export interface FileScope {
  readonly file: LiveFile;
  /** The versions of the commits whose rows are in it; null if its writer did not record them. */
  readonly commitVersions: Pick<ReadonlySet<number>, 'has'> | null;
  mayHoldFamily(family: FamilyKey): boolean;
  /** Returns whether the file can contain rows with a key, given that it can contain rows of the key's family. */
  mayHoldKey(key: string): boolean;
  /** The window of its rows, by the days of a time zone. */
  getTimeBounds(zone: string | null): Window;
  /** Why its rows are lost: its path, or the commit that deleted them. */
  readonly reason: string;
  /** The days of a series with deleted rows; absent if all rows of the file are lost. */
  readonly listDeletedDays?: (series: SeriesOfRows, zone: string | null) => readonly Window[];
}

/** A part of a file whose rows are lost, by its own statistics. */
export interface LostPart {
  readonly minValues: Readonly<Record<string, string | number | null>>;
  readonly maxValues: Readonly<Record<string, string | number | null>>;
  /** The times of its rows; null if they are not known. */
  readonly times: Window | null;
}

/** The scope of a part of a file. */
export function toPartScope(
  file: LiveFile,
  { minValues, maxValues, times }: LostPart,
  kind: 'span' | 'point',
): FileScope {
  const parsed: unknown = file.stats === null ? null : JSON.parse(file.stats);
  const nullCount = isRecord(parsed) ? parsed['nullCount'] : {};
  const scope = toFileScope({ ...file, stats: JSON.stringify({ minValues, maxValues, nullCount }) }, kind);
  if (times === null) return scope;
  return {
    ...scope,
    getTimeBounds(zone) {
      const { start, end } = scope.getTimeBounds(zone);
      return { start: Math.max(start, times.start), end: Math.min(end, times.end) };
    },
  };
}

export interface SeriesOfRows {
  readonly provider: ProviderName;
  readonly series: SeriesName;
}

type FamilyKey = Pick<SeriesFamily, 'provider' | 'prefix' | 'suffix'>;

/** The periods of a `point` table are in UTC, whatever the calendar of its series. */
const utc = 'UTC';

export function toFileScope(file: LiveFile, kind: 'span' | 'point'): FileScope {
  const { partitionValues, stats, tags } = file;
  const tag = tags['pipe.commits'];
  const period = partitionValues['period'] ?? partitionValues['yearmonth'];
  const boundsByZone = new Map<string | null, Window>();
  const mayContain = columnFilter(file);
  return {
    file,
    reason: file.path,
    commitVersions: tag === undefined ? null : parseVersionRanges(tag),
    mayHoldFamily({ provider, suffix }) {
      const [, barSize, priceType] = suffix.split('/');
      return mayContain('provider', provider) && mayContain('bar_size', barSize) && mayContain('what', priceType);
    },
    mayHoldKey(key) {
      const [symbol = '', expiry, strike, right] = key.split('/');
      return (
        mayContain('symbol', unescapePart(symbol)) &&
        mayContain('expiry', expiry) &&
        mayContain('strike', strike === undefined ? undefined : Number(strike)) &&
        mayContain('right', right)
      );
    },
    getTimeBounds(zone) {
      if (period === undefined || period === null) return allTime;
      const effectiveZone = kind === 'point' ? utc : hasUnknownSessions(stats) ? null : zone;
      let bounds = boundsByZone.get(effectiveZone);
      if (bounds === undefined) {
        bounds = partitionBounds(period, effectiveZone);
        if (kind === 'span' && effectiveZone !== null) bounds = clipToSessions(bounds, stats, effectiveZone);
        boundsByZone.set(effectiveZone, bounds);
      }
      return bounds;
    },
  };
}

/**
 * Limits a window to the days from the first to the last session in a file. No request returns to the days before and after
 * them in which there is no session, so they would stay lost for ever.
 */
function clipToSessions(bounds: Window, stats: string | null, zone: string): Window {
  const sessions = getRange(stats, 'session');
  if (typeof sessions?.min !== 'string' || typeof sessions.max !== 'string') return bounds;
  return {
    start: Math.max(bounds.start, toZonedInstant(zone, sessions.min, 0)),
    end: Math.min(bounds.end, toZonedInstant(zone, addDays(sessions.max, 1), 0)),
  };
}

type ColumnFilter = (column: string, value: string | number | undefined) => boolean;

/** Returns whether a value of a column can be in the file; true without evidence against it. */
function columnFilter({ partitionValues, stats }: LiveFile): ColumnFilter {
  const ranges = new Map<string, ReturnType<typeof getRange>>();
  return (column, value) => {
    if (value === undefined) return true;
    const folderValue = partitionValues[column];
    if (folderValue !== undefined && folderValue !== null) return folderValue === String(value);
    let range = ranges.get(column);
    if (range === undefined) ranges.set(column, (range = getRange(stats, column)));
    if (range === null) return true;
    return compareValues(range.min, value) <= 0 && compareValues(value, range.max) <= 0;
  };
}

/** Compares text by its bytes, as statistics do. */
function compareValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** Rows without a session are in the period of their UTC date. */
function hasUnknownSessions(stats: string | null): boolean {
  const parsed: unknown = stats === null ? null : JSON.parse(stats);
  const nulls = isRecord(parsed) && isRecord(parsed['nullCount']) ? parsed['nullCount']['session'] : 0;
  return typeof nulls === 'number' && nulls > 0;
}
