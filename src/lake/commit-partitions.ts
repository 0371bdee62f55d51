import { isIntraday } from '../core/bars.js';
import type { BarSize } from '../core/bars.js';
import type { Delivery } from '../core/delivery.js';
import type { Series } from '../core/series.js';
import { tables } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { dateOfDayNumber, day, dayNumber, utcDate } from '../core/time.js';
import type { LocalDate } from '../core/time.js';

/** A stretch of one delivery's rows. */
export interface Slice {
  readonly delivery: Delivery;
  readonly from: number;
  readonly to: number;
}

/** Rows for one folder of a table, in the table's order as far as `sorted` says. */
export interface PartitionSlices {
  /** The folder's columns in the table's order; empty for a table without folders. */
  readonly values: Readonly<Record<string, string>>;
  readonly slices: readonly Slice[];
  readonly rows: number;
  /** Whether the slices one after the other are in the table's order, so that nothing has to sort them. */
  readonly sorted: boolean;
}

/** Deals rows out to the folders they belong to. */
export function slicesByPartition(dataset: Dataset, slices: Iterable<Slice>): readonly PartitionSlices[] {
  const partitions = new Map<string, { values: Readonly<Record<string, string>>; slices: Slice[] }>();
  for (const slice of slices) {
    for (const { period, from, to } of periodsOf(dataset, slice)) {
      const values = partitionValues(slice.delivery.series, period);
      const key = JSON.stringify(values);
      const partition = partitions.get(key);
      const part = { delivery: slice.delivery, from, to };
      if (partition === undefined) partitions.set(key, { values, slices: [part] });
      else partition.slices.push(part);
    }
  }
  return [...partitions.values()].map(({ values, slices: parts }) => {
    const sortable = parts.map((slice) => ({ slice, key: sortKey(slice), first: timeAt(slice, slice.from) }));
    sortable.sort((a, b) => {
      const order = compareKeys(a.key, b.key);
      return order === 0 ? a.first - b.first : order;
    });
    const sorted = sortable.every((next, index) => {
      const previous = sortable[index - 1];
      if (previous === undefined) return isSpan(next.slice);
      if (compareKeys(previous.key, next.key) < 0) return true;
      return isSpan(next.slice) && timeAt(previous.slice, previous.slice.to - 1) <= next.first;
    });
    return {
      values,
      slices: sortable.map(({ slice }) => slice),
      rows: parts.reduce((sum, { from, to }) => sum + to - from, 0),
      sorted,
    };
  });
}

function partitionValues(series: Series, period: string): Readonly<Record<string, string>> {
  switch (series.dataset) {
    case 'contracts':
    case 'history_starts':
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

function periodsOf(dataset: Dataset, slice: Slice): readonly PeriodRange[] {
  const { delivery, from, to } = slice;
  const { series } = delivery;
  if (tables[dataset].partitionBy === 'none') return [{ period: '', from, to }];
  if (tables[dataset].kind === 'point') return [{ period: utcDate(delivery.answeredAt).slice(0, 7), from, to }];
  const daily = dataset === 'equity_bars' && 'barSize' in series && !isIntraday(series.barSize);
  return rangesBySession(slice, daily ? 4 : 7);
}

/** Consecutive rows whose sessions share the first `characters` of their date: 4 for the year, 7 for the year-month. */
function rangesBySession(slice: Slice, characters: 4 | 7): readonly PeriodRange[] {
  const ranges: PeriodRange[] = [];
  const sessions = sessionsOf(slice.delivery);
  let { from } = slice;
  while (from < slice.to) {
    const date = sessionAt(slice, from);
    const period = date.slice(0, characters);
    const [first, end] = daysOf(date, characters);
    let to = from + 1;
    for (; to < slice.to; to++) {
      const session = sessions[to] ?? NaN;
      if (!(session >= first && session < end)) {
        if (!Number.isNaN(session) || sessionAt(slice, to).slice(0, characters) !== period) break;
      }
    }
    ranges.push({ period, from, to });
    from = to;
  }
  return ranges;
}

function daysOf(date: LocalDate, characters: 4 | 7): readonly [number, number] {
  const year = Number(date.slice(0, 4));
  const month = Number(date.slice(5, 7));
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (characters === 4) return [dayNumber(`${year}-01-01`), dayNumber(`${year + 1}-01-01`)];
  const next = month === 12 ? `${year + 1}-01-01` : `${year}-${pad(month + 1)}-01`;
  return [dayNumber(`${year}-${pad(month)}-01`), dayNumber(next)];
}

/** The session of a row; where the source gave none, its date in UTC. */
function sessionAt(slice: Slice, row: number): LocalDate {
  const session = sessionsOf(slice.delivery)[row] ?? NaN;
  return dateOfDayNumber(Number.isNaN(session) ? Math.floor(timeAt(slice, row) / day) : session);
}

const noValues = new Float64Array();

function sessionsOf({ rows }: Delivery): Float64Array {
  return rows !== null && 'session' in rows.columns ? rows.columns.session : noValues;
}

function isSpan({ delivery: { rows } }: Slice): boolean {
  return rows !== null && 'ts' in rows.columns;
}

function timeAt({ delivery }: Slice, row: number): number {
  const { rows } = delivery;
  return rows !== null && 'ts' in rows.columns ? (rows.columns.ts[row] ?? NaN) : delivery.answeredAt;
}

type SortKey = readonly (string | number)[];

/** What comes before the time in the table's order and is not the same in the whole folder. */
function sortKey({ delivery: { series } }: Slice): SortKey {
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
