import { parseSeriesName } from '../../core/series.js';
import type { SeriesName } from '../../core/series.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { TradingSession } from '../../core/time/calendar.js';
import { formatInstant } from '../../core/time/time.js';
import type { LocalDate } from '../../core/time/time.js';
import type { CommittedFact, LakeReader } from '../../lake/api.js';
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

type Lake = Pick<LakeReader, 'query' | 'readFacts'>;

/** The columns by which rows of one table are not comparable. */
function listSeriesKey(dataset: Dataset): readonly string[] {
  return ['bar_size', 'what', 'use_rth'].filter((name) => name in tables[dataset].columns);
}

/** Collects the sessions of every series of a symbol: rows, states and requests, as the lake has them now. */
export async function collectSeries(lake: Lake, scope: CertificateScope): Promise<readonly CertifiedSeries[]> {
  const facts: CommittedFact[] = [];
  for await (const fact of lake.readFacts({ symbol: scope.symbol, datasets: [scope.dataset] })) facts.push(fact);
  const rows = await readRows(lake, scope);
  const windows = groupWindows(facts, scope.dataset);
  const names = [...new Set([...windows.keys(), ...rows.keys()])].sort();
  return names.map((name): CertifiedSeries => {
    const [provider = '', ...values] = name.split('\n');
    const key = Object.fromEntries(listSeriesKey(scope.dataset).map((column, index) => [column, values[index] ?? '']));
    const known = windows.get(name) ?? [];
    const byDate = rows.get(name);
    return {
      provider,
      key,
      sessions: scope.sessions.map((session) => collectSession(session, byDate?.get(session.date) ?? [], known)),
    };
  });
}

function collectSession(
  { date, open, close, dayStart, dayEnd }: TradingSession,
  rows: readonly CanonicalRow[],
  windows: readonly OwnedWindow[],
): CertifiedSession {
  const requests = new Map<string, CertifiedRequest>();
  for (const { start, end, fact } of windows) {
    if (start >= dayEnd || end <= dayStart) continue;
    const { requestId, requestedAt, state } = fact;
    requests.set(requestId, { id: requestId, requestedAt: formatInstant(requestedAt), state });
  }
  const sorted = [...requests.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const states = new Set(sorted.map(({ state }) => state));
  const [only] = states;
  const state: SessionState = only === undefined ? 'never requested' : states.size > 1 ? 'mixed' : only;
  return { date, open: formatInstant(open), close: formatInstant(close), state, requests: sorted, ...hashRows(rows) };
}

/** The current windows of all series that share a provider and the columns of the key. */
function groupWindows(facts: readonly CommittedFact[], dataset: Dataset): ReadonlyMap<string, readonly OwnedWindow[]> {
  const bySeries = new Map<string, CommittedFact[]>();
  for (const fact of facts) {
    const name = `${fact.provider}\n${fact.series}`;
    const known = bySeries.get(name);
    if (known === undefined) bySeries.set(name, [fact]);
    else known.push(fact);
  }
  const groups = new Map<string, OwnedWindow[]>();
  for (const series of bySeries.values()) {
    const [first] = series;
    if (first === undefined) continue;
    const name = [first.provider, ...readSeriesKey(first.series, dataset)].join('\n');
    const known = groups.get(name) ?? [];
    known.push(...computeCurrentWindows(series));
    groups.set(name, known);
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
