import { calendarNamed } from '../../src/cli/calendars.js';
import { barSizes } from '../../src/core/bars.js';
import type { BarSize } from '../../src/core/bars.js';
import type { CoveredWindow } from '../../src/core/coverage.js';
import { partsOfSeriesName } from '../../src/core/series.js';
import type { Instrument, SeriesName } from '../../src/core/series.js';
import { datasets, tables } from '../../src/core/tables.js';
import { addDays } from '../../src/core/time.js';
import type { Instant, LocalDate } from '../../src/core/time.js';
import { overlaps } from '../../src/core/window.js';
import type { Window } from '../../src/core/window.js';
import { openLakeReader } from '../../src/lake/reader.js';
import { market } from './gateway.js';

/** One wanted session of a series of bars, and what is known of it. */
export interface HeldSession {
  readonly date: LocalDate;
  readonly window: Window;
  readonly state: string;
}

/** What a lake holds and claims. */
export interface Held {
  /**
   * What is known of each step and symbol in a few words: `minutes AAPL: data 3, failed 1`. Bars count sessions, of all
   * options together; everything else counts series.
   */
  readonly summary: Readonly<Record<string, string>>;
  /** By series of bars. */
  readonly sessions: ReadonlyMap<SeriesName, readonly HeldSession[]>;
  /** By series of everything else: what became of the latest attempts. */
  readonly points: ReadonlyMap<SeriesName, readonly string[]>;
  /** How many rows, and a digest of them but for what differs between any two runs, by table. */
  readonly rows: Readonly<Record<string, string>>;
  /** Every claim that the market contradicts; empty for a lake that tells the truth. */
  readonly lies: readonly string[];
}

const calendar = calendarNamed('XNYS');

/** The sessions that the pipeline wants, the latest of them that of a day. */
function wanted(date: LocalDate, count: number): readonly { readonly date: LocalDate; readonly window: Window }[] {
  return calendar
    .sessions(addDays(date, -14), addDays(date, 1))
    .slice(-count)
    .map((session) => ({ date: session.date, window: { start: session.open, end: session.close } }));
}

const count = { equity_bars: 4, option_bars: 3 } as const;

