import { parseSeriesName } from '../../core/series.js';
import type { SeriesName } from '../../core/series.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { TradingSession } from '../../core/time/calendar.js';
import { formatInstant } from '../../core/time/time.js';
import type { LocalDate } from '../../core/time/time.js';
import type { CoverageState, CoveredWindow, SeriesCoverage } from '../../core/coverage.js';
import type { CommittedFact, LakeReader, LakeState } from '../../lake/api.js';
import { computeCurrentWindows } from '../answers/current-windows.js';
import type { OwnedWindow } from '../answers/current-windows.js';
import { hashRows, listRowKey, selectCanonicalSql, toCanonicalRow } from './canonical-rows.js';
import type { CanonicalRow, HashedColumn } from './canonical-rows.js';
import type { CertifiedRequest, CertifiedSeries, CertifiedSession, SessionState } from './certificate.js';

/** What a certificate is about. */
export interface CertificateScope {
  readonly symbol: string;
  readonly dataset: Dataset;
  readonly timeZone: string;
  /** Every session of the calendar in the range. */
  readonly sessions: readonly TradingSession[];
  readonly columns: readonly HashedColumn[];
}

type Lake = Pick<LakeReader, 'query' | 'readFacts' | 'readState'>;

/** The columns by which rows of one table are not comparable. */
function listSeriesKey(dataset: Dataset): readonly string[] {
  return ['bar_size', 'what', 'use_rth'].filter((name) => name in tables[dataset].columns);
}

/** Collects the sessions of every series of a symbol: rows, states and requests, as the lake has them now. */
export async function collectSeries(lake: Lake, scope: CertificateScope): Promise<readonly CertifiedSeries[]> {
  const facts: CommittedFact[] = [];
  for await (const fact of lake.readFacts({ symbol: scope.symbol, datasets: [scope.dataset] })) facts.push(fact);
  const rows = await readRows(lake, scope);
  const windows = groupWindows(facts, scope, await lake.readState());
  const names = [...new Set([...windows.keys(), ...rows.keys()])].sort();
  return names.map((name): CertifiedSeries => {
    const [provider = '', ...values] = name.split('\n');
    const key = Object.fromEntries(listSeriesKey(scope.dataset).map((column, index) => [column, values[index] ?? '']));
    const known = windows.get(name) ?? noHistory;
    const byDate = rows.get(name);
    return {
      provider,
      key,
      sessions: scope.sessions.map((session) => collectSession(session, byDate?.get(session.date) ?? [], known)),
    };
  });
}

/** What is known of the series that share a provider and the columns of the key. */
interface SeriesHistory {
  readonly windows: readonly OwnedWindow[];
  /** What the lake holds now, as the files on disk have it. */
  readonly coverage: SeriesCoverage;
}

const noHistory: SeriesHistory = { windows: [], coverage: [] };

function collectSession(
  session: TradingSession,
  rows: readonly CanonicalRow[],
  { windows, coverage }: SeriesHistory,
): CertifiedSession {
  const { date, open, close, dayStart, dayEnd } = session;
  const covered = coverage.filter(({ start, end }) => start < dayEnd && end > dayStart);
  const lost = covered.filter((window) => window.state === 'missing');
  const requests = new Map<string, CertifiedRequest>();
  const states = new Set<CoverageState>(lost.map((window) => window.state));
  for (const { start, end, fact } of windows) {
    if (start >= dayEnd || end <= dayStart) continue;
    const { requestId, requestedAt, state } = fact;
    requests.set(requestId, { id: requestId, requestedAt: formatInstant(requestedAt), state });
    // A log does not say that a file is no longer there: rows that were stored and cannot be read are missing.
    const [from, to] = [Math.max(start, dayStart), Math.min(end, dayEnd)];
    if (!lost.some((window) => window.start <= from && window.end >= to)) states.add(state);
  }
  // Another program may have deleted the commits of requests whose rows are still there.
  if (requests.size === 0) for (const window of covered) states.add(window.state);
  const sorted = [...requests.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const [only] = states;
  const state: SessionState = only === undefined ? 'never requested' : states.size > 1 ? 'mixed' : only;
  return { date, open: formatInstant(open), close: formatInstant(close), state, requests: sorted, ...hashRows(rows) };
}

/** The histories of a symbol by provider and key. */
function groupWindows(
  facts: readonly CommittedFact[],
  { symbol, dataset }: CertificateScope,
  lake: LakeState,
): ReadonlyMap<string, SeriesHistory> {
  const bySeries = new Map<string, CommittedFact[]>();
  for (const fact of facts) {
    const name = `${fact.provider}\n${fact.series}`;
    const known = bySeries.get(name);
    if (known === undefined) bySeries.set(name, [fact]);
    else known.push(fact);
  }
  const groups = new Map<string, { windows: OwnedWindow[]; coverage: CoveredWindow[] }>();
  for (const { provider, series } of lake.series()) {
    if (!series.startsWith(`${dataset}/`) || parseSeriesName(series).symbol !== symbol) continue;
    const name = [provider, ...readSeriesKey(series, dataset)].join('\n');
    const group = groups.get(name) ?? { windows: [], coverage: [] };
    group.windows.push(...computeCurrentWindows(bySeries.get(`${provider}\n${series}`) ?? []));
    group.coverage.push(...lake.coverage(provider, series));
    groups.set(name, group);
  }
  return groups;
}

/** The values of `bar_size`, `what` and `use_rth` in the name of a series, as its rows have them. */
function readSeriesKey(series: SeriesName, dataset: Dataset): readonly string[] {
  const parts = parseSeriesName(series).parameters.split('/');
  const [first = '', second = '', third = ''] = dataset === 'option_bars' ? parts.slice(3) : parts;
  const values: Readonly<Record<string, string>> =
    dataset === 'history_starts'
      ? { what: first, use_rth: String(second === 'rth') }
      : { bar_size: first, what: second, use_rth: String(third === 'rth') };
  return listSeriesKey(dataset).map((name) => values[name] ?? '');
}

/** The canonical rows by series and session. */
async function readRows(
  lake: Lake,
  { symbol, dataset, timeZone, sessions, columns }: CertificateScope,
): Promise<ReadonlyMap<string, ReadonlyMap<LocalDate, readonly CanonicalRow[]>>> {
  const [first, last] = [sessions[0], sessions.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const { kind, time } = tables[dataset];
  const date = kind === 'span' ? 'session' : `CAST(timezone('${timeZone}', ${time}) AS DATE)`;
  const where = `symbol = '${symbol.replaceAll("'", "''")}' AND ${date} >= DATE '${first.date}' AND ${date} <= DATE '${last.date}'`;
  const seriesKey = listSeriesKey(dataset);
  const seriesSql = seriesKey.map((name) => `, CAST("${name}" AS VARCHAR) AS "series ${name}"`).join('');
  const { rows } = await lake.query(
    `SELECT ${selectCanonicalSql(columns)}${seriesSql}, provider AS "series provider", CAST(${date} AS VARCHAR) AS "series date" FROM ${dataset} WHERE ${where}`,
  );
  const rowKey = listRowKey(dataset);
  const found = new Map<string, Map<LocalDate, CanonicalRow[]>>();
  for (const row of rows) {
    const name = ['provider', ...seriesKey].map((part) => readText(row[`series ${part}`])).join('\n');
    const day = readText(row['series date']);
    const byDate = found.get(name) ?? new Map<LocalDate, CanonicalRow[]>();
    found.set(name, byDate);
    const known = byDate.get(day) ?? [];
    byDate.set(day, known);
    known.push(toCanonicalRow(row, columns, rowKey));
  }
  return found;
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
