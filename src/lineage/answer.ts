import type { CoverageState } from '../core/coverage.js';
import type { RequestId, RunId } from '../core/request.js';
import type { ProviderName, SeriesName } from '../core/series.js';
import { datasets as allDatasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { Instant } from '../core/time.js';
import type { Window } from '../core/window.js';
import type { CommittedFact, LakeReader } from '../lake/contract.js';
import { ownership } from './current-windows.js';
import type { OwnedWindow, Ownership } from './current-windows.js';

/** Which rows are asked about; an absent field lets everything through. */
export interface LineageQuestion {
  readonly symbol: string;
  readonly datasets?: readonly Dataset[];
  /** Only windows that share an instant with `[from, to)`. */
  readonly from?: Instant;
  readonly to?: Instant;
  /** Only windows whose rows this run brought. */
  readonly runId?: RunId;
}

/** Where the rows of a symbol come from, as they are now. */
export interface LineageAnswer {
  readonly symbol: string;
  readonly datasets: readonly LineageSeries[];
  /** The requests that led to those of the windows, directly or through others, newest first. */
  readonly upstream: readonly LineageRequest[];
}

/** One series and who owns each stretch of it, in order of time. */
export interface LineageSeries {
  readonly dataset: Dataset;
  readonly series: SeriesName;
  readonly provider: ProviderName;
  readonly windows: readonly LineageWindow[];
}

export interface LineageWindow extends Window {
  readonly state: CoverageState;
  /** Null where later answers replaced a part of this one: how many of its rows are left is for the table to say. */
  readonly rows: number | null;
  readonly runId: RunId;
  readonly requestId: RequestId;
  readonly provider: ProviderName;
  readonly requestedAt: Instant;
  readonly committedAt: Instant;
  /** The version of the table that it came with. */
  readonly version: number;
  readonly step: string;
  readonly pipeline: { readonly name: string; readonly hash: string };
  readonly upstream: readonly RequestId[];
  readonly note: string | null;
  /** What the request settled in all, this window and others. */
  readonly settled: Window;
}

/** One request and what came of it. */
export interface LineageRequest {
  readonly requestId: RequestId;
  readonly runId: RunId;
  readonly dataset: Dataset;
  readonly series: SeriesName;
  readonly provider: ProviderName;
  readonly requestedAt: Instant;
  readonly step: string;
  readonly pipeline: { readonly name: string; readonly hash: string };
  /** From the first to the last instant that it settled. */
  readonly settled: Window;
  readonly states: readonly CoverageState[];
  readonly rows: number;
  readonly upstream: readonly RequestId[];
}

/** Answers for one symbol. Everything that leads to its rows is about the symbol itself, so its facts are all it takes. */
export async function lineageOf(reader: Pick<LakeReader, 'facts'>, question: LineageQuestion): Promise<LineageAnswer> {
  const facts: CommittedFact[] = [];
  for await (const fact of reader.facts({ symbol: question.symbol })) facts.push(fact);
  return answerFrom(facts, question);
}

/** The answer, from all facts about the symbol, oldest first. */
export function answerFrom(facts: readonly CommittedFact[], question: LineageQuestion): LineageAnswer {
  const requests = requestsOf(facts);
  const series = seriesOf(facts, requests, question);
  const wanted = new Set(series.flatMap(({ windows }) => windows.flatMap(({ upstream }) => upstream)));
  return { symbol: question.symbol, datasets: series, upstream: withAncestors(wanted, requests) };
}

/** Every request among the facts, by its id. */
export function requestsOf(facts: Iterable<CommittedFact>): ReadonlyMap<RequestId, LineageRequest> {
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
        settled: fact.window,
        states: [fact.state],
        rows: fact.rows,
        upstream: fact.upstream,
      });
    } else {
      requests.set(fact.requestId, {
        ...known,
        settled: {
          start: Math.min(known.settled.start, fact.window.start),
          end: Math.max(known.settled.end, fact.window.end),
        },
        states: known.states.includes(fact.state) ? known.states : [...known.states, fact.state],
        rows: known.rows + fact.rows,
      });
    }
  }
  return requests;
}

function seriesOf(
  facts: readonly CommittedFact[],
  requests: ReadonlyMap<RequestId, LineageRequest>,
  question: LineageQuestion,
): readonly LineageSeries[] {
  const owners = new Map<string, { readonly first: CommittedFact; readonly ownership: Ownership }>();
  for (const fact of facts) {
    if (question.datasets !== undefined && !question.datasets.includes(fact.dataset)) continue;
    const key = `${fact.provider}\n${fact.series}`;
    let owner = owners.get(key);
    if (owner === undefined) {
      owner = { first: fact, ownership: ownership() };
      owners.set(key, owner);
    }
    owner.ownership.tell(fact);
  }
  return [...owners.values()]
    .map(({ first, ownership: owned }) => ({
      dataset: first.dataset,
      series: first.series,
      provider: first.provider,
      windows: owned
        .windows()
        .filter((window) => isWanted(window, question))
        .map((window) => lineageWindow(window, requests)),
    }))
    .filter(({ windows }) => windows.length > 0)
    .sort(bySeries);
}

function isWanted(window: OwnedWindow, { from = -Infinity, to = Infinity, runId }: LineageQuestion): boolean {
  return window.start < to && from < window.end && (runId === undefined || window.fact.author.runId === runId);
}

function lineageWindow(
  { start, end, fact }: OwnedWindow,
  requests: ReadonlyMap<RequestId, LineageRequest>,
): LineageWindow {
  const whole = start === fact.window.start && end === fact.window.end;
  return {
    start,
    end,
    state: fact.state,
    rows: whole || fact.rows === 0 ? fact.rows : null,
    runId: fact.author.runId,
    requestId: fact.requestId,
    provider: fact.provider,
    requestedAt: fact.requestedAt,
    committedAt: fact.committedAt,
    version: fact.version,
    step: fact.step,
    pipeline: fact.author.pipeline,
    upstream: fact.upstream,
    note: fact.note ?? null,
    settled: requests.get(fact.requestId)?.settled ?? fact.window,
  };
}

/** The requests named and all that led to them, as far as the facts know them. */
function withAncestors(
  named: ReadonlySet<RequestId>,
  requests: ReadonlyMap<RequestId, LineageRequest>,
): readonly LineageRequest[] {
  const found = new Map<RequestId, LineageRequest>();
  const open = [...named];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const request = requests.get(id);
    if (request === undefined || found.has(id)) continue;
    found.set(id, request);
    open.push(...request.upstream);
  }
  return [...found.values()].sort(newestFirst);
}

/** Tables in the order in which they build on each other, then by name. */
function bySeries(a: LineageSeries, b: LineageSeries): number {
  if (a.dataset !== b.dataset) return allDatasets.indexOf(a.dataset) - allDatasets.indexOf(b.dataset);
  return a.series === b.series ? compareText(a.provider, b.provider) : compareText(a.series, b.series);
}

export function newestFirst(a: LineageRequest, b: LineageRequest): number {
  return a.requestedAt === b.requestedAt ? compareText(b.requestId, a.requestId) : b.requestedAt - a.requestedAt;
}

/** By code units: the same order on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
