import type { CoverageState } from '../../core/coverage.js';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { CallParameters, RequestId, RunId } from '../../core/request.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { datasets as allDatasets } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import type { CommittedFact, LakeReader } from '../../lake/api.js';
import { createOwnership } from './current-windows.js';
import type { OwnedWindow, Ownership } from './current-windows.js';

/** Selects windows; an absent field does not filter. */
export interface LineageQuery {
  readonly symbol: string;
  readonly datasets?: readonly Dataset[];
  /** Only windows that share an instant with `[from, to)`. */
  readonly from?: Instant;
  readonly to?: Instant;
  /** Only windows of this run. */
  readonly runId?: RunId;
}

/** The origin of the current windows of a symbol. */
export interface LineageResult {
  readonly symbol: string;
  readonly datasets: readonly LineageSeries[];
  /** The requests that those of the windows depend on, directly or indirectly, newest first. */
  readonly upstream: readonly LineageRequest[];
  /** What requests asked their provider, as far as the records of their runs have it. */
  readonly sent?: ReadonlyMap<RequestId, readonly CallParameters[]>;
}

/** The current windows of one series, in order of time. */
export interface LineageSeries {
  readonly dataset: Dataset;
  readonly series: SeriesName;
  readonly provider: ProviderName;
  readonly windows: readonly LineageWindow[];
  /** The time zone of the exchange; absent if the lake does not name it. */
  readonly timeZone?: string;
}

export interface LineageWindow extends Window {
  readonly state: CoverageState;
  /** Null if another request replaced a part of the rows: the number of remaining rows is unknown. */
  readonly rows: number | null;
  readonly runId: RunId;
  readonly requestId: RequestId;
  readonly provider: ProviderName;
  readonly requestedAt: Instant;
  readonly committedAt: Instant;
  /** The table version that committed it. */
  readonly version: number;
  readonly step: string;
  readonly pipeline: CommitInfo['pipeline'];
  readonly upstream: readonly RequestId[];
  readonly reason: string | null;
  /** The whole window that the request covered, including this one. */
  readonly requestWindow: Window;
}

/** One request and its result. */
export interface LineageRequest {
  readonly requestId: RequestId;
  readonly runId: RunId;
  readonly dataset: Dataset;
  readonly series: SeriesName;
  readonly provider: ProviderName;
  readonly requestedAt: Instant;
  readonly step: string;
  readonly pipeline: CommitInfo['pipeline'];
  /** From the first to the last instant that it covered. */
  readonly requestWindow: Window;
  readonly states: readonly CoverageState[];
  readonly rows: number;
  readonly upstream: readonly RequestId[];
}

/** The most runs whose facts are read for upstream requests of other symbols, newest first. */
const maxForeignRuns = 20;

/** The length of a chain of such requests: a quote, and the contract that it names. */
const maxForeignRounds = 3;

/**
 * Queries the lineage of one symbol. Most upstream requests concern the symbol itself; those of others, such as the
 * quote of the volatility index in an overview, are looked up by their run.
 */
export async function queryLineage(reader: Pick<LakeReader, 'readFacts'>, query: LineageQuery): Promise<LineageResult> {
  const facts: CommittedFact[] = [];
  for await (const fact of reader.readFacts({ symbol: query.symbol })) facts.push(fact);
  const others: CommittedFact[] = [];
  let result = resolveLineage(facts, query);
  for (let round = 0; round < maxForeignRounds; round++) {
    const foreign = listUnknown(result);
    const runs = new Set([...foreign].map((id) => id.slice(0, id.lastIndexOf('/'))));
    const known = others.length;
    for (const runId of [...runs].sort().reverse().slice(0, maxForeignRuns))
      for await (const fact of reader.readFacts({ runId })) if (foreign.has(fact.requestId)) others.push(fact);
    if (others.length === known) break;
    result = resolveLineage(facts, query, others);
  }
  return result;
}

/** The upstream requests that the result names and does not explain. */
function listUnknown({ datasets, upstream }: LineageResult): ReadonlySet<RequestId> {
  const known = new Set(upstream.map(({ requestId }) => requestId));
  const named = [...datasets.flatMap(({ windows }) => windows), ...upstream].flatMap((one) => one.upstream);
  return new Set(named.filter((id) => !known.has(id)));
}

/** Resolves a query from all facts of the symbol, oldest first; `others` are of upstream requests of other symbols. */
export function resolveLineage(
  facts: readonly CommittedFact[],
  query: LineageQuery,
  others: readonly CommittedFact[] = [],
): LineageResult {
  const requests = collectRequests([...others, ...facts]);
  const series = collectSeries(facts, requests, query);
  const upstreamIds = new Set(series.flatMap(({ windows }) => windows.flatMap(({ upstream }) => upstream)));
  return { symbol: query.symbol, datasets: series, upstream: collectAncestors(upstreamIds, requests) };
}

