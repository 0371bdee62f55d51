import { isImportSource, parseSeriesName } from '../../core/series.js';
import type { SeriesName } from '../../core/series.js';
import type { CoveredWindow } from '../../core/coverage.js';
import type { CallParameters, RequestId } from '../../core/request.js';
import { getColumns, tables } from '../../core/tables/tables.js';
import { barSizes } from '../../core/tables/bars.js';
import { toZonedInstant } from '../../core/time/time-zone.js';
import type { Instant } from '../../core/time/time.js';
import type { CommittedFact, LakeReader, LakeState } from '../../lake/api.js';
import { collectRequests } from '../../lineage/answers/query-lineage.js';
import type { LineageRequest } from '../../lineage/answers/query-lineage.js';
import { resolveInstant, resolvePoint } from '../../lineage/answers/value-origin.js';
import type { InstantHistory } from '../../lineage/answers/value-origin.js';
import { templateProviders } from '../../config/pipeline/template/choices.js';
import { closestMatch } from '../../platform/suggest.js';
import { readInstant, readText, sqlInstant, sqlString } from '../../queries/sql.js';
import type { Row } from '../../queries/sql.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { withLakeReader } from '../lake-reader.js';
import { requireSymbol } from '../lineage/read-lineage.js';
import { readSentCallsOf } from '../lineage/read-sent-calls.js';
import { explainAbsence, explainClosedTime } from './explain-absence.js';
import type { AbsentValue, KnownSeries, LoadPipelines } from './explain-absence.js';
import { findCalendarName } from './find-calendar.js';
import { defaultColumn, dayWindow, isComputedColumn, matchesSeries, selectRows, selectSession } from './why-query.js';
import type { WhyQuery } from './why-query.js';

/** The origin of a value, or the reason why there is none. */
export interface WhyAnswer {
  readonly query: WhyQuery;
  readonly zone: string;
  /** Null for a table whose rows are a list. */
  readonly column: string | null;
  /** Null for a value that the lake lacks. */
  readonly value: FoundValue | null;
  /** The series of the value, or the one that would have it; null if the lake has none. */
  readonly series: { readonly series: SeriesName | null; readonly provider: string } | null;
  /** What the requests for it returned, now and before. */
  readonly history: InstantHistory;
  /** The request of the value or of its absence; null if there was none. */
  readonly request: LineageRequest | null;
  /** The values that it replaced, by request; absent where their files are deleted. */
  readonly replacedValues: ReadonlyMap<RequestId, unknown>;
  /** The requests that the request or the computation depends on. */
  readonly inputs: readonly LineageRequest[];
  readonly sent: ReadonlyMap<RequestId, readonly CallParameters[]>;
  /** Null for a value that the lake has. */
  readonly absence: AbsentValue | null;
}

export interface FoundValue {
  readonly row: Row;
  readonly value: unknown;
  /** The number of rows that the same request brought for the same session or moment. */
  readonly rows: number;
  /** The number of bars of the series in the session; 1 for a daily bar and for rows that are no bars. */
  readonly bars: number;
  readonly at: Instant;
  /** The request, as the row names it: its commit may be absent. */
  readonly requestId: RequestId;
  readonly isComputed: boolean;
  /** The number of other series that have a row too. */
  readonly otherSeries: number;
}

type Context = Pick<AppContext, 'dataFolder' | 'lineageFolder' | 'clock' | 'environment'>;

/** Explains one value; an unknown symbol or column ends the command. */
export async function readWhyOrExit(
  query: WhyQuery,
  namedColumn: string | null,
  loadPipelines: LoadPipelines,
  ctx: Context,
): Promise<WhyAnswer> {
  const column = namedColumn ?? defaultColumn(query.dataset);
  requireApplicable(query);
  requireColumn(query, namedColumn);
  const answer = await withLakeReader(ctx, (reader) => explain(query, column, loadPipelines, reader, ctx));
  const ids = [answer.history.current?.requestId, ...answer.history.replaced.map(({ fact }) => fact.requestId)];
  const sent = await readSentCallsOf(new Set(ids.filter((id) => id !== undefined)), answer.value?.at ?? null, ctx);
  return { ...answer, sent };
}

