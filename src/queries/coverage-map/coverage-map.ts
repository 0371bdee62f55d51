import type { SeriesCoverage } from '../../core/coverage.js';
import { parseSeriesName } from '../../core/series.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Calendar } from '../../core/time/calendar.js';
import type { LakeState } from '../../lake/api.js';
import { createAxis } from './axis.js';
import type { Axis, AxisRange } from './axis.js';
import { cellLetters, createPatterns } from './cells.js';
import type { Patterns, Row } from './cells.js';
import type { CoverageMap } from './document.js';
import { paint } from './paint.js';

export interface CoverageMapQuery extends AxisRange {
  readonly dataset: Dataset;
  /** What distinguishes series of one symbol, such as `1 day/TRADES/rth`; null for the most frequent. */
  readonly variant: string | null;
  /** One row per series of this symbol; null for one row per symbol. */
  readonly symbol: string | null;
  readonly provider: string | null;
  /** Rows at most. */
  readonly maxRows: number;
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

  const patterns = createPatterns();
  const encode = createEncoder(axis, query.dataset, patterns);
  const rows: { names: string[]; providers: string[]; patterns: number[] } = { names: [], providers: [], patterns: [] };
  for (const key of names) {
    const row = groups.get(key);
    if (row === undefined) continue;
    rows.names.push(row.name);
    rows.providers.push(row.provider);
    rows.patterns.push(encode(row.series, calendarOf(row.symbol)));
  }
  return {
    dataset: query.dataset,
    variant,
    variants,
    sessions: axis.dates,
    rows,
    patterns: patterns.texts(),
    legend: cellLetters,
    counts: patterns.counts(),
    moreRows: groups.size - rows.names.length,
  };
}

/** Encodes rows; series with the same history share one list of windows, which is painted once. */
function createEncoder(
  axis: Axis,
  dataset: Dataset,
  patterns: Patterns,
): (series: readonly FoundSeries[], calendar: Calendar) => number {
  const isPoint = tables[dataset].kind === 'point';
  const known = new Map<Calendar, Map<SeriesCoverage, number>>();
  const row: Row = { cells: new Uint8Array(axis.dates.length), edges: [] };
  const other: Row = { cells: new Uint8Array(axis.dates.length), edges: [] };
  return (series, calendar) => {
    const sessions = axis.sessionsOf(calendar);
    const [first, ...more] = series;
    if (first === undefined) return patterns.add({ cells: sessions.blank, edges: [...sessions.blankEdges] });
    if (more.length === 0) {
      let byWindows = known.get(calendar);
      if (byWindows === undefined) known.set(calendar, (byWindows = new Map<SeriesCoverage, number>()));
      const shared = byWindows.get(first.windows);
      if (shared !== undefined) return patterns.addAgain(shared);
      paint(row, first.windows, sessions, isPoint);
      const index = patterns.add(row);
      byWindows.set(first.windows, index);
      return index;
    }
    paint(row, first.windows, sessions, isPoint);
    const { cells, edges } = row;
    for (const { windows } of more) {
      paint(other, windows, sessions, isPoint);
      for (const edge of other.edges) edges.push(edge);
      for (let index = 0; index < cells.length; index++)
        cells[index] = Math.max(cells[index] ?? 0, other.cells[index] ?? 0);
    }
    return patterns.add(row);
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
