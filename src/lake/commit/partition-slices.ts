import { isIntraday } from '../../core/tables/bars.js';
import type { BarSize } from '../../core/tables/bars.js';
import type { FetchResult } from '../../core/fetch-result.js';
import type { Series } from '../../core/series.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { fromDayNumber, day, toDayNumber, toUtcDate } from '../../core/time/time.js';
import type { LocalDate } from '../../core/time/time.js';

/** Consecutive rows of one fetch result. */
export interface RowSlice {
  readonly fetchResult: FetchResult;
  readonly from: number;
  readonly to: number;
}

/** Rows for one folder of a table. */
export interface PartitionSlices {
  /** The partition columns in the table's order; empty for a table without folders. */
  readonly values: Readonly<Record<string, string>>;
  readonly slices: readonly RowSlice[];
  readonly rows: number;
  /** True if the concatenated slices are in the table's order. */
  readonly isSorted: boolean;
}

/** Groups rows by folder. */
export function partitionSlices(dataset: Dataset, slices: Iterable<RowSlice>): readonly PartitionSlices[] {
  const partitions = new Map<string, { values: Readonly<Record<string, string>>; slices: RowSlice[] }>();
  for (const slice of slices) {
    for (const { period, from, to } of splitByPeriod(dataset, slice)) {
      const values = partitionValues(slice.fetchResult.series, period);
      const key = JSON.stringify(values);
      const partition = partitions.get(key);
      const part = { fetchResult: slice.fetchResult, from, to };
      if (partition === undefined) partitions.set(key, { values, slices: [part] });
      else partition.slices.push(part);
    }
  }
  return [...partitions.values()].map(({ values, slices: parts }) => {
    const sortable = parts.map((slice) => ({ slice, key: getSortKey(slice), first: getTime(slice, slice.from) }));
    sortable.sort((a, b) => {
      const order = compareKeys(a.key, b.key);
      return order === 0 ? a.first - b.first : order;
    });
    const isSorted = sortable.every((next, index) => {
      const previous = sortable[index - 1];
      if (previous === undefined) return hasTimestamps(next.slice);
      if (compareKeys(previous.key, next.key) < 0) return true;
      return hasTimestamps(next.slice) && getTime(previous.slice, previous.slice.to - 1) <= next.first;
    });
    return {
      values,
      slices: sortable.map(({ slice }) => slice),
      rows: parts.reduce((sum, { from, to }) => sum + to - from, 0),
      isSorted,
    };
  });
}

function partitionValues(series: Series, period: string): Readonly<Record<string, string>> {
  switch (series.dataset) {
    case 'contracts':
    case 'history_starts':
    case 'corporate_actions':
      return {};
    case 'chains':
    case 'quotes':
    case 'overviews':
      return { yearmonth: period };
    case 'equity_bars':
      return { bar_size: series.barSize, period };
    case 'option_bars':
    case 'option_snapshots':
      return { symbol: series.instrument.symbol, yearmonth: period };
  }
}

interface PeriodRange {
  readonly period: string;
  readonly from: number;
  readonly to: number;
}

function splitByPeriod(dataset: Dataset, slice: RowSlice): readonly PeriodRange[] {
  const { fetchResult, from, to } = slice;
  const { series } = fetchResult;
  if (tables[dataset].partitionBy === 'none') return [{ period: '', from, to }];
  if (tables[dataset].kind === 'point') return [{ period: toUtcDate(fetchResult.answeredAt).slice(0, 7), from, to }];
  const daily = dataset === 'equity_bars' && 'barSize' in series && !isIntraday(series.barSize);
  return splitBySession(slice, daily ? 4 : 7);
}

/** Consecutive rows whose sessions share the first `characters` of their date: 4 for the year, 7 for the year-month. */
function splitBySession(slice: RowSlice, characters: 4 | 7): readonly PeriodRange[] {
  const ranges: PeriodRange[] = [];
  const sessions = getSessions(slice.fetchResult);
  let { from } = slice;
  while (from < slice.to) {
    const date = getSession(slice, from);
    const period = date.slice(0, characters);
    const [first, end] = periodDayRange(date, characters);
    let to = from + 1;
    for (; to < slice.to; to++) {
      const session = sessions[to] ?? NaN;
      if (!(session >= first && session < end)) {
        if (!Number.isNaN(session) || getSession(slice, to).slice(0, characters) !== period) break;
      }
    }
    ranges.push({ period, from, to });
    from = to;
  }
  return ranges;
}

function periodDayRange(date: LocalDate, characters: 4 | 7): readonly [number, number] {
  const year = Number(date.slice(0, 4));
  const month = Number(date.slice(5, 7));
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (characters === 4) return [toDayNumber(`${year}-01-01`), toDayNumber(`${year + 1}-01-01`)];
  const next = month === 12 ? `${year + 1}-01-01` : `${year}-${pad(month + 1)}-01`;
  return [toDayNumber(`${year}-${pad(month)}-01`), toDayNumber(next)];
}

/** The session of a row; its UTC date if the provider gave none. */
function getSession(slice: RowSlice, row: number): LocalDate {
  const session = getSessions(slice.fetchResult)[row] ?? NaN;
  return fromDayNumber(Number.isNaN(session) ? Math.floor(getTime(slice, row) / day) : session);
}

const emptyValues = new Float64Array();

function getSessions({ rows }: FetchResult): Float64Array {
  return rows !== null && 'session' in rows.columns ? rows.columns.session : emptyValues;
}

function hasTimestamps({ fetchResult: { rows } }: RowSlice): boolean {
  return rows !== null && 'ts' in rows.columns;
}

function getTime({ fetchResult }: RowSlice, row: number): number {
  const { rows } = fetchResult;
  return rows !== null && 'ts' in rows.columns ? (rows.columns.ts[row] ?? NaN) : fetchResult.answeredAt;
}

type SortKey = readonly (string | number)[];

/** The columns that precede the time in the table's order and differ within a folder. */
function getSortKey({ fetchResult: { series } }: RowSlice): SortKey {
  if (series.dataset !== 'option_bars') return [series.instrument.symbol];
  const { expiry, strike, right } = series.contract;
  const barSize: BarSize = series.barSize;
  return [expiry, strike, right, barSize];
}

function compareKeys(a: SortKey, b: SortKey): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined || left === right) continue;
    return left < right ? -1 : 1;
  }
  return 0;
}
