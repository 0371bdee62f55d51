import { checkSymbols } from '../../checks/check-symbols.js';
import { allRules } from '../../checks/rules/all-rules.js';
import type { Pipeline, Step } from '../../config/pipeline/pipeline.js';
import type { AbsenceKind } from '../../core/absence.js';
import { describeAbsences } from '../../core/describe-absences.js';
import { parseSeriesName } from '../../core/series.js';
import type { ProviderName } from '../../core/series.js';
import { datasets, tables } from '../../core/tables/tables.js';
import { addDays, toUtcDate } from '../../core/time/time.js';
import type { LakeReader, LakeState } from '../../lake/api.js';
import { isLacking } from '../../core/absence.js';
import { defaultPlanOptions } from '../../plan/plan-options.js';
import type { Plan, PlannedTask } from '../../plan/plan.js';
import { getEstimatedRequests, listGaps } from '../../plan/plan.js';
import { summarizeReasons } from '../../plan/describe-reason.js';
import { pluralize } from '../../platform/format.js';
import { shellQuote } from '../../scheduler/system/scheduled-job.js';
import type { AppContext } from '../context.js';
import { addFolderOptions } from '../folder-options.js';
import type { FolderContext } from '../folder-options.js';
import { withLakeReader } from '../lake-reader.js';
import { planPipeline } from '../plan/plan-pipeline.js';

/** The validators, in the order in which tables depend on each other: what an earlier one misses, later ones miss too. */
export const validators = [
  'symbol_contracts_exist',
  'option_chain_current',
  'equity_data_available',
  'option_backfill_prerequisites',
  'data_integrity',
] as const;

export type Validator = (typeof validators)[number];

/** `not applicable`: the pipeline does not ask for what the validator examines. */
export type Verdict =
  | { readonly status: 'ok' | 'not applicable' }
  | {
      readonly status: 'failed';
      readonly problem: string;
      /** The command that repairs it. */
      readonly command: string;
    };

export type SymbolVerdicts = Readonly<Record<Validator, Verdict>>;

export interface ValidationReport {
  readonly pipeline: Pick<Pipeline, 'name' | 'file'>;
  readonly symbols: readonly { readonly symbol: string; readonly verdicts: SymbolVerdicts }[];
}

export function isValid({ symbols }: ValidationReport): boolean {
  return symbols.every(({ verdicts }) => validators.every((name) => verdicts[name].status !== 'failed'));
}

/** Validates symbols of a pipeline against the lake as it is; null for all of them. */
export function validateSymbols(
  pipeline: Pipeline,
  selected: readonly string[] | null,
  ctx: FolderContext & Pick<AppContext, 'clock'>,
): Promise<ValidationReport> {
  return withLakeReader(ctx, async (reader) => {
    const names = selected ?? pipeline.symbols.map(({ instrument }) => instrument.symbol);
    const options = { ...defaultPlanOptions, symbols: names };
    const { plan, state } = await planPipeline(pipeline, reader, options, ctx.clock.now(), false);
    const held = await readHeld(pipeline, names, reader, ctx.clock.now());
    const integrity = await findIntegrityProblems(state, pipeline, reader);
    const tasks = groupTasks(plan);
    const symbols = names.map((symbol) => ({
      symbol,
      verdicts: addFolders(validateSymbol({ symbol, pipeline, held, tasks: tasks.get(symbol) ?? [], integrity }), ctx),
    }));
    return { pipeline: { name: pipeline.name, file: pipeline.file }, symbols };
  });
}

function addFolders(verdicts: SymbolVerdicts, ctx: FolderContext): SymbolVerdicts {
  const add = (verdict: Verdict): Verdict =>
    verdict.status === 'failed' ? { ...verdict, command: addFolderOptions(verdict.command, ctx) } : verdict;
  return {
    symbol_contracts_exist: add(verdicts.symbol_contracts_exist),
    option_chain_current: add(verdicts.option_chain_current),
    equity_data_available: add(verdicts.equity_data_available),
    option_backfill_prerequisites: add(verdicts.option_backfill_prerequisites),
    data_integrity: add(verdicts.data_integrity),
  };
}

/** What the lake holds of each symbol, by provider. */
interface Held {
  readonly contracts: ReadonlyMap<ProviderName, ReadonlySet<string>>;
  /** Symbols with a chain that lists an option which has not expired. */
  readonly chains: ReadonlyMap<ProviderName, ReadonlySet<string>>;
  readonly prices: ReadonlyMap<ProviderName, ReadonlySet<string>>;
}