export async function heldIn(folder: string, now: Instant): Promise<Held> {
  const reader = await openLakeReader(folder);
  try {
    const state = await reader.state();
    const today = calendar.dateAt(now);
    const tallies = new Map<string, Map<string, number>>();
    const sessions = new Map<SeriesName, readonly HeldSession[]>();
    const points = new Map<SeriesName, readonly string[]>();
    const claims: { readonly series: SeriesName; readonly window: CoveredWindow }[] = [];
    const add = (name: string, what: string): void => {
      let tally = tallies.get(name);
      if (tally === undefined) tallies.set(name, (tally = new Map<string, number>()));
      tally.set(what, (tally.get(what) ?? 0) + 1);
    };
    for (const { provider, series } of state.series()) {
      const { dataset } = partsOfSeriesName(series);
      const windows = state.coverage(provider, series);
      if (dataset === 'equity_bars' || dataset === 'option_bars') {
        const known = wanted(today, count[dataset]).map(({ date, window }) => {
          const states = windows.filter((one) => overlaps(one, window)).map((one) => one.state);
          return { date, window, state: [...new Set(states)].join('+') };
        });
        sessions.set(series, known);
        for (const session of known) add(nameOf(series), session.state === '' ? 'nothing' : session.state);
        for (const window of windows) claims.push({ series, window });
        continue;
      }
      const states = windows.map((window) => window.state);
      points.set(series, states);
      add(nameOf(series), states.join(' then '));
    }
    const rows: Record<string, string> = {};
    for (const dataset of datasets) {
      const hidden = ['run_id', 'request_id', ...(tables[dataset].kind === 'span' ? [] : [tables[dataset].time])];
      const columns = Object.keys(tables[dataset].columns).filter(
        (name) => !hidden.includes(name) && (dataset !== 'option_snapshots' || !isOfTheMoment(name)),
      );
      const row = `concat_ws(' ', ${columns.map((name) => `coalesce("${name}"::VARCHAR, '-')`).join(', ')})`;
      const { rows: found } = await reader.query(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(${row}, '|' ORDER BY ${row})), '') AS digest FROM ${dataset}`,
      );
      rows[dataset] = String(found[0]?.['digest']);
    }
    const bars = await reader.query(
      `SELECT 'equity_bars' AS kind, symbol, bar_size, NULL AS expiry, NULL AS strike, NULL AS "right",
         epoch_ms(ts)::DOUBLE AS at, open, high, low, close, volume FROM equity_bars
       UNION ALL SELECT 'option_bars', symbol, bar_size, expiry::VARCHAR, strike, "right",
         epoch_ms(ts)::DOUBLE, open, high, low, close, volume FROM option_bars ORDER BY ALL`,
    );
    const stored = new Map<string, { readonly at: number; readonly bar: string }[]>();
    for (const row of bars.rows) {
      const [kind, symbol, barSize, expiry, strike, right] = [
        'kind',
        'symbol',
        'bar_size',
        'expiry',
        'strike',
        'right',
      ].map((column) => String(row[column]));
      const contract = kind === 'option_bars' ? `/${expiry}/${strike}/${right}` : '';
      const name = `${kind}/${symbol}${contract}/${barSize}/TRADES/rth`;
      const bar = barText(['open', 'high', 'low', 'close', 'volume'].map((column) => Number(row[column])));
      const known = stored.get(name);
      const one = { at: Number(row['at']), bar };
      if (known === undefined) stored.set(name, [one]);
      else known.push(one);
    }
    return {
      summary: Object.fromEntries(
        [...tallies].map(([name, tally]) => [
          name,
          [...tally]
            .map(([what, number]) => `${what} ${number}`)
            .sort()
            .join(', '),
        ]),
      ),
      sessions,
      points,
      rows,
      lies: liesIn(claims, stored, now),
    };
  } finally {
    await reader.close();
  }
}

function nameOf(series: SeriesName): string {
  const { dataset, symbol, parameters } = partsOfSeriesName(series);
  const what =
    dataset === 'equity_bars'
      ? parameters.split('/')[0]
      : dataset === 'chains' && parameters !== ''
        ? 'unlisted'
        : dataset;
  return `${what} ${symbol}`;
}

type Stored = ReadonlyMap<string, readonly { readonly at: number; readonly bar: string }[]>;

/** Holds every claim about bars against the market: what is `data` is exactly its bars, what is `empty` has none there. */
function liesIn(
  claims: readonly { readonly series: SeriesName; readonly window: CoveredWindow }[],
  stored: Stored,
  now: Instant,
): readonly string[] {
  const lies: string[] = [];
  const claimed = new Map<SeriesName, Window[]>();
  for (const { series, window } of claims) {
    if (window.state !== 'data' && window.state !== 'empty' && window.state !== 'provisional') continue;
    const known = claimed.get(series);
    if (known === undefined) claimed.set(series, [window]);
    else known.push(window);
    const there = marketBars(series, window, now);
    const held = (stored.get(series) ?? []).filter(({ at }) => at >= window.start && at < window.end);
    const about = `${series} ${new Date(window.start).toISOString()} ${new Date(window.end).toISOString()}`;
    if (window.state === 'empty' && there.length > 0)
      lies.push(`${about} is empty, and there are ${there.length} bars`);
    if (window.state === 'data' && held.length === 0) lies.push(`${about} is data, and no row is there`);
    const differing = there.filter(({ at, bar }, index) => held[index]?.at !== at || held[index].bar !== bar);
    if (there.length !== held.length || differing.length > 0)
      lies.push(`${about}: ${held.length} of ${there.length} bars, ${differing.length} of them other ones`);
  }
  for (const [series, bars] of stored) {
    const loose = bars.filter(
      ({ at }) => !(claimed.get(series) ?? []).some(({ start, end }) => at >= start && at < end),
    );
    if (loose.length > 0) lies.push(`${series}: ${loose.length} rows in no answered window`);
  }
  return lies;
}

function marketBars(
  series: SeriesName,
  window: Window,
  now: Instant,
): readonly { readonly at: number; readonly bar: string }[] {
  const { dataset, symbol, parameters } = partsOfSeriesName(series);
  const instrument: Instrument = { symbol, kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' };
  const parts = parameters.split('/');
  const barSize = dataset === 'option_bars' ? parts[3] : parts[0];
  if (barSize === undefined || !isBarSize(barSize)) throw new Error(`${series} has no bar size`);
  const question = { instrument, barSize, what: 'TRADES', window, now } as const;
  const [expiry = '', strike = '', right] = parts;
  const found =
    dataset === 'option_bars'
      ? market.optionBars({
          ...question,
          contract: { expiry, strike: Number(strike), right: right === 'P' ? 'P' : 'C' },
        })
      : market.bars(question);
  if (!found.found) return [];
  const { ts, open, high, low, close, volume } = found.value.columns;
  return Array.from(ts, (at, index) => ({
    at,
    bar: barText([open, high, low, close, volume].map((column) => column[index] ?? NaN)),
  }));
}

/** What is computed from the time that is left until the expiry. */
function isOfTheMoment(column: string): boolean {
  return /^(provider_)?(iv|delta|gamma|theta|vega|rho)$/.test(column);
}

function isBarSize(text: string): text is BarSize {
  return Object.hasOwn(barSizes, text);
}

function barText(values: readonly number[]): string {
  return values.map((value) => value.toFixed(4)).join(' ');
}
