import { getCalendarOrExit } from '../../src/app/get-calendar.js';
import { barSizes } from '../../src/core/tables/bars.js';
import type { BarSize } from '../../src/core/tables/bars.js';
import type { CoveredWindow } from '../../src/core/coverage.js';
import { parseSeriesName } from '../../src/core/series.js';
import type { Instrument, SeriesName } from '../../src/core/series.js';
import { datasets, tables } from '../../src/core/tables/tables.js';
import { addDays } from '../../src/core/time/time.js';
import type { Instant, LocalDate } from '../../src/core/time/time.js';
import { overlaps } from '../../src/core/time/window.js';
import type { Window } from '../../src/core/time/window.js';
import { openLakeReader } from '../../src/lake/reader/lake-reader.js';
import { market } from './fault-gateway.js';

/** A session of a series of bars with its coverage state. */
export interface SessionState {
  readonly date: LocalDate;
  readonly window: Window;
  readonly state: string;
}

/** Contents and coverage of a lake. */
export interface LakeContents {
  /**
   * Counts of states by step and symbol: `minutes AAPL: data 3, failed 1`. Bars count sessions (of all options together);
   * other tables count series.
   */
  readonly summary: Readonly<Record<string, string>>;
  /** Sessions by series of bars. */
  readonly sessions: ReadonlyMap<SeriesName, readonly SessionState[]>;
  /** State of the latest attempt by series of all other tables. */
  readonly points: ReadonlyMap<SeriesName, readonly string[]>;
  /** Row count and digest by table, without values that differ between runs. */
  readonly rows: Readonly<Record<string, string>>;
  /** Coverage that contradicts the market; empty for a correct lake. */
  readonly contradictions: readonly string[];
}

const calendar = getCalendarOrExit('XNYS');

/** The sessions that the pipeline requests. */
function getWantedSessions(
  date: LocalDate,
  sessionCounts: number,
): readonly { readonly date: LocalDate; readonly window: Window }[] {
  return calendar
    .sessions(addDays(date, -14), addDays(date, 1))
    .slice(-sessionCounts)
    .map((session) => ({ date: session.date, window: { start: session.open, end: session.close } }));
}

const sessionCounts = { equity_bars: 4, option_bars: 3 } as const;