async function readHeld(
  { steps }: Pipeline,
  symbols: readonly string[],
  reader: LakeReader,
  now: number,
): Promise<Held> {
  const contracts = new Map<ProviderName, ReadonlySet<string>>();
  const chains = new Map<ProviderName, ReadonlySet<string>>();
  const prices = new Map<ProviderName, ReadonlySet<string>>();
  const today = toUtcDate(now);
  for (const provider of new Set(steps.map((step) => step.provider))) {
    contracts.set(provider, new Set((await reader.latestContracts(provider, symbols)).keys()));
    if (!steps.some((step) => step.provider === provider && isOfOptions(step))) continue;
    const listed = [...(await reader.latestChains(provider, symbols))];
    const live = listed.filter(([, chain]) => chain.contracts.some(({ expiry }) => expiry >= addDays(today, -1)));
    chains.set(provider, new Set(live.map(([symbol]) => symbol)));
    const closes = await reader.lastCloses(provider, symbols, addDays(today, 1));
    const quotes = await reader.latestQuotes(provider, symbols);
    prices.set(provider, new Set([...closes.keys(), ...quotes.keys()]));
  }
  return { contracts, chains, prices };
}

function isOfOptions({ uses }: Step): boolean {
  return uses === 'options' || uses === 'snapshots';
}

function groupTasks({ tasks }: Plan): ReadonlyMap<string, readonly PlannedTask[]> {
  const bySymbol = new Map<string, PlannedTask[]>();
  for (const task of tasks) {
    const known = bySymbol.get(task.symbol);
    if (known === undefined) bySymbol.set(task.symbol, [task]);
    else known.push(task);
  }
  return bySymbol;
}

interface SymbolState {
  readonly symbol: string;
  readonly pipeline: Pipeline;
  readonly held: Held;
  readonly tasks: readonly PlannedTask[];
  readonly integrity: IntegrityProblems;
}

function validateSymbol(state: SymbolState): SymbolVerdicts {
  return {
    symbol_contracts_exist: validateContracts(state),
    option_chain_current: validateTasks(state, 'chains'),
    equity_data_available: validateTasks(state, 'equity_bars'),
    option_backfill_prerequisites: validatePrerequisites(state),
    data_integrity: state.integrity.get(state.symbol) ?? state.integrity.get(null) ?? { status: 'ok' },
  };
}

function validateContracts({ symbol, pipeline, held, tasks }: SymbolState): Verdict {
  const steps = pipeline.steps.filter(
    ({ uses, name }) => uses === 'contracts' && tasks.some((task) => task.step === name),
  );
  if (steps.length === 0) return { status: 'not applicable' };
  const missing = steps.filter(({ provider }) => held.contracts.get(provider)?.has(symbol) !== true);
  if (missing.length === 0) return { status: 'ok' };
  return {
    status: 'failed',
    problem: `no contract from ${missing.map(({ provider }) => provider).join(', ')}`,
    command: runCommand(
      pipeline,
      symbol,
      `--steps ${missing.map(({ name }) => name).join(',')}${deniedOption(tasks, 'contracts')}`,
    ),
  };
}

/** The tasks of a table are complete: nothing is to be requested, and nothing is missing that the user has not accepted. */
function validateTasks({ symbol, pipeline, tasks }: SymbolState, dataset: 'chains' | 'equity_bars'): Verdict {
  const relevant = tasks.filter((task) => task.dataset === dataset);
  if (relevant.length === 0) return { status: 'not applicable' };
  const open = relevant.filter((task) => task.status !== 'up-to-date' || isLacking(task.absences));
  if (open.length === 0) return { status: 'ok' };
  const isBlocked = open.some(({ status }) => status === 'blocked' || status === 'deferred');
  // A blocked task needs others first: only a run of all steps repairs it.
  const steps = isBlocked ? '' : `--steps ${[...new Set(open.map(({ step }) => step))].join(',')}`;
  return {
    status: 'failed',
    problem: open.map(describeTask).join('; '),
    command: runCommand(pipeline, symbol, `${steps}${retryOption(open)}`),
  };
}

