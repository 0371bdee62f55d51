import type { ImportField } from '../../core/import-layout.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { SeriesOf } from '../../core/series.js';
import { createHoursFilter } from '../../core/tables/trading-hours.js';
import { createTimeParser } from '../../core/time/time-format.js';
import type { ParseTime } from '../../core/time/time-format.js';
import type { TradingSession } from '../../core/time/calendar.js';
import type { Instant } from '../../core/time/time.js';
import type { SourceRow } from '../read/source-rows.js';
import { createBarTimeReader } from './bar-time.js';
import type { BarTime } from './bar-time.js';
import type { ImportSettings, ImportSymbol } from './import-settings.js';
import { parseOptionSymbol, parseRight } from './option-symbol.js';
import type { OptionTerms } from './option-symbol.js';
import type { ResolvedLayout } from './resolve-layout.js';

export const valueFields = ['open', 'high', 'low', 'close', 'volume', 'wap', 'bar_count', 'open_interest'] as const;

export type BarValues = Readonly<Record<(typeof valueFields)[number], number>>;

export type ImportSeries = SeriesOf<'equity_bars' | 'option_bars'>;

/** The meaning of one row of a file. */
export type RowMeaning =
  | {
      readonly kind: 'bar';
      readonly symbol: ImportSymbol;
      readonly terms: OptionTerms | null;
      readonly ts: Instant;
      readonly session: TradingSession;
      readonly values: BarValues;
    }
  /** The file says that the stock or option had no trade in the session. */
  | {
      readonly kind: 'untraded';
      readonly symbol: ImportSymbol;
      readonly terms: OptionTerms | null;
      readonly ts: Instant;
      readonly session: TradingSession;
    }
  /** Of a symbol that the pipeline does not have, or of another kind of instrument. */
  | { readonly kind: 'other-symbol' | 'other-kind' }
  /** Outside of the regular hours that the step imports. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'rejected'; readonly problem: string };

/** Creates the reader of the rows of one file. Fails if the step's formats are not valid. */
export function createRowReader(
  resolved: ResolvedLayout,
  settings: ImportSettings,
  fileSymbol: string | null,
): Result<(row: SourceRow) => RowMeaning, string> {
  const { layout, positions, filters, columnCount } = resolved;
  const parseTime = createTimeParser(layout.timeFormat);
  if (!parseTime.ok) return parseTime;
  const parseExpiry = createTimeParser(layout.expiryFormat);
  if (!parseExpiry.ok) return parseExpiry;
  const symbolReaders = createSymbolReaders(resolved, settings);
  return ok((row) => {
    if (row.problem !== null) return reject(row.problem);
    const { cells } = row;
    if (!hasColumns(cells, columnCount))
      return reject(`${String(cells.length)} cells instead of ${String(columnCount)}`);
    const cell = (field: ImportField): string => cells[positions[field] ?? -1] ?? '';
    if (filters.some(({ position, values }) => !values.has(cells[position] ?? ''))) return { kind: 'other-kind' };
    const identity = readIdentity(cell, positions.contract !== undefined, settings, fileSymbol, parseExpiry.value);
    if (!identity.ok) return reject(identity.error);
    const { name, terms } = identity.value;
    const found = symbolReaders(settings.aliases[name] ?? name);
    if (found === null) return { kind: 'other-symbol' };
    const time = readTime(cell, parseTime.value, found.readTime);
    if (!time.ok) return reject(time.error);
    const { ts, session } = time.value;
    if (!found.isInHours(ts, session.date)) return { kind: 'outside' };
    if (terms !== null && terms.expiry < session.date)
      return reject(`the option expired on ${terms.expiry}, before its bar`);
    const values = readValues(cell);
    if (!values.ok) return reject(values.error);
    const { open, volume } = values.value;
    const base = { symbol: found.symbol, terms, ts, session };
    if (layout.marksUntraded && open === 0 && !(volume > 0)) return { kind: 'untraded', ...base };
    const problem = findImpossible(values.value);
    return problem === null ? { kind: 'bar', ...base, values: values.value } : reject(problem);
  });
}

function reject(problem: string): RowMeaning {
  return { kind: 'rejected', problem };
}

/** Some vendors end lines with a delimiter, also where the names have none. */
function hasColumns(cells: readonly string[], count: number): boolean {
  return cells.length === count || (cells.length > count && cells.slice(count).every((cell) => cell === ''));
}

interface SymbolReader {
  readonly symbol: ImportSymbol;
  readonly readTime: ReturnType<typeof createBarTimeReader>;
  readonly isInHours: ReturnType<typeof createHoursFilter>;
}