/** Collects the requests of facts by id. */
export function collectRequests(facts: Iterable<CommittedFact>): ReadonlyMap<RequestId, LineageRequest> {
  const requests = new Map<RequestId, LineageRequest>();
  for (const fact of facts) {
    const known = requests.get(fact.requestId);
    if (known === undefined) {
      requests.set(fact.requestId, {
        requestId: fact.requestId,
        runId: fact.author.runId,
        dataset: fact.dataset,
        series: fact.series,
        provider: fact.provider,
        requestedAt: fact.requestedAt,
        step: fact.step,
        pipeline: fact.author.pipeline,
        requestWindow: fact.window,
        states: [fact.state],
        rows: fact.rows,
        upstream: fact.upstream,
      });
    } else {
      requests.set(fact.requestId, {
        ...known,
        requestWindow: {
          start: Math.min(known.requestWindow.start, fact.window.start),
          end: Math.max(known.requestWindow.end, fact.window.end),
        },
        states: known.states.includes(fact.state) ? known.states : [...known.states, fact.state],
        rows: known.rows + fact.rows,
      });
    }
  }
  return requests;
}

function collectSeries(
  facts: readonly CommittedFact[],
  requests: ReadonlyMap<RequestId, LineageRequest>,
  query: LineageQuery,
): readonly LineageSeries[] {
  const ownershipBySeries = new Map<string, { readonly first: CommittedFact; readonly ownership: Ownership }>();
  for (const fact of facts) {
    if (query.datasets !== undefined && !query.datasets.includes(fact.dataset)) continue;
    const key = `${fact.provider}\n${fact.series}`;
    let owner = ownershipBySeries.get(key);
    if (owner === undefined) {
      owner = { first: fact, ownership: createOwnership() };
      ownershipBySeries.set(key, owner);
    }
    owner.ownership.add(fact);
  }
  return [...ownershipBySeries.values()]
    .map(({ first, ownership: owned }) => ({
      dataset: first.dataset,
      series: first.series,
      provider: first.provider,
      windows: owned
        .windows()
        .filter((window) => matchesQuery(window, query))
        .map((window) => toLineageWindow(window, requests)),
      ...(first.timeZone === undefined ? {} : { timeZone: first.timeZone }),
    }))
    .filter(({ windows }) => windows.length > 0)
    .sort(bySeries);
}

function matchesQuery(window: OwnedWindow, { from = -Infinity, to = Infinity, runId }: LineageQuery): boolean {
  return window.start < to && from < window.end && (runId === undefined || window.fact.author.runId === runId);
}

function toLineageWindow(
  { start, end, fact }: OwnedWindow,
  requests: ReadonlyMap<RequestId, LineageRequest>,
): LineageWindow {
  const isComplete = start === fact.window.start && end === fact.window.end;
  return {
    start,
    end,
    state: fact.state,
    rows: isComplete || fact.rows === 0 ? fact.rows : null,
    runId: fact.author.runId,
    requestId: fact.requestId,
    provider: fact.provider,
    requestedAt: fact.requestedAt,
    committedAt: fact.committedAt,
    version: fact.version,
    step: fact.step,
    pipeline: fact.author.pipeline,
    upstream: fact.upstream,
    reason: fact.reason ?? null,
    requestWindow: requests.get(fact.requestId)?.requestWindow ?? fact.window,
  };
}

/**
 * Collects requests and all their upstream requests that the facts contain. The upstream of an earlier overview is left
 * out: it leads to the overview before, and so on to the first.
 */
function collectAncestors(
  ids: ReadonlySet<RequestId>,
  requests: ReadonlyMap<RequestId, LineageRequest>,
): readonly LineageRequest[] {
  const ancestors = new Map<RequestId, LineageRequest>();
  const pending = [...ids];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const request = requests.get(id);
    if (request === undefined || ancestors.has(id)) continue;
    const isEarlierOverview = request.dataset === 'overviews';
    ancestors.set(id, isEarlierOverview ? { ...request, upstream: [] } : request);
    if (!isEarlierOverview) pending.push(...request.upstream);
  }
  return [...ancestors.values()].sort(newestFirst);
}

/** By table in the order of dependencies, then by name. */
function bySeries(a: LineageSeries, b: LineageSeries): number {
  if (a.dataset !== b.dataset) return allDatasets.indexOf(a.dataset) - allDatasets.indexOf(b.dataset);
  return a.series === b.series ? compareText(a.provider, b.provider) : compareText(a.series, b.series);
}

export function newestFirst(a: LineageRequest, b: LineageRequest): number {
  return a.requestedAt === b.requestedAt ? compareText(b.requestId, a.requestId) : b.requestedAt - a.requestedAt;
}

/** Compares by code units, independent of the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