/** A condition without effect would look as if the answer met it. */
function requireApplicable({ dataset, option, barSize, provider }: WhyQuery): void {
  const columns = getColumns(dataset);
  if (option !== null && !('strike' in columns))
    throw new CliError(
      exitCode.usage,
      `--option: the rows of ${dataset} are not of one option`,
      'leave it out, or name a table of options: --table option_bars or option_snapshots',
    );
  if (barSize !== null && !('bar_size' in columns))
    throw new CliError(exitCode.usage, `--bar-size: ${dataset} has no bars`, 'leave it out');
  const providers: readonly string[] = [...templateProviders, 'pipe'];
  if (provider === null || providers.includes(provider) || isImportSource(provider)) return;
  const suggestion = closestMatch(provider, providers);
  throw new CliError(
    exitCode.usage,
    `no provider ${provider}`,
    suggestion === null ? `providers: ${providers.join(', ')}` : `did you mean ${suggestion}?`,
  );
}

function requireColumn({ dataset }: WhyQuery, column: string | null): void {
  const names = Object.keys(getColumns(dataset));
  if (column === null || names.includes(column)) return;
  const suggestion = closestMatch(column, names);
  throw new CliError(
    exitCode.usage,
    `${dataset} has no column ${column}`,
    suggestion === null ? `its columns: ${names.join(', ')}` : `did you mean ${suggestion}?`,
  );
}

async function explain(
  query: WhyQuery,
  column: string | null,
  loadPipelines: LoadPipelines,
  reader: LakeReader,
  ctx: Context,
): Promise<Omit<WhyAnswer, 'sent'>> {
  const { symbol, dataset } = query;
  const facts: CommittedFact[] = [];
  for await (const fact of reader.readFacts({ symbol })) facts.push(fact);
  const own = facts.filter((fact) => fact.dataset === dataset);
  const zone = findZone(own) ?? findZone(facts) ?? (await findZoneOfCalendar(symbol, loadPipelines, reader)) ?? 'UTC';
  const found = await findRow(query, zone, own, reader);
  const requests = collectRequests(facts);
  if (found === null || (await isClosedThen(query, found.row, loadPipelines, reader))) {
    if (facts.length === 0) await requireSymbolOfLakeOrPipeline(query, loadPipelines, reader);
    const missing = findMissing(query, zone, own, await reader.readState());
    const { current } = missing.history;
    const known: KnownSeries = { series: missing.series?.series ?? null, current, covered: missing.covered };
    const absence = await explainAbsence(query, known, loadPipelines, reader, ctx);
    return {
      query,
      zone: absence.zone ?? zone,
      column,
      value: null,
      series: missing.series,
      history: missing.history,
      request: current === null ? null : (requests.get(current.requestId) ?? null),
      replacedValues: new Map(),
      inputs: [],
      absence,
    };
  }
  const { fact, history, at, row, rows, bars, requestId, otherSeries } = found;
  const value = column === null ? null : (row[column] ?? null);
  const isComputed = isComputedColumn(dataset, column, row);
  return {
    query,
    zone,
    column,
    value: { row, value, rows, bars, at, requestId, isComputed, otherSeries },
    series: { series: fact?.series ?? null, provider: fact?.provider ?? readText(row, 'provider') ?? '' },
    history,
    request: requests.get(requestId) ?? null,
    replacedValues: column === null ? new Map() : await readReplacedValues(query, column, history, row, reader),
    inputs: fact === null ? [] : await readInputs(fact, requests, reader),
    absence: null,
  };
}

async function requireSymbolOfLakeOrPipeline(
  { symbol }: WhyQuery,
  loadPipelines: LoadPipelines,
  reader: LakeReader,
): Promise<void> {
  const pipelines = await loadPipelines();
  if (pipelines.some(({ symbols }) => symbols.some(({ instrument }) => instrument.symbol === symbol))) return;
  await requireSymbol(symbol, reader);
}

/** The time zone of the exchange, as the newest commit that names it has it. */
function findZone(facts: readonly CommittedFact[]): string | null {
  return facts.findLast(({ timeZone }) => timeZone !== undefined)?.timeZone ?? null;
}

/** The time zone of a symbol whose commits another program has deleted. */
async function findZoneOfCalendar(
  symbol: string,
  loadPipelines: LoadPipelines,
  reader: LakeReader,
): Promise<string | null> {
  const name = await findCalendarName(symbol, await loadPipelines(), reader);
  return name === null ? null : getCalendarOrExit(name).timeZone;
}