/** Creates what each symbol needs at its first row; null for a symbol that the pipeline does not have. */
function createSymbolReaders(
  { layout }: ResolvedLayout,
  { symbols, barSize, hours, dataset, now }: ImportSettings,
): (name: string) => SymbolReader | null {
  const readers = new Map<string, SymbolReader | null>();
  return (name) => {
    const known = readers.get(name);
    if (known !== undefined) return known;
    const symbol = symbols.get(name) ?? null;
    const { barTime, timeZone } = layout;
    const reader =
      symbol === null
        ? null
        : {
            symbol,
            readTime: createBarTimeReader(
              { barSize, barTime, now, zone: timeZone === 'exchange' ? symbol.calendar.timeZone : timeZone },
              symbol.calendar,
            ),
            isInHours: createHoursFilter(
              { barSize, hours, kind: symbol.instrument.kind, isOption: dataset === 'option_bars' },
              symbol.calendar,
            ),
          };
    readers.set(name, reader);
    return reader;
  };
}

function readIdentity(
  cell: (field: ImportField) => string,
  hasContract: boolean,
  { dataset }: ImportSettings,
  fileSymbol: string | null,
  parseExpiry: ParseTime,
): Result<{ readonly name: string; readonly terms: OptionTerms | null }, string> {
  const name = cell('symbol') === '' ? (fileSymbol ?? '') : cell('symbol');
  if (hasContract) {
    const option = parseOptionSymbol(cell('contract'));
    return option === null
      ? err(`${JSON.stringify(cell('contract'))} is not the symbol of an option, such as SPY241220C00600000`)
      : ok({ name: name === '' ? option.root : name, terms: option });
  }
  if (name === '') return err('no symbol');
  if (dataset === 'equity_bars') return ok({ name, terms: null });
  const right = parseRight(cell('right'));
  if (right === null) return err(`the right is ${JSON.stringify(cell('right'))}; expected C, P, CE, PE, CALL or PUT`);
  const strike = readNumber(cell('strike'));
  if (!strike.ok || !(strike.value > 0)) return err(`the strike is ${JSON.stringify(cell('strike'))}`);
  const expiry = parseExpiry(cell('expiry'));
  if (!expiry.ok) return err(`expiry: ${expiry.error}`);
  if (expiry.value.date === null) return err('the expiry is no date');
  return ok({ name, terms: { expiry: expiry.value.date, strike: strike.value, right } });
}

function readTime(
  cell: (field: ImportField) => string,
  parseTime: ParseTime,
  toBarTime: SymbolReader['readTime'],
): Result<BarTime, string> {
  const parsed = parseTime([cell('date'), cell('time')].filter((text) => text !== '').join(' '));
  return parsed.ok ? toBarTime(parsed.value) : parsed;
}

const missingTexts: ReadonlySet<string> = new Set(['', '-', 'na', 'n/a', 'nan', 'null', 'none']);

/** Reads a number strictly; NaN for a missing one. */
function readNumber(text: string): Result<number, string> {
  if (missingTexts.has(text.toLowerCase())) return ok(NaN);
  const value = /^[-+.\deE]{1,40}$/.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return ok(value);
  const hint = /^[-+\d,. ]*$/.test(text) ? '; write 1234.5 without separators' : '';
  return err(`${JSON.stringify(text)} is not a number${hint}`);
}

function readValues(cell: (field: ImportField) => string): Result<BarValues, string> {
  const values = {
    open: NaN,
    high: NaN,
    low: NaN,
    close: NaN,
    volume: NaN,
    wap: NaN,
    bar_count: NaN,
    open_interest: NaN,
  };
  for (const field of valueFields) {
    const number = readNumber(cell(field));
    if (!number.ok) return err(`${field}: ${number.error}`);
    values[field] = number.value;
  }
  return ok(values);
}

const prices = ['open', 'high', 'low', 'close'] as const;

/** Finds why values cannot be those of a bar; null if they can. */
function findImpossible(values: BarValues): string | null {
  for (const name of prices) {
    if (Number.isNaN(values[name])) return `no ${name}`;
    if (!(values[name] > 0)) return `the ${name} is ${String(values[name])}`;
  }
  const { open, high, low, close } = values;
  if (low > Math.min(open, close)) return `the low ${String(low)} is above the open or the close`;
  if (high < Math.max(open, close)) return `the high ${String(high)} is below the open or the close`;
  for (const name of ['volume', 'wap', 'bar_count', 'open_interest'] as const)
    if (values[name] < 0) return `the ${name} is ${String(values[name])}`;
  if (!Number.isNaN(values.bar_count) && !Number.isInteger(values.bar_count)) return 'the bar_count is no whole number';
  return null;
}
