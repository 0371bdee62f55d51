import { barSizes } from '../../core/tables/bars.js';
import { isComputed, tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { addDays } from '../../core/time/time.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import { toZonedInstant } from '../../core/time/time-zone.js';
import type { Right } from '../../core/series.js';
import { sqlInstant, sqlString } from '../../queries/sql.js';

/** One option, as the command line names it: `2026-12-18/250/C`. */
export interface OptionName {
  readonly expiry: LocalDate;
  readonly strike: number;
  readonly right: Right;
}

/** The value whose origin is asked for. */
export interface WhyQuery {
  readonly symbol: string;
  /** In the time zone of the exchange. */
  readonly date: LocalDate;
  /** Minutes after midnight in the time zone of the exchange; null for the whole session. */
  readonly minutes: number | null;
  readonly dataset: Dataset;
  readonly option: OptionName | null;
  readonly barSize: string | null;
  readonly provider: string | null;
}

/** Tables whose latest row before a date still holds on it; rows of others are observations of their date. */
const lastingTables: ReadonlySet<Dataset> = new Set(['contracts', 'chains', 'history_starts']);

/** The condition for the rows that a query is about, and their order: the first row is the most likely to be meant. */
export interface RowSelection {
  readonly where: string;
  readonly orderBy: string;
}

export function selectRows(query: WhyQuery, zone: string): RowSelection {
  const { dataset, date, minutes } = query;
  const conditions = keyConditions(query);
  if (tables[dataset].kind === 'span') {
    conditions.push(`session = DATE ${sqlString(date)}`);
    if (minutes !== null) conditions.push(containsInstant(toZonedInstant(zone, date, minutes)));
    // Without a time a daily bar is meant; with a time the shortest bars.
    const size = `CASE bar_size ${Object.entries(barSizes)
      .map(([name, length]) => `WHEN ${sqlString(name)} THEN ${String(length)}`)
      .join(' ')} END`;
    const kind = `(what = 'TRADES') DESC, use_rth DESC`;
    return {
      where: conditions.join(' AND '),
      orderBy: minutes === null ? `${size} DESC, ${kind}, ts` : `${size}, ${kind}, ts DESC`,
    };
  }
  const time = tables[dataset].time;
  const { start, end } = dayWindow(date, zone);
  const until = minutes === null ? end - 1 : toZonedInstant(zone, date, minutes);
  conditions.push(`${time} <= ${sqlInstant(until)}`);
  if (!lastingTables.has(dataset)) conditions.push(`${time} >= ${sqlInstant(start)}`);
  return { where: conditions.join(' AND '), orderBy: `${time} DESC` };
}

/** The condition that a bar contains an instant: the one before it says nothing about it. A daily bar is that of its session. */
function containsInstant(at: Instant): string {
  const earliest = Object.entries(barSizes)
    .map(([name, length]) => `WHEN ${sqlString(name)} THEN ${sqlInstant(at - length)}`)
    .join(' ');
  return `ts <= ${sqlInstant(at)} AND ts > CASE bar_size ${earliest} END`;
}

/** The conditions for all bars of the series of a row in its session. */
export function selectSession({ symbol, date }: WhyQuery, row: Readonly<Record<string, unknown>>): string {
  const texts = ['provider', 'bar_size', 'what'].map((name) => `${name} = ${sqlString(String(row[name]))}`);
  return [
    `symbol = ${sqlString(symbol)}`,
    `session = DATE ${sqlString(date)}`,
    ...texts,
    `use_rth = ${String(row['use_rth'])}`,
  ].join(' AND ');
}

/** Conditions on the columns that name the series; a chain names options without being a table of one option each. */
function keyConditions({ symbol, dataset, option, barSize, provider }: WhyQuery): string[] {
  return [
    `symbol = ${sqlString(symbol)}`,
    ...(provider === null ? [] : [`provider = ${sqlString(provider)}`]),
    ...(barSize === null || !('bar_size' in tables[dataset].columns) ? [] : [`bar_size = ${sqlString(barSize)}`]),
    ...(option === null || !('strike' in tables[dataset].columns)
      ? []
      : [
          `expiry = DATE ${sqlString(option.expiry)}`,
          `strike = ${String(option.strike)}`,
          `"right" = ${sqlString(option.right)}`,
        ]),
  ];
}

/** The day of a date in a time zone. */
export function dayWindow(date: LocalDate, zone: string): { readonly start: Instant; readonly end: Instant } {
  return { start: toZonedInstant(zone, date, 0), end: toZonedInstant(zone, addDays(date, 1), 0) };
}

/** Returns whether a series, by the parameters behind its symbol, is one that the query is about. */
export function matchesSeries(parameters: string, { dataset, option, barSize }: WhyQuery): boolean {
  const parts = parameters.split('/');
  if (dataset === 'equity_bars') return barSize === null || parts[0] === barSize;
  if (dataset !== 'option_bars' && dataset !== 'option_snapshots') return true;
  if (option !== null && parts[0] !== option.expiry) return false;
  if (dataset === 'option_snapshots') return true;
  const matchesOption = option === null || (Number(parts[1]) === option.strike && parts[2] === option.right);
  return matchesOption && (barSize === null || parts[3] === barSize);
}

/** The column whose value is shown when none is named; null for tables whose rows are lists. */
export function defaultColumn(dataset: Dataset): string | null {
  switch (dataset) {
    case 'equity_bars':
    case 'option_bars':
      return 'close';
    case 'quotes':
      return 'last';
    case 'option_snapshots':
      return 'iv';
    case 'overviews':
      return 'atm_iv';
    case 'contracts':
      return 'con_id';
    case 'history_starts':
      return 'first';
    case 'corporate_actions':
      return 'ratio';
    case 'chains':
      return null;
  }
}

/** The columns that `pipe` computes in a table that providers fill otherwise. */
export function isComputedColumn(
  dataset: Dataset,
  column: string | null,
  row: Readonly<Record<string, unknown>>,
): boolean {
  if (isComputed(dataset)) return true;
  const greeks = ['iv', 'delta', 'gamma', 'theta', 'vega', 'rho'];
  return (
    dataset === 'option_snapshots' && column !== null && greeks.includes(column) && row['iv_source'] === 'computed'
  );
}