export async function readLakeContents(folder: string, now: Instant): Promise<LakeContents> {
  const reader = await openLakeReader(folder);
  try {
    const state = await reader.readState();
    const today = calendar.dateAt(now);
    const countsByName = new Map<string, Map<string, number>>();
    const sessions = new Map<SeriesName, readonly SessionState[]>();
    const points = new Map<SeriesName, readonly string[]>();
    const claims: { readonly series: SeriesName; readonly window: CoveredWindow }[] = [];
    const countState = (name: string, what: string): void => {
      let stateCounts = countsByName.get(name);
      if (stateCounts === undefined) countsByName.set(name, (stateCounts = new Map<string, number>()));
      stateCounts.set(what, (stateCounts.get(what) ?? 0) + 1);
    };
    for (const { provider, series } of state.series()) {
      const { dataset } = parseSeriesName(series);
      const windows = state.coverage(provider, series);
      if (dataset === 'equity_bars' || dataset === 'option_bars') {
        const existing = getWantedSessions(today, sessionCounts[dataset]).map(({ date, window }) => {
          const states = windows.filter((one) => overlaps(one, window)).map((one) => one.state);
          return { date, window, state: [...new Set(states)].join('+') };
        });
        sessions.set(series, existing);
        for (const session of existing)
          countState(summaryName(series), session.state === '' ? 'nothing' : session.state);
        for (const window of windows) claims.push({ series, window });
        continue;
      }
      const states = windows.map((window) => window.state);
      points.set(series, states);
      countState(summaryName(series), states.join(' then '));
    }
    const rows: Record<string, string> = {};
    for (const dataset of datasets) {
      const hidden = [
        'run_id',
        'request_id',
        'con_id_date',
        ...(tables[dataset].kind === 'span' ? [] : [tables[dataset].time]),
      ];
      const columns = Object.keys(tables[dataset].columns).filter(
        (name) => !hidden.includes(name) && (dataset !== 'option_snapshots' || !dependsOnTime(name)),
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
      const bar = formatBar(['open', 'high', 'low', 'close', 'volume'].map((column) => Number(row[column])));
      const existing = stored.get(name);
      const one = { at: Number(row['at']), bar };
      if (existing === undefined) stored.set(name, [one]);
      else existing.push(one);
    }
    return {
      summary: Object.fromEntries(
        [...countsByName].map(([name, stateCounts]) => [
          name,
          [...stateCounts]
            .map(([what, number]) => `${what} ${number}`)
            .sort()
            .join(', '),
        ]),
      ),
      sessions,
      points,
      rows,
      contradictions: findContradictions(claims, stored, now),
    };
  } finally {
    await reader.close();
  }
}

function summaryName(series: SeriesName): string {
  const { dataset, symbol, parameters } = parseSeriesName(series);
  const what =
    dataset === 'equity_bars'
      ? parameters.split('/')[0]
      : dataset === 'chains' && parameters !== ''
        ? 'unlisted'
        : dataset;
  return `${what} ${symbol}`;
}

type StoredBars = ReadonlyMap<string, readonly { readonly at: number; readonly bar: string }[]>;

/** Checks the coverage of bars against the market: `data` has exactly its bars, `empty` has none. */
function findContradictions(
  claims: readonly { readonly series: SeriesName; readonly window: CoveredWindow }[],
  stored: StoredBars,
  now: Instant,
): readonly string[] {
  const contradictions: string[] = [];
  const claimedWindows = new Map<SeriesName, Window[]>();
  for (const { series, window } of claims) {
    if (window.state !== 'data' && window.state !== 'empty' && window.state !== 'provisional') continue;
    const existing = claimedWindows.get(series);
    if (existing === undefined) claimedWindows.set(series, [window]);
    else existing.push(window);
    const marketBarList = getMarketBars(series, window, now);
    const storedBars = (stored.get(series) ?? []).filter(({ at }) => at >= window.start && at < window.end);
    const about = `${series} ${new Date(window.start).toISOString()} ${new Date(window.end).toISOString()}`;
    if (window.state === 'empty' && marketBarList.length > 0)
      contradictions.push(`${about} is empty, and there are ${marketBarList.length} bars`);
    if (window.state === 'data' && storedBars.length === 0)
      contradictions.push(`${about} is data, and no row is there`);
    const differing = marketBarList.filter(
      ({ at, bar }, index) => storedBars[index]?.at !== at || storedBars[index].bar !== bar,
    );
    if (marketBarList.length !== storedBars.length || differing.length > 0)
      contradictions.push(
        `${about}: ${storedBars.length} of ${marketBarList.length} bars, ${differing.length} of them other ones`,
      );
  }
  for (const [series, bars] of stored) {
    const unclaimed = bars.filter(
      ({ at }) => !(claimedWindows.get(series) ?? []).some(({ start, end }) => at >= start && at < end),
    );
    if (unclaimed.length > 0) contradictions.push(`${series}: ${unclaimed.length} rows in no answered window`);
  }
  return contradictions;
}

function getMarketBars(
  series: SeriesName,
  window: Window,
  now: Instant,
): readonly { readonly at: number; readonly bar: string }[] {
  const { dataset, symbol, parameters } = parseSeriesName(series);
  const instrument: Instrument = { symbol, kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' };
  const parts = parameters.split('/');
  const barSize = dataset === 'option_bars' ? parts[3] : parts[0];
  if (barSize === undefined || !isBarSize(barSize)) throw new Error(`${series} has no bar size`);
  const query = { instrument, barSize, priceType: 'TRADES', window, now } as const;
  const [expiry = '', strike = '', right] = parts;
  const found =
    dataset === 'option_bars'
      ? market.optionBars({
          ...query,
          contract: { expiry, strike: Number(strike), right: right === 'P' ? 'P' : 'C' },
        })
      : market.bars(query);
  if (!found.found) return [];
  const { ts, open, high, low, close, volume } = found.value.columns;
  return Array.from(ts, (at, index) => ({
    at,
    bar: formatBar([open, high, low, close, volume].map((column) => column[index] ?? NaN)),
  }));
}

/** Whether a column depends on the time until expiry. */
function dependsOnTime(column: string): boolean {
  return /^(provider_)?(iv|delta|gamma|theta|vega|rho)$/.test(column);
}

function isBarSize(text: string): text is BarSize {
  return Object.hasOwn(barSizes, text);
}

function formatBar(values: readonly number[]): string {
  return values.map((value) => value.toFixed(4)).join(' ');
}
