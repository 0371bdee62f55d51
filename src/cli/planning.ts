import { volatilityIndexOf } from '../analytics/conventions.js';
import { unrestOf, unrestSessions } from '../analytics/unrest.js';
import { partsOfSeriesName } from '../core/series.js';
import type { ProviderName } from '../core/series.js';
import { buildTaskGraph } from '../graph/task-graph.js';
import type { TaskGraph } from '../graph/task-graph.js';
import type { KnownChain, KnownClose, KnownContract, KnownQuote, LakeReader, LakeState } from '../lake/contract.js';
import { readOwnKnowledge } from '../lake/own/own-knowledge.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { PlanContext } from '../plan/context.js';
import { growingKnowledge, historyStartKey } from '../plan/knowledge.js';
import type { GrowingKnowledge, KnowledgeSnapshot, KnownSnapshots } from '../plan/knowledge.js';
import { makePlan } from '../plan/make-plan.js';
import { noOwnKnowledge } from '../plan/plan-own.js';
import type { PlanOptions } from '../plan/options.js';
import type { Plan } from '../plan/plan.js';
import type { Instant } from '../core/time.js';
import { addDays, utcDate } from '../core/time.js';
import { dailyCloses } from '../readings/daily.js';
import { calendarNamed } from './calendars.js';
import { estimateFor } from './estimate.js';
import { limitsFor } from './providers.js';

/** A plan with everything it was made from, so that a run can go on from there. */
export interface Planning {
  readonly plan: Plan;
  readonly graph: TaskGraph;
  readonly context: PlanContext;
  readonly knowledge: GrowingKnowledge;
  readonly state: LakeState;
}

/** Reads what the lake holds and plans. With `forRun` it also reads what only the lineage of new rows needs. */
export async function planPipeline(
  pipeline: Pipeline,
  reader: LakeReader,
  options: PlanOptions,
  now: Instant,
  forRun: boolean,
): Promise<Planning> {
  const state = await reader.state();
  const knowledge = growingKnowledge(await snapshot(pipeline, reader, state, options, now, forRun));
  const graph = buildTaskGraph(pipeline);
  const context: PlanContext = {
    now,
    options,
    knowledge,
    coverage: (provider, series) => state.coverage(provider, series),
    calendar: calendarNamed,
    limits: (name) => limitsFor(pipeline, name),
  };
  const own = pipeline.own.length === 0 ? noOwnKnowledge : await readOwnKnowledge(reader.folder);
  const plan = makePlan(pipeline, graph, state.versions, context, estimateFor(pipeline), own);
  return { plan, graph, context, knowledge, state };
}

/** What the lake knows about the symbols of the plan: read once per provider for all of them. */
async function snapshot(
  pipeline: Pipeline,
  reader: LakeReader,
  state: LakeState,
  options: PlanOptions,
  now: Instant,
  forRun: boolean,
): Promise<KnowledgeSnapshot> {
  const symbols = options.symbols ?? pipeline.symbols.map((symbol) => symbol.instrument.symbol);
  const priced = [...new Set([...symbols, ...volatilityIndices(pipeline)])];
  const contracts = new Map<ProviderName, ReadonlyMap<string, KnownContract>>();
  const chains = new Map<ProviderName, ReadonlyMap<string, KnownChain>>();
  const closes = new Map<ProviderName, ReadonlyMap<string, KnownClose>>();
  const quotes = new Map<ProviderName, ReadonlyMap<string, KnownQuote>>();
  const snapshots = pipeline.steps.some(({ uses }) => uses === 'overview') ? lastSnapshots(state) : new Map();
  const unrest = new Map<ProviderName, ReadonlyMap<string, number>>();
  const historyStarts = new Map<ProviderName, ReadonlyMap<string, Instant>>();
  const until = addDays(new Date(now).toISOString().slice(0, 10), 1);
  for (const step of pipeline.steps) {
    const { uses, provider, name } = step;
    const taken = options.steps === null || options.steps.includes(name);
    if ((uses === 'options' || uses === 'snapshots' || uses === 'overview') && taken) {
      if (!chains.has(provider)) chains.set(provider, await reader.latestChains(provider, symbols));
      if (!closes.has(provider)) closes.set(provider, await reader.lastCloses(provider, priced, until));
      if (!quotes.has(provider)) quotes.set(provider, await reader.latestQuotes(provider, priced));
    }
    if ('adaptive' in step && step.adaptive && taken && !unrest.has(provider)) {
      unrest.set(provider, await restlessness(reader, provider, symbols, now));
    }
    if (uses === 'history' && !historyStarts.has(provider)) {
      const starts = await reader.historyStarts(provider, symbols);
      const named = starts.map(
        ({ symbol, what, hours, first }) => [historyStartKey(symbol, what, hours), first] as const,
      );
      historyStarts.set(provider, new Map(named));
    }
    if (forRun && !contracts.has(provider)) contracts.set(provider, await reader.latestContracts(provider, symbols));
  }
  return { contracts, chains, closes, quotes, snapshots, unrest, historyStarts };
}

/** How restless each symbol's price is, where the lake holds enough daily bars to say. */
async function restlessness(
  reader: LakeReader,
  provider: ProviderName,
  symbols: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, number>> {
  // Sessions of more than a year, with all their weekends and holidays.
  const from = addDays(utcDate(now), -Math.ceil(unrestSessions.usual * 1.6));
  const closes = await dailyCloses(reader, { provider, symbols, from });
  const known = new Map<string, number>();
  for (const [symbol, values] of closes) {
    const unrest = unrestOf(values.map(({ value }) => value));
    if (unrest !== null) known.set(symbol, unrest);
  }
  return known;
}

/** Whose quotes overviews show beside a symbol's own numbers. */
function volatilityIndices({ steps, symbols, analytics }: Pipeline): readonly string[] {
  if (!steps.some(({ uses }) => uses === 'overview')) return [];
  return [...new Set(symbols.map(({ instrument }) => volatilityIndexOf(instrument, analytics)))];
}

/** When options of each symbol were last answered for. */
function lastSnapshots(state: LakeState): KnowledgeSnapshot['snapshots'] {
  const last = new Map<ProviderName, Map<string, KnownSnapshots>>();
  for (const { provider, series } of state.series()) {
    if (!series.startsWith('option_snapshots/')) continue;
    const held = state.coverage(provider, series).findLast((window) => window.state === 'data');
    if (held === undefined) continue;
    const { symbol } = partsOfSeriesName(series);
    let known = last.get(provider);
    if (known === undefined) last.set(provider, (known = new Map<string, KnownSnapshots>()));
    const asOf = Math.max(held.end - 1, known.get(symbol)?.asOf ?? -Infinity);
    known.set(symbol, { asOf });
  }
  return last;
}
