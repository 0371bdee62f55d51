import type { CoverageState, CoveredWindow, SeriesCoverage } from '../core/coverage.js';
import { parseSeriesName } from '../core/series.js';
import type { ProviderName, SeriesName } from '../core/series.js';
import { tables } from '../core/tables/tables.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Calendar } from '../core/time/calendar.js';
import type { Instant, LocalDate } from '../core/time/time.js';
import type { LakeState } from '../lake/api.js';

/**
 * The state of one session of one row. `partial`: only a part of the session was requested; `none`: nothing of it was;
 * `closed`: the exchange of the symbol does not trade on this date.
 */
export type CellState = CoverageState | 'partial' | 'none' | 'closed';

/** One letter for each state, as the runs of a pattern have them. */
export const cellLetters = {
  data: 'd',
  empty: 'e',
  failed: 'f',
  provisional: 'p',
  denied: 'x',
  unavailable: 'u',
  missing: 'm',
  rescaled: 'r',
  partial: 'h',
  none: 'n',
  closed: 'c',
} as const satisfies Readonly<Record<CellState, string>>;

/** The order in which one cell stands for several: the state that needs attention first. */
const cellStates: readonly CellState[] = [
  'closed',
  'none',
  'data',
  'empty',
  'unavailable',
  'provisional',
  'denied',
  'partial',
  'rescaled',
  'failed',
  'missing',
];

const codes = new Map<CellState, number>(cellStates.map((state, index) => [state, index]));
const none = cellStates.indexOf('none');
const data = cellStates.indexOf('data');
const partial = cellStates.indexOf('partial');

export interface CoverageMapQuery {
  readonly dataset: Dataset;
  /** What distinguishes series of one symbol, such as `1 day/TRADES/rth`; null for the most frequent. */
  readonly variant: string | null;
  /** One row per series of this symbol; null for one row per symbol. */
  readonly symbol: string | null;
  readonly provider: string | null;
  /** First session; null for that of the earliest window. */
  readonly from: LocalDate | null;
  /** The end of the last session, exclusive. */
  readonly to: LocalDate;
  /** A session that has not opened by then is none of the map: it cannot have data. */
  readonly now: Instant;
  /** Sessions at most; the earliest are omitted. */
  readonly maxSessions: number;
  /** Rows at most. */
  readonly maxRows: number;
}

/** Symbols × sessions, coloured by state. Rows with the same history share a pattern, so that 10,000 of them stay small. */
export interface CoverageMap {
  readonly dataset: Dataset;
  readonly variant: string | null;
  /** The variants of the table, the most frequent first. */
  readonly variants: readonly { readonly variant: string; readonly series: number }[];
  /** The dates on which one of the exchanges trades. */
  readonly sessions: readonly LocalDate[];
  /** Each row in three lists: its name (a symbol, or the parameters of a series), its provider and the index of its pattern. */
  readonly rows: {
    readonly names: readonly string[];
    readonly providers: readonly string[];
    readonly patterns: readonly number[];
  };
  /** Run lengths: letters of `legend` with the number of sessions, such as `d2510f1d4`. */
  readonly patterns: readonly string[];
  readonly legend: typeof cellLetters;
  /** Cells by state, without `closed`. */
  readonly counts: Readonly<Partial<Record<CellState, number>>>;
  /** Rows beyond `maxRows`, which the document lacks. */
  readonly moreRows: number;
}

/** Computes the map from coverage alone: no row of the table is read. */
export function buildCoverageMap(
  state: Pick<LakeState, 'series' | 'coverage'>,
  query: CoverageMapQuery,
  calendarOf: (symbol: string) => Calendar,
): CoverageMap {
  const found = collectSeries(state, query);
  const variants = countVariants(found);
  const variant = query.variant ?? variants[0]?.variant ?? null;
  const selected = found.filter((one) => one.variant === variant);
  const axis = createAxis(selected, query, calendarOf);
  const groups = groupRows(selected, query);
  const names = [...groups.keys()].sort().slice(0, query.maxRows);

  const encoded = new Map<string, number>();
  const counts = new Map<CellState, number>();
  const encode = createEncoder(axis, query.dataset, encoded);
  const rows: { names: string[]; providers: string[]; patterns: number[] } = { names: [], providers: [], patterns: [] };
  const uses: number[] = [];
  for (const key of names) {
    const row = groups.get(key);
    if (row === undefined) continue;
    const pattern = encode(row.series, calendarOf(row.symbol));
    rows.names.push(row.name);
    rows.providers.push(row.provider);
    rows.patterns.push(pattern);
    uses[pattern] = (uses[pattern] ?? 0) + 1;
  }
  const patterns = [...encoded.keys()];
  for (const [index, pattern] of patterns.entries()) countCells(pattern, uses[index] ?? 0, counts);
  return {
    dataset: query.dataset,
    variant,
    variants,
    sessions: axis.dates,
    rows,
    patterns,
    legend: cellLetters,
    counts: Object.fromEntries(counts),
    moreRows: groups.size - rows.names.length,
  };
}

