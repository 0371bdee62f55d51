import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCalendar, supportedExchanges } from '../../src/calendar/calendars.js';
import { getCalendarOrExit } from '../../src/app/get-calendar.js';
import { toExitCode } from '../../src/app/exit-code.js';
import type { ExitCode } from '../../src/app/exit-code.js';
import { planPipeline } from '../../src/app/plan/plan-pipeline.js';
import { getProviderLimits } from '../../src/app/providers/create-provider.js';
import { createRunProviders } from '../../src/app/providers/run-providers.js';
import type { AppContext } from '../../src/app/context.js';
import type { Clock } from '../../src/core/time/clock.js';
import type { RunEventBody } from '../../src/core/events.js';
import { toUtcDate } from '../../src/core/time/time.js';
import type { Instant } from '../../src/core/time/time.js';
import { createLakeHistory } from '../../src/run/compute/lake-history.js';
import { createDeriver } from '../../src/run/compute/create-deriver.js';
import { openLakeReader } from '../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../src/lake/writer/lake-writer.js';
import { loadPipeline } from '../../src/config/pipeline/load-pipeline.js';
import type { Pipeline } from '../../src/config/pipeline/pipeline.js';
import { defaultPlanOptions } from '../../src/plan/plan-options.js';
import type { PlanOptions } from '../../src/plan/plan-options.js';
import type { Plan } from '../../src/plan/plan.js';
import type { IbNotice } from '../../src/providers/ib/notice.js';
import type { Provider } from '../../src/providers/provider.js';
import { createIbProvider } from '../../src/providers/ib/provider.js';
import type { IbSettings, IbTimings } from '../../src/providers/ib/settings.js';
import { runPipeline } from '../../src/run/run-pipeline.js';
import type { RunOutcome } from '../../src/run/execution.js';
import type { PacingMode } from '../../src/simulators/tws/simulator-options.js';
import { createShiftedClock, evening, startFaultGateway, fastTimings, observeProvider } from './fault-gateway.js';
import type { FaultGateway, Observed, RuleInput } from './fault-gateway.js';

/** A pipeline with every table of Interactive Brokers, two symbols with options and an index without. */
const pipelineDefinition = {
  name: 'faults',
  provider: 'ib',
  symbols: ['AAPL', 'MSFT', { symbol: 'VIX', kind: 'index', exchange: 'CBOE', steps: ['contracts', 'quotes'] }],
  steps: {
    contracts: { refresh: '7d' },
    chains: { needs: 'contracts', refresh: '7d' },
    quotes: { needs: 'contracts', refresh: '7d' },
    history: { needs: 'contracts', refresh: '7d' },
    // What is compared would be requested too: these cases count what is missing.
    equity: { needs: ['contracts', 'history'], bar_size: ['1 day', '1 min'], lookback: '4 sessions', overlap: 0 },
    options: { needs: ['chains', 'equity'], bar_size: '1 hour', lookback: '3 sessions', expiries: 1, strikes: 1 },
    snapshots: { needs: ['chains', 'quotes'], refresh: '7d', expiries: 1, strikes: 1 },
  },
  pacing: { budgets: [{ name: 'at-once', kind: 'open', limit: 6 }] },
  // Answers without rows are requested again by the next run, as failures are.
  confirm_empty: { answers: 3, every: '0s' },
  retry: { attempts: 3, delay: '5ms', max_delay: '20ms', timeout: '2s' },
  // Only rules about it affect it.
  breaker: { threshold: 500, cooldown: '50ms' },
};

/** Options of one run. */
export interface FaultRunOptions {
  /** Rules of the scenario; no faults if empty. */
  readonly rules: readonly RuleInput[];
  readonly settings?: Partial<IbSettings>;
  readonly timings?: Partial<IbTimings>;
  /** Keys of the pipeline that are replaced. */
  readonly pipeline?: Readonly<Record<string, unknown>>;
  readonly options?: Partial<PlanOptions>;
  readonly pacing?: PacingMode;
  readonly retryWaits?: 'hurried' | 'real';
}

/** One run with its events and the gateway's statistics. */
export interface FinishedRun extends Observed {
  readonly outcome: RunOutcome;
  readonly code: ExitCode;
  /** The plan of the run. */
  readonly plan: Plan;
  readonly events: readonly RunEventBody[];
  readonly notices: readonly IbNotice[];
  readonly gateway: Pick<FaultGateway, 'events'> & { readonly statistics: ReturnType<FaultGateway['statistics']> };
}

/** Creates a lake with a clock that starts at the same time in every test. */
export interface FaultLake {
  readonly folder: string;
  readonly clock: Clock;
  run(runOptions?: Partial<FaultRunOptions>): Promise<FinishedRun>;
  plan(options?: Partial<PlanOptions>): Promise<Plan>;
  /** Returns the same lake at another time. */
  at(instant: Instant): FaultLake;
  remove(): Promise<void>;
}

