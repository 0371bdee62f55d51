import { getVolatilityIndex } from '../../analytics/conventions.js';
import { realizedVolatilityRatio, volatilityRatioSessions } from '../../analytics/history/volatility-ratio.js';
import { parseSeriesName } from '../../core/series.js';
import type { CoveredWindow } from '../../core/coverage.js';
import type { OptionContract, ProviderName, SeriesName } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import { buildTaskGraph } from '../../plan/task-graph.js';
import type { TaskGraph } from '../../plan/task-graph.js';
import type { KnownChain, KnownClose, KnownContract, KnownQuote, LakeReader, LakeState } from '../../lake/api.js';
import { readUserTablesState } from '../../lake/user-tables/user-tables-state.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { withImportedBars } from '../../plan/imported-coverage.js';
import { keepForeignDeletes } from '../../plan/kept-deletions.js';
import type { PlanContext } from '../../plan/plan-context.js';
import type { ClosesBySession } from '../../plan/daily-closes.js';
import { createKnownState, historyStartKey } from '../../plan/known-state.js';
import type { MutableKnownState, KnownStateSnapshot, KnownSnapshots } from '../../plan/known-state.js';
import { makePlan } from '../../plan/make-plan.js';
import { emptyCustomStepState } from '../../plan/tasks/plan-custom-steps.js';
import type { PlanOptions } from '../../plan/plan-options.js';
import type { Plan } from '../../plan/plan.js';
import type { Instant } from '../../core/time/time.js';
import { addDays, toUtcDate } from '../../core/time/time.js';
import { groupBy } from '../../platform/group-by.js';
import { queryDailyCloses } from '../../queries/daily-values.js';
import { rankCloseKind } from '../../core/tables/close-kind.js';
import { getCalendarOrExit } from '../get-calendar.js';
import { createDeltaEstimator } from './delta-estimator.js';
import { createCostEstimator, nothingSpent } from './estimate-cost.js';
import type { AccountSpending } from '../providers/pacing-ledger.js';
import { getProviderLimits } from '../providers/create-provider.js';

/** A plan with the state it was made from, which the run continues to use. */
export interface PlanningResult {
  readonly plan: Plan;
  readonly graph: TaskGraph;
  readonly context: PlanContext;
  readonly knownState: MutableKnownState;
  readonly state: LakeState;
}

/**
 * Plans from the state of the lake. With `forRun` it also reads what only the lineage of new rows needs. The estimated time
 * depends on what was spent of the accounts' budgets.
 */
export async function planPipeline(
  pipeline: Pipeline,
  reader: LakeReader,
  options: PlanOptions,
  now: Instant,
  forRun: boolean,
  spending: AccountSpending = nothingSpent,
): Promise<PlanningResult> {
  const state = await reader.readState();
  const knownState = createKnownState(await readKnownState(pipeline, reader, state, options, now, forRun));
  const graph = buildTaskGraph(pipeline);
  const coverage = withImportedBars((provider, series) => state.coverage(provider, series), state);
  const hasImports = pipeline.customSteps.some(({ uses }) => uses === 'import');
  const context: PlanContext = {
    now,
    options,
    knownState,
    unreadable: new Map(state.unreadable.map(({ dataset, problem, hint }) => [dataset, `${problem}; ${hint}`])),
    readOnly: new Map(state.readOnly.map(({ dataset, problem, hint }) => [dataset, `${problem}; ${hint}`])),
    lostSeries: createLostSeriesLookup(state),
    ...(await readOptionsOfLostSeries(pipeline, reader, state)),
    coverage: pipeline.keepsForeignDeletes ? keepForeignDeletes(coverage) : coverage,
    restate: pipeline.restatement.policy,
    ...(hasImports ? { imports: await readImports(pipeline, reader, state, options) } : {}),
    calendar: getCalendarOrExit,
    limits: (name) => getProviderLimits(pipeline, name),
    delta: await createDeltaEstimator(pipeline, reader, options, now),
  };
  const customState =
    pipeline.customSteps.length === 0 ? emptyCustomStepState : await readUserTablesState(reader.folder);
  const plan = makePlan(pipeline, graph, state.versions, context, createCostEstimator(pipeline, spending), customState);
  return { plan, graph, context, knownState, state };
}

/** Few pipelines import files: the code is loaded here. */
async function readImports(
  pipeline: Pipeline,
  { folder }: LakeReader,
  state: LakeState,
  options: PlanOptions,
): Promise<NonNullable<PlanContext['imports']>> {
  const { examineImports } = await import('./examine-imports.js');
  return examineImports(pipeline, folder, state, options);
}

function createLostSeriesLookup(state: LakeState): NonNullable<PlanContext['lostSeries']> {
  const byDataset = new Map<Dataset, ReadonlyMap<string, readonly { readonly series: SeriesName }[]>>();
  return (dataset, provider, symbol) => {
    let bySymbol = byDataset.get(dataset);
    if (bySymbol === undefined) {
      bySymbol = groupBy(
        state.lostSeries(dataset),
        (lost) => `${lost.provider}/${parseSeriesName(lost.series).symbol}`,
      );
      byDataset.set(dataset, bySymbol);
    }
    return (bySymbol.get(`${provider}/${symbol}`) ?? []).map(({ series }) => series);
  };
}