/** Returns whether a daily bar was found for a time at which the market was closed: it says nothing about that time. */
async function isClosedThen(
  query: WhyQuery,
  row: Row,
  loadPipelines: LoadPipelines,
  reader: LakeReader,
): Promise<boolean> {
  if (query.minutes === null || tables[query.dataset].kind !== 'span' || isShorterThanDay(row)) return false;
  const name = await findCalendarName(query.symbol, await loadPipelines(), reader);
  return name !== null && row['use_rth'] !== false && explainClosedTime(query, name) !== null;
}

function isShorterThanDay(row: Row): boolean {
  const size = readText(row, 'bar_size');
  return size !== null && size !== '1 day' && size in barSizes;
}

interface FoundRow extends Pick<FoundValue, 'row' | 'rows' | 'bars' | 'at' | 'requestId' | 'otherSeries'> {
  /** Null if the log does not have the commit of the row any more. */
  readonly fact: CommittedFact | null;
  readonly history: InstantHistory;
}

/** Finds the row that is meant, and the fact of its request; null without a row. */
async function findRow(
  query: WhyQuery,
  zone: string,
  facts: readonly CommittedFact[],
  reader: LakeReader,
): Promise<FoundRow | null> {
  const { dataset } = query;
  const { where, orderBy } = selectRows(query, zone);
  const found = await reader.query(
    `SELECT * FROM ${dataset} WHERE ${where} ORDER BY ${orderBy}, request_id DESC LIMIT 1`,
  );
  const [row] = found.rows;
  const requestId = row === undefined ? null : readText(row, 'request_id');
  if (row === undefined || requestId === null) return null;
  const time = tables[dataset].time;
  const at = readInstant(row, time);
  const fact = facts.find(
    (one) => one.requestId === requestId && one.window.start <= at && at < one.window.end && matchesRow(one, row),
  );
  const series = facts.filter((one) => one.series === fact?.series && one.provider === fact.provider);
  const isSpan = tables[dataset].kind === 'span';
  const counted = await reader.query(
    `SELECT count(*) FILTER (WHERE request_id = ${sqlString(requestId)}) AS rows, count(DISTINCT ${describeSeriesSql(dataset)}) AS series
     FROM ${dataset} WHERE ${where}${isSpan ? '' : ` AND ${time} = ${sqlInstant(at)}`}`,
  );
  const counts = counted.rows[0] ?? {};
  return {
    row,
    rows: Number(counts['rows']),
    bars: isSpan && isShorterThanDay(row) ? await countBars(query, row, reader) : 1,
    at,
    requestId,
    fact: fact ?? null,
    history: isSpan ? resolveInstant(series, at) : resolvePoint(series, at),
    otherSeries: Math.max(0, Number(counts['series']) - 1),
  };
}

async function countBars(query: WhyQuery, row: Row, reader: LakeReader): Promise<number> {
  const option = 'strike' in row ? ` AND ${optionCondition(row)}` : '';
  const { rows } = await reader.query(
    `SELECT count(*) AS bars FROM ${query.dataset} WHERE ${selectSession(query, row)}${option}`,
  );
  return Number(rows[0]?.['bars'] ?? 0);
}

/** A request of a snapshot may have brought several series: the one of the row has its expiry. */
function matchesRow({ series }: CommittedFact, row: Row): boolean {
  if (!('expiry' in row)) return true;
  const { dataset, parameters } = parseSeriesName(series);
  return dataset !== 'option_snapshots' || parameters.startsWith(`${readText(row, 'expiry') ?? ''}/`);
}

/** An expression that differs between series. */
function describeSeriesSql(dataset: WhyQuery['dataset']): string {
  switch (dataset) {
    case 'equity_bars':
      return "(provider || '/' || bar_size || '/' || what || '/' || use_rth)";
    case 'option_bars':
      return `(provider || '/' || expiry || '/' || strike || '/' || "right" || '/' || bar_size || '/' || what || '/' || use_rth)`;
    default:
      return 'provider';
  }
}

interface MissingSeries {
  readonly series: WhyAnswer['series'];
  readonly history: InstantHistory;
  readonly covered: CoveredWindow | null;
}