export async function createFaultLake(at: Instant = evening): Promise<FaultLake> {
  return openFaultLake(await mkdtemp(join(tmpdir(), 'pipe-faults-')), at);
}

function openFaultLake(folder: string, at: Instant): FaultLake {
  const clock = createShiftedClock(at);
  return {
    folder,
    clock,
    run: (runOptions = {}) => run({ folder, clock }, { rules: [], ...runOptions }),
    async plan(options = {}) {
      const reader = await openLakeReader(folder);
      try {
        const pipeline = await loadFaultPipeline(0, {});
        return (await planPipeline(pipeline, reader, { ...defaultPlanOptions, ...options }, clock.now(), false)).plan;
      } finally {
        await reader.close();
      }
    },
    at: (instant) => openFaultLake(folder, instant),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function loadFaultPipeline(
  port: number,
  { pipeline = {}, settings = {} }: Partial<FaultRunOptions>,
): Promise<Pipeline> {
  const loaded = await loadPipeline('faults.yaml', {
    environment: {},
    knownCalendars: supportedExchanges,
    readFile: async () => Buffer.from(JSON.stringify({ ...pipelineDefinition, ...pipeline })),
    resolveAuto: () => ({ provider: 'ib', warning: null }),
  });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('; '));
  const { providers } = loaded.pipeline;
  return { ...loaded.pipeline, providers: { ...providers, ib: { ...providers.ib, port, ...settings } } };
}

async function run(
  { folder, clock }: Pick<FaultLake, 'folder' | 'clock'>,
  runOptions: FaultRunOptions,
): Promise<FinishedRun> {
  const { rules, timings = {}, options = {}, pacing = 'off', retryWaits = 'hurried' } = runOptions;
  const gateway = await startFaultGateway(rules, clock, pacing);
  const pipeline = await loadFaultPipeline(gateway.port, runOptions);
  const runId = randomUUID();
  const events: RunEventBody[] = [];
  const notices: IbNotice[] = [];
  const emit = (event: RunEventBody): void => void events.push(event);
  let getObserved = (): Observed => ({ failures: [], openAtEnd: null });
  const plans: Plan[] = [];
  const at = createContext(folder, clock);
  const createProvider = async (): Promise<Provider> => {
    const provider = createIbProvider({
      settings: pipeline.providers.ib,
      calendarOf: getCalendar,
      clock,
      onNotice: (notice) => notices.push(notice),
      timings: { ...fastTimings, ...timings },
    });
    const observed = observeProvider(provider, gateway, retryWaits);
    getObserved = observed.getObserved;
    return observed.provider;
  };
  const source = createRunProviders({
    pipeline,
    ctx: at,
    recordCall: null,
    emit,
    redact: (text) => text,
    create: createProvider,
  });
  const never = new AbortController().signal;
  const writer = await openLakeWriter({
    folder,
    author: { runId, pipeline: { name: pipeline.name, hash: pipeline.hash } },
    clock,
    emit,
    getTimeZone: (calendar) => getCalendarOrExit(calendar).timeZone,
  });
  const reader = await openLakeReader(folder);
  try {
    const outcome = await runPipeline({
      runId,
      pipeline,
      version: '0',
      lakeFolder: folder,
      writer,
      clock,
      emit,
      async prepare() {
        const prepared = await planPipeline(pipeline, reader, { ...defaultPlanOptions, ...options }, clock.now(), true);
        plans.push(prepared.plan);
        return prepared;
      },
      provider: (name) => source.open(name, never),
      createDeriver: (prepared) =>
        createDeriver({
          settings: pipeline.analytics,
          knownState: prepared.knownState,
          calendar: getCalendarOrExit,
          history: createLakeHistory(reader, [], pipeline.analytics, toUtcDate(clock.now())),
          recordsAnswers: false,
        }),
      limits: (name) => getProviderLimits(pipeline, name),
      calendar: getCalendarOrExit,
      shutdown: { stopping: never, stopped: never },
    });
    const [plan] = plans;
    if (plan === undefined) throw new Error('the run made no plan');
    const statistics = gateway.statistics();
    const code = toExitCode(outcome);
    return { outcome, code, plan, events, notices, gateway: { events: gateway.events, statistics }, ...getObserved() };
  } finally {
    await reader.close();
    await writer.close();
    await source.close();
    await gateway.close();
  }
}

function createContext(folder: string, clock: Clock): AppContext {
  const environment = { PIPE_STATE: join(folder, '_state') };
  return { clock, environment, dataFolder: folder, lineageFolder: folder };
}