interface FoundSeries {
  readonly symbol: string;
  readonly provider: ProviderName;
  readonly variant: string;
  readonly series: SeriesName;
  readonly parameters: string;
  readonly windows: SeriesCoverage;
}

function collectSeries(
  state: Pick<LakeState, 'series' | 'coverage'>,
  { dataset, symbol, provider }: CoverageMapQuery,
): readonly FoundSeries[] {
  const prefix = `${dataset}/`;
  const found: FoundSeries[] = [];
  for (const one of state.series()) {
    if (!one.series.startsWith(prefix) || (provider !== null && one.provider !== provider)) continue;
    const parsed = parseSeriesName(one.series);
    // An option that is listed and does not exist is no gap.
    if (dataset === 'chains' && parsed.parameters !== '') continue;
    if (symbol !== null && parsed.symbol !== symbol) continue;
    found.push({
      symbol: parsed.symbol,
      provider: one.provider,
      parameters: parsed.parameters,
      variant: findVariant(dataset, parsed.parameters),
      series: one.series,
      windows: state.coverage(one.provider, one.series),
    });
  }
  return found;
}

/** The part of the parameters that makes rows of different symbols comparable. */
function findVariant(dataset: Dataset, parameters: string): string {
  if (dataset === 'option_bars') return parameters.split('/').slice(3, 6).join('/');
  return dataset === 'equity_bars' || dataset === 'history_starts' ? parameters : '';
}

function countVariants(found: readonly FoundSeries[]): CoverageMap['variants'] {
  const counts = new Map<string, number>();
  for (const { variant } of found) counts.set(variant, (counts.get(variant) ?? 0) + 1);
  return [...counts]
    .map(([variant, series]) => ({ variant, series }))
    .sort((a, b) => (a.series === b.series ? (a.variant < b.variant ? -1 : 1) : b.series - a.series));
}

interface RowSeries {
  readonly name: string;
  readonly symbol: string;
  readonly provider: ProviderName;
  readonly series: FoundSeries[];
}