/** Finds the series that would have the value: the one of which most is known at that time. */
function findMissing(query: WhyQuery, zone: string, facts: readonly CommittedFact[], lake: LakeState): MissingSeries {
  const { date, minutes, dataset, provider } = query;
  const { start, end } = dayWindow(date, zone);
  const isSpan = tables[dataset].kind === 'span';
  // The middle of the day lies in every session.
  const at = minutes === null ? start + (end - start) / 2 : toZonedInstant(zone, date, minutes);
  const bySeries = new Map<string, CommittedFact[]>();
  for (const fact of facts) {
    const key = `${fact.provider}\n${fact.series}`;
    const known = bySeries.get(key);
    if (known === undefined) bySeries.set(key, [fact]);
    else known.push(fact);
  }
  const candidates: MissingSeries[] = [];
  for (const known of lake.series()) {
    if (!known.series.startsWith(`${dataset}/`) || (provider !== null && known.provider !== provider)) continue;
    const { symbol, parameters } = parseSeriesName(known.series);
    if (symbol !== query.symbol || !matchesSeries(parameters, query)) continue;
    const own = bySeries.get(`${known.provider}\n${known.series}`) ?? [];
    const inDay = isSpan ? own : own.filter(({ window }) => window.start >= start && window.start < end);
    const covered = lake
      .coverage(known.provider, known.series)
      .findLast((window) =>
        isSpan ? window.start <= at && at < window.end : window.start >= start && window.start < end,
      );
    candidates.push({
      series: known,
      history: isSpan ? resolveInstant(inDay, at) : resolvePoint(inDay, end - 1),
      covered: covered ?? null,
    });
  }
  return (
    candidates.find(({ covered }) => covered?.state === 'missing') ??
    candidates.find(({ history }) => history.current !== null) ??
    candidates.find(({ covered }) => covered !== null) ??
    candidates[0] ?? { series: null, history: { current: null, replaced: [], ignored: [] }, covered: null }
  );
}

/** The most earlier values that are looked up. */
const maxReplacedValues = 3;

/** Reads the values that were replaced, from superseded files that are still on disk. */
async function readReplacedValues(
  query: WhyQuery,
  column: string,
  { replaced }: InstantHistory,
  row: Row,
  reader: LakeReader,
): Promise<ReadonlyMap<RequestId, unknown>> {
  const { dataset } = query;
  const values = new Map<RequestId, unknown>();
  const time = tables[dataset].time;
  for (const { fact, by } of replaced.slice(0, maxReplacedValues)) {
    if (fact.rows === 0) continue;
    const isSpan = tables[dataset].kind === 'span';
    const at = isSpan ? readInstant(row, time) : fact.window.start;
    const key = `symbol = ${sqlString(query.symbol)} AND provider = ${sqlString(fact.provider)} AND request_id = ${sqlString(fact.requestId)} AND ${time} = ${sqlInstant(at)}`;
    const option = readText(row, 'expiry') !== null && 'strike' in row ? ` AND ${optionCondition(row)}` : '';
    // Rows of a point table are never replaced: an earlier answer is another row.
    const rows = isSpan
      ? await reader.queryReplaced({
          dataset,
          version: by.version,
          columns: `"${column}" AS value`,
          where: `${key}${option}`,
        })
      : (await reader.query(`SELECT "${column}" AS value FROM ${dataset} WHERE ${key}${option} LIMIT 1`)).rows;
    const [first] = rows;
    if (first !== undefined) values.set(fact.requestId, first['value'] ?? null);
  }
  return values;
}

function optionCondition(row: Row): string {
  return `expiry = DATE ${sqlString(readText(row, 'expiry') ?? '')} AND strike = ${String(row['strike'])} AND "right" = ${sqlString(readText(row, 'right') ?? '')}`;
}

/** The requests that a request depends on; those of other symbols are looked up by their run. */
async function readInputs(
  fact: CommittedFact,
  requests: ReadonlyMap<RequestId, LineageRequest>,
  reader: LakeReader,
): Promise<readonly LineageRequest[]> {
  const unknown = new Set(fact.upstream.filter((id) => !requests.has(id)));
  const others: CommittedFact[] = [];
  for (const runId of new Set([...unknown].map((id) => id.slice(0, id.lastIndexOf('/')))))
    for await (const one of reader.readFacts({ runId })) if (unknown.has(one.requestId)) others.push(one);
  const foreign = collectRequests(others);
  return fact.upstream.flatMap((id) => requests.get(id) ?? foreign.get(id) ?? []);
}