function describeTask(task: PlannedTask): string {
  const gaps = listGaps(task);
  const estimated = getEstimatedRequests(task);
  const parts = [
    ...(gaps.length > 0 ? [summarizeReasons(gaps)] : []),
    ...(gaps.length === 0 && (estimated > 0 || task.status === 'blocked') ? [task.reason] : []),
    ...(task.absences.length > 0 ? [describeAbsences(task.absences)] : []),
  ];
  return `${task.step}: ${parts.length === 0 ? task.reason : parts.join('; ')}`;
}

/** The option without which a run does not request what is absent. */
function retryOption(tasks: readonly PlannedTask[]): string {
  const kinds = new Set<AbsenceKind>(tasks.flatMap(({ absences }) => absences.map(({ kind }) => kind)));
  if (tasks.some((task) => listGaps(task).length > 0)) return '';
  if (kinds.has('lost')) return ' --missing';
  return kinds.has('denied') ? ' --retry-denied' : '';
}

function deniedOption(tasks: readonly PlannedTask[], dataset: string): string {
  return retryOption(tasks.filter((task) => task.dataset === dataset));
}

/** Options can be requested: the contract, a chain that has not expired, and a price are in the lake. */
function validatePrerequisites({ symbol, pipeline, held, tasks }: SymbolState): Verdict {
  const steps = pipeline.steps.filter((step) => isOfOptions(step) && tasks.some((task) => task.step === step.name));
  if (steps.length === 0) return { status: 'not applicable' };
  const missing = new Set<string>();
  const needsContract = pipeline.steps.some(({ uses }) => uses === 'contracts');
  for (const { provider } of steps) {
    if (needsContract && held.contracts.get(provider)?.has(symbol) !== true) missing.add('its contract');
    if (held.chains.get(provider)?.has(symbol) !== true) missing.add('a chain with options that have not expired');
    if (held.prices.get(provider)?.has(symbol) !== true) missing.add('a price of the symbol');
  }
  if (missing.size === 0) return { status: 'ok' };
  return {
    status: 'failed',
    problem: `the lake lacks ${[...missing].join(', ')}`,
    command: runCommand(pipeline, symbol, ''),
  };
}

/** By symbol; null is the problem of a whole table, which concerns every symbol. */
type IntegrityProblems = ReadonlyMap<string | null, Verdict>;

/** Rules that say that values are wrong, damaged tables, and windows whose rows are lost. */
async function findIntegrityProblems(
  state: LakeState,
  pipeline: Pipeline,
  reader: LakeReader,
): Promise<IntegrityProblems> {
  const problems = new Map<string | null, { readonly texts: string[]; command: string }>();
  const add = (symbol: string | null, text: string, command: string): void => {
    const known = problems.get(symbol);
    if (known === undefined) problems.set(symbol, { texts: [text], command });
    else known.texts.push(text);
  };
  for (const { dataset, problem } of state.unreadable) add(null, `${dataset}: ${problem}`, 'pipe check --repair');
  for (const dataset of datasets) {
    for (const { provider, series } of state.lostSeries(dataset)) {
      // Nothing brings earlier snapshots back: only the loss of the latest is a failure that a run repairs.
      const isLatest = state.coverage(provider, series).at(-1)?.state === 'missing';
      if (tables[dataset].kind === 'point' && !isLatest) continue;
      const { symbol } = parseSeriesName(series);
      add(symbol, `${series}: rows are lost`, runCommand(pipeline, symbol, '--missing'));
    }
  }
  if (state.unreadable.length === 0) {
    const errors = allRules.filter(({ severity }) => severity === 'error');
    for (const { symbol, rule, count } of await checkSymbols(reader, errors))
      add(
        symbol,
        `${rule.dataset}: ${pluralize(count, 'row')} of ${rule.name}`,
        runCommand(pipeline, symbol, '--force'),
      );
  }
  return new Map(
    [...problems].map(([symbol, { texts, command }]) => {
      const shown = texts.slice(0, maxProblems).join('; ');
      const problem = texts.length > maxProblems ? `${shown}; and ${String(texts.length - maxProblems)} more` : shown;
      return [symbol, { status: 'failed', problem, command }];
    }),
  );
}

/** The number of problems of one symbol that a report names. */
const maxProblems = 3;

function runCommand({ file }: Pipeline, symbol: string, options: string): string {
  const text = options.trim();
  return `pipe run ${shellQuote(file)} --symbols ${shellQuote(symbol)}${text === '' ? '' : ` ${text}`}`;
}