/** Reads the options of symbols with lost bars: the latest chain lacks those that have expired. */
async function readOptionsOfLostSeries(
  { steps }: Pipeline,
  reader: LakeReader,
  state: LakeState,
): Promise<Pick<PlanContext, 'knownOptions'>> {
  const providers = new Set<ProviderName>(
    steps.filter(({ uses }) => uses === 'options').map(({ provider }) => provider),
  );
  const lost = [...state.lostSeries('option_bars')].filter(({ provider }) => providers.has(provider));
  if (lost.length === 0) return {};
  const known = new Map<ProviderName, ReadonlyMap<string, readonly OptionContract[]>>();
  for (const [provider, series] of groupBy(lost, (one) => one.provider)) {
    const symbols = new Set(series.map((one) => parseSeriesName(one.series).symbol));
    known.set(provider, await reader.knownOptions(provider, [...symbols]));
  }
  return { knownOptions: (provider, symbol) => known.get(provider)?.get(symbol) ?? [] };
}

/** Reads what the lake holds about the symbols of the plan, once per provider. */
async function readKnownState(
  pipeline: Pipeline,
  reader: LakeReader,
  state: LakeState,
  options: PlanOptions,
  now: Instant,
  forRun: boolean,
): Promise<KnownStateSnapshot> {
  const symbols = options.symbols ?? pipeline.symbols.map((symbol) => symbol.instrument.symbol);
  const pricedSymbols = [...new Set([...symbols, ...findVolatilityIndices(pipeline)])];
  const contracts = new Map<ProviderName, ReadonlyMap<string, KnownContract>>();
  const chains = new Map<ProviderName, ReadonlyMap<string, KnownChain>>();
  const closes = new Map<ProviderName, ReadonlyMap<string, KnownClose>>();
  const quotes = new Map<ProviderName, ReadonlyMap<string, KnownQuote>>();
  const snapshots = pipeline.steps.some(({ uses }) => uses === 'overview') ? findLastSnapshots(state) : new Map();
  const dailyCloses = new Map<ProviderName, ReadonlyMap<string, ClosesBySession>>();
  const historyStarts = new Map<ProviderName, ReadonlyMap<string, Instant>>();
  const until = addDays(new Date(now).toISOString().slice(0, 10), 1);
  for (const step of pipeline.steps) {
    const { uses, provider, name } = step;
    const isSelected = options.steps === null || options.steps.includes(name);
    if ((uses === 'options' || uses === 'snapshots' || uses === 'overview') && isSelected) {
      if (!chains.has(provider)) chains.set(provider, await reader.latestChains(provider, symbols));
      if (!closes.has(provider)) closes.set(provider, await reader.lastCloses(provider, pricedSymbols, until));
      if (!quotes.has(provider)) quotes.set(provider, await reader.latestQuotes(provider, pricedSymbols));
    }
    if ('adaptiveStrikes' in step && step.adaptiveStrikes && isSelected && !dailyCloses.has(provider)) {
      dailyCloses.set(provider, await readDailyCloses(reader, provider, symbols, now));
    }
    if (uses === 'history' && !historyStarts.has(provider)) {
      const starts = await reader.historyStarts(provider, symbols);
      const keyed = starts.map(
        ({ symbol, priceType, hours, first }) => [historyStartKey(symbol, priceType, hours), first] as const,
      );
      historyStarts.set(provider, new Map(keyed));
    }
    // A run compares the chain that it fetches with the last one.
    if (forRun && uses === 'chains' && isSelected && !chains.has(provider))
      chains.set(provider, await reader.latestChains(provider, symbols));
    if (forRun && !contracts.has(provider)) contracts.set(provider, await reader.latestContracts(provider, symbols));
  }
  const minimum = volatilityRatioSessions.minimum + 1;
  return {
    contracts,
    chains,
    closes,
    quotes,
    snapshots,
    dailyCloses: { bySymbol: dailyCloses, computeRatio: realizedVolatilityRatio, minimum },
    historyStarts,
  };
}

/** The daily closes of each symbol by which adaptive strikes compare volatilities. */
async function readDailyCloses(
  reader: LakeReader,
  provider: ProviderName,
  symbols: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, ClosesBySession>> {
  // In calendar days: the baseline counts sessions, without weekends and holidays.
  const from = addDays(toUtcDate(now), -Math.ceil(volatilityRatioSessions.baseline * 1.6));
  const closes = await queryDailyCloses(reader, { provider, symbols, from });
  // The closes of the run that are added to these are trades in regular hours.
  const comparable = [...closes].filter(([, { kind }]) => rankCloseKind(kind) === 0);
  return new Map(
    comparable.map(([symbol, { values }]) => [symbol, new Map(values.map(({ session, value }) => [session, value]))]),
  );
}

/** The volatility indices whose quotes the overviews of the symbols include. */
function findVolatilityIndices({ steps, symbols, analytics }: Pipeline): readonly string[] {
  if (!steps.some(({ uses }) => uses === 'overview')) return [];
  return [...new Set(symbols.map(({ instrument }) => getVolatilityIndex(instrument, analytics)))];
}

/** The times of the last option snapshots of each symbol. */
function findLastSnapshots(state: LakeState): KnownStateSnapshot['snapshots'] {
  const last = new Map<ProviderName, Map<string, KnownSnapshots>>();
  for (const { provider, series } of state.series()) {
    if (!series.startsWith('option_snapshots/')) continue;
    const coverage = state.coverage(provider, series);
    const endOf = (window: CoveredWindow | undefined): Instant => (window === undefined ? -Infinity : window.end - 1);
    const { symbol } = parseSeriesName(series);
    let known = last.get(provider);
    if (known === undefined) last.set(provider, (known = new Map<string, KnownSnapshots>()));
    const earlier = known.get(symbol);
    known.set(symbol, {
      asOf: Math.max(endOf(coverage.findLast((window) => window.state === 'data')), earlier?.asOf ?? -Infinity),
      attemptedAt: Math.max(endOf(coverage.at(-1)), earlier?.attemptedAt ?? -Infinity),
    });
  }
  return last;
}
