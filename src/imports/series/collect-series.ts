import { formatSeriesName } from '../../core/series.js';
import type { SeriesName } from '../../core/series.js';
import type { BarRows } from '../../core/tables/select-bars.js';
import { toDayNumber } from '../../core/time/time.js';
import { normalize, subtract } from '../../core/time/window.js';
import type { Windows } from '../../core/time/window.js';
import type { ImportSettings } from '../rows/import-settings.js';
import { valueFields } from '../rows/read-row.js';
import type { BarValues, ImportSeries, RowMeaning } from '../rows/read-row.js';
import { findHeldWindows } from './held-windows.js';
import type { TimedBar } from './held-windows.js';

/** The bars of one series in one file, by time. */
export interface CollectedSeries {
  readonly name: SeriesName;
  readonly series: ImportSeries;
  readonly rows: BarRows;
  /** The line of each row. */
  readonly lines: readonly number[];
  /** The windows that the file has the bars of. */
  readonly held: Windows;
  /** The windows for which the file says that there was no trade. */
  readonly untraded: Windows;
}

/** A line that is not imported, with the reason. */
export interface RejectedLine {
  readonly line: number;
  readonly problem: string;
  /** The beginning of the line. */
  readonly text: string;
}

interface CollectedBar extends TimedBar {
  readonly values: BarValues;
  readonly line: number;
}

interface SeriesBuilder {
  readonly series: ImportSeries;
  readonly bars: CollectedBar[];
  readonly untraded: TimedBar[];
}

export interface SeriesCollector {
  add(meaning: Extract<RowMeaning, { kind: 'bar' | 'untraded' }>, line: number): void;
  /** Returns the series by name, and reports lines that contradict an earlier line. */
  finish(reject: (line: number, problem: string) => void): {
    readonly series: readonly CollectedSeries[];
    readonly duplicates: number;
  };
}

/** Groups the rows of one file by series. */
export function createSeriesCollector(settings: ImportSettings): SeriesCollector {
  const builders = new Map<string, SeriesBuilder>();
  return {
    add(meaning, line) {
      const { symbol, terms } = meaning;
      const option = terms === null ? '' : `\n${terms.expiry}\n${String(terms.strike)}\n${terms.right}`;
      const key = `${symbol.instrument.symbol}${option}`;
      let builder = builders.get(key);
      if (builder === undefined)
        builders.set(key, (builder = { series: toSeries(meaning, settings), bars: [], untraded: [] }));
      const { ts, session } = meaning;
      if (meaning.kind === 'untraded') builder.untraded.push({ ts, session });
      else builder.bars.push({ ts, session, values: meaning.values, line });
    },
    finish(reject) {
      let duplicates = 0;
      const series = [...builders.values()].flatMap((builder) => {
        const bars = dropRepeated(builder.bars, reject, () => {
          duplicates++;
        });
        return bars.length === 0 && builder.untraded.length === 0 ? [] : [toCollected(builder, bars, settings)];
      });
      return { series: series.sort((a, b) => (a.name < b.name ? -1 : 1)), duplicates };
    },
  };
}

function toSeries(
  { symbol, terms }: Extract<RowMeaning, { kind: 'bar' | 'untraded' }>,
  settings: ImportSettings,
): ImportSeries {
  const { source: provider, barSize, priceType, hours } = settings;
  const { instrument } = symbol;
  if (terms === null) return { dataset: 'equity_bars', provider, instrument, barSize, priceType, hours };
  const { expiry, strike, right } = terms;
  const contract = { expiry, strike, right, conId: null };
  return { dataset: 'option_bars', provider, instrument, contract, barSize, priceType, hours };
}

/** Sorts bars and drops those whose time an earlier line has: equal ones are counted, others rejected. */
function dropRepeated(
  bars: readonly CollectedBar[],
  reject: (line: number, problem: string) => void,
  count: () => void,
): readonly CollectedBar[] {
  const sorted = [...bars].sort((a, b) => (a.ts === b.ts ? a.line - b.line : a.ts - b.ts));
  const kept: CollectedBar[] = [];
  for (const bar of sorted) {
    const last = kept.at(-1);
    if (last?.ts !== bar.ts) kept.push(bar);
    else if (valueFields.every((field) => Object.is(last.values[field], bar.values[field]))) count();
    else reject(bar.line, `other values than line ${String(last.line)} for the same time`);
  }
  return kept;
}

function toCollected(
  { series, untraded }: SeriesBuilder,
  bars: readonly CollectedBar[],
  { barSize, hours }: ImportSettings,
): CollectedSeries {
  const held = findHeldWindows(bars, barSize, hours);
  const quiet = normalize(untraded.map(({ session }) => ({ start: session.dayStart, end: session.dayEnd })));
  return {
    name: formatSeriesName(series),
    series,
    rows: toRows(series, bars),
    lines: bars.map(({ line }) => line),
    held,
    untraded: subtract(quiet, held),
  };
}

function toRows({ dataset }: ImportSeries, bars: readonly CollectedBar[]): BarRows {
  const column = (read: (bar: CollectedBar) => number): Float64Array => Float64Array.from(bars, read);
  return {
    dataset,
    length: bars.length,
    columns: {
      ts: column(({ ts }) => ts),
      session: column(({ session }) => toDayNumber(session.date)),
      open: column(({ values }) => values.open),
      high: column(({ values }) => values.high),
      low: column(({ values }) => values.low),
      close: column(({ values }) => values.close),
      volume: column(({ values }) => values.volume),
      wap: column(({ values }) => values.wap),
      bar_count: column(({ values }) => values.bar_count),
      open_interest: column(({ values }) => values.open_interest),
    },
  };
}