function groupRows(selected: readonly FoundSeries[], { symbol }: CoverageMapQuery): ReadonlyMap<string, RowSeries> {
  const groups = new Map<string, RowSeries>();
  for (const one of selected) {
    const name = symbol === null || one.parameters === '' ? one.symbol : one.parameters;
    const key = `${name}\n${one.provider}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { name, symbol: one.symbol, provider: one.provider, series: [one] });
    else group.series.push(one);
  }
  return groups;
}

/** The dates of the map, and where the sessions of each exchange are among them. */
interface Axis {
  readonly dates: readonly LocalDate[];
  sessionsOf(calendar: Calendar): CalendarAxis;
}

interface CalendarAxis {
  /** Positions on the axis, opening and closing times, beginnings and ends of days of the sessions, in order. */
  readonly positions: readonly number[];
  readonly opens: readonly Instant[];
  readonly closes: readonly Instant[];
  readonly dayStarts: readonly Instant[];
  readonly dayEnds: readonly Instant[];
}

function createAxis(
  selected: readonly FoundSeries[],
  { from, to, now, maxSessions }: CoverageMapQuery,
  calendarOf: (symbol: string) => Calendar,
): Axis {
  const calendars = new Set(selected.map(({ symbol }) => calendarOf(symbol)));
  let earliest = Infinity;
  for (const { windows } of selected) earliest = Math.min(earliest, windows[0]?.start ?? Infinity);
  const dates = new Set<LocalDate>();
  const sessions = new Map(
    [...calendars].map((calendar) => {
      const first = from ?? (Number.isFinite(earliest) ? calendar.dateAt(earliest) : to);
      const all = calendar.sessions(first > calendar.firstDate ? first : calendar.firstDate, to);
      return [calendar, all.filter(({ open }) => open <= now)] as const;
    }),
  );
  for (const list of sessions.values()) for (const { date } of list) dates.add(date);
  const shown = [...dates].sort().slice(-maxSessions);
  const positions = new Map(shown.map((date, position) => [date, position]));
  const axes = new Map<Calendar, CalendarAxis>();
  for (const [calendar, list] of sessions) {
    const visible = list.filter(({ date }) => positions.has(date));
    axes.set(calendar, {
      positions: visible.map(({ date }) => positions.get(date) ?? 0),
      opens: visible.map(({ open }) => open),
      closes: visible.map(({ close }) => close),
      dayStarts: visible.map(({ dayStart }) => dayStart),
      dayEnds: visible.map(({ dayEnd }) => dayEnd),
    });
  }
  const noSessions: CalendarAxis = { positions: [], opens: [], closes: [], dayStarts: [], dayEnds: [] };
  return { dates: shown, sessionsOf: (calendar) => axes.get(calendar) ?? noSessions };
}

/** Encodes rows; series with the same history share one list of windows, which is painted once. */
function createEncoder(
  axis: Axis,
  dataset: Dataset,
  encoded: Map<string, number>,
): (series: readonly FoundSeries[], calendar: Calendar) => number {
  const isPoint = tables[dataset].kind === 'point';
  const known = new Map<Calendar, Map<SeriesCoverage, number>>();
  const toPattern = (cells: Uint8Array): number => {
    const text = encodeRuns(cells);
    const index = encoded.get(text) ?? encoded.size;
    encoded.set(text, index);
    return index;
  };
  return (series, calendar) => {
    const sessions = axis.sessionsOf(calendar);
    const [only] = series;
    if (only !== undefined && series.length === 1) {
      let byWindows = known.get(calendar);
      if (byWindows === undefined) known.set(calendar, (byWindows = new Map<SeriesCoverage, number>()));
      const shared = byWindows.get(only.windows);
      if (shared !== undefined) return shared;
      const pattern = toPattern(paint(only.windows, sessions, axis.dates.length, isPoint));
      byWindows.set(only.windows, pattern);
      return pattern;
    }
    const cells = new Uint8Array(axis.dates.length);
    for (const { windows } of series) {
      const painted = paint(windows, sessions, axis.dates.length, isPoint);
      for (let index = 0; index < cells.length; index++)
        cells[index] = Math.max(cells[index] ?? 0, painted[index] ?? 0);
    }
    return toPattern(cells);
  };
}

/** The code of each date of the axis for one series. */
function paint(windows: SeriesCoverage, sessions: CalendarAxis, length: number, isPoint: boolean): Uint8Array {
  const cells = new Uint8Array(length);
  for (const position of sessions.positions) cells[position] = none;
  if (isPoint) for (const window of windows) paintPoint(cells, window, sessions);
  else paintSpans(cells, windows, sessions);
  return cells;
}

/** A session counts by its trading time alone. */
function paintSpans(cells: Uint8Array, windows: SeriesCoverage, sessions: CalendarAxis): void {
  const { positions, opens, closes } = sessions;
  /** The covered time of sessions that a window covers only in part. */
  const parts = new Map<number, number>();
  for (const window of windows) {
    const code = codes.get(window.state) ?? none;
    const end = firstAtOrAfter(opens, window.end);
    for (let index = firstAfter(closes, window.start); index < end; index++) {
      const open = opens[index] ?? Infinity;
      const close = closes[index] ?? Infinity;
      if (window.start <= open && close <= window.end) {
        // Windows are disjoint: no other one touches the sessions within.
        const whole = firstAfter(closes, window.end);
        fillPositions(cells, positions, { start: index, end: whole }, code);
        index = whole - 1;
        continue;
      }
      const position = positions[index] ?? 0;
      cells[position] = Math.max(cells[position] ?? none, code);
      const covered = Math.min(window.end, close) - Math.max(window.start, open);
      parts.set(index, (parts.get(index) ?? 0) + covered);
    }
  }
  for (const [index, covered] of parts) {
    if (covered >= (closes[index] ?? 0) - (opens[index] ?? 0)) continue;
    const position = positions[index] ?? 0;
    cells[position] = Math.max(cells[position] ?? none, partial);
  }
}

/** In a table of snapshots, a day has data if one answer of the day had some. */
function paintPoint(cells: Uint8Array, window: CoveredWindow, { positions, dayStarts, dayEnds }: CalendarAxis): void {
  const code = codes.get(window.state) ?? 0;
  for (let index = firstAfter(dayEnds, window.start); index < positions.length; index++) {
    if ((dayStarts[index] ?? Infinity) >= window.end) break;
    const position = positions[index] ?? 0;
    cells[position] = cells[position] === data ? data : code;
  }
}

/** Sets the cells of a range of sessions, at once where no other exchange has sessions between them. */
function fillPositions(
  cells: Uint8Array,
  positions: readonly number[],
  { start, end }: { readonly start: number; readonly end: number },
  code: number,
): void {
  const first = positions[start] ?? 0;
  const last = positions[end - 1] ?? 0;
  if (last - first === end - 1 - start) cells.fill(code, first, last + 1);
  else for (let index = start; index < end; index++) cells[positions[index] ?? 0] = code;
}

/** The first position in a sorted list whose value is not less. */
function firstAtOrAfter(sorted: readonly Instant[], instant: Instant): number {
  return firstAfter(sorted, instant - 1);
}

/** The first position in a sorted list whose value is greater. */
function firstAfter(sorted: readonly Instant[], instant: Instant): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

function encodeRuns(cells: Uint8Array): string {
  let text = '';
  for (let start = 0; start < cells.length;) {
    const code = cells[start] ?? 0;
    let end = start + 1;
    while (cells[end] === code) end++;
    text += `${cellLetters[cellStates[code] ?? 'none']}${String(end - start)}`;
    start = end;
  }
  return text;
}

function countCells(pattern: string, rows: number, counts: Map<CellState, number>): void {
  for (const [, letter = '', length = ''] of pattern.matchAll(/([a-z])(\d+)/g)) {
    const state = cellStates.find((one) => cellLetters[one] === letter);
    if (state === undefined || state === 'closed' || rows === 0) continue;
    counts.set(state, (counts.get(state) ?? 0) + Number(length) * rows);
  }
}
