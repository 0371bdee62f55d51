import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendarOf, knownExchanges } from '../../src/calendar/calendars.js';
import { calendarNamed } from '../../src/cli/calendars.js';
import { exitCodeOf } from '../../src/cli/exit-code.js';
import type { ExitCode } from '../../src/cli/exit-code.js';
import { planPipeline } from '../../src/cli/planning.js';
import { limitsFor } from '../../src/cli/providers.js';
import { sources } from '../../src/cli/sources.js';
import type { Surroundings } from '../../src/cli/surroundings.js';
import type { Clock } from '../../src/core/clock.js';
import type { RunEventBody } from '../../src/core/events.js';
import { utcDate } from '../../src/core/time.js';
import type { Instant } from '../../src/core/time.js';
import { lakeBackground } from '../../src/derive/background.js';
import { computing } from '../../src/derive/computing.js';
import { openLakeReader } from '../../src/lake/reader.js';
import { openLakeWriter } from '../../src/lake/writer.js';
import { loadPipeline } from '../../src/pipeline/load.js';
import type { Pipeline } from '../../src/pipeline/pipeline.js';
import { wholePlan } from '../../src/plan/options.js';
import type { PlanOptions } from '../../src/plan/options.js';
import type { Plan } from '../../src/plan/plan.js';
import type { IbNotice } from '../../src/providers/ib/notice.js';
import type { Provider } from '../../src/providers/contract.js';
import { ibProvider } from '../../src/providers/ib/provider.js';
import type { IbSettings, IbTimings } from '../../src/providers/ib/settings.js';
import { plainPaint } from '../../src/report/paint.js';
import { runPipeline } from '../../src/run/run-pipeline.js';
import type { RunOutcome } from '../../src/run/run-pipeline.js';
import type { PacingMode } from '../../src/simulators/tws/parts.js';
import { clockFrom, evening, playGateway, quickTimings, watched } from './gateway.js';
import type { PlayedGateway, Watched, WrittenRule } from './gateway.js';

/** Every table that Interactive Brokers fills, of two symbols with options and an index without. */
const written = {
  name: 'faults',
  provider: 'ib',
  symbols: ['AAPL', 'MSFT', { symbol: 'VIX', kind: 'index', exchange: 'CBOE', steps: ['contracts', 'quotes'] }],
  steps: {
    contracts: { refresh: '7d' },
    chains: { needs: 'contracts', refresh: '7d' },
    quotes: { needs: 'contracts', refresh: '7d' },
    history: { needs: 'contracts', refresh: '7d' },
    equity: { needs: ['contracts', 'history'], bar_size: ['1 day', '1 min'], lookback: '4 sessions' },
    options: { needs: ['chains', 'equity'], bar_size: '1 hour', lookback: '3 sessions', expiries: 1, strikes: 1 },
    snapshots: { needs: ['chains', 'quotes'], refresh: '7d', expiries: 1, strikes: 1 },
  },
  pacing: { budgets: [{ name: 'at-once', kind: 'open', limit: 6 }] },
  retry: { attempts: 3, delay: '5ms', max_delay: '20ms', timeout: '2s' },
  // So that only rows about it see it act.
  breaker: { threshold: 500, recovery: '50ms' },
};

/** What differs from the usual in one run. */
export interface RunParts {
  /** What goes wrong; fair weather when empty. */
  readonly rules: readonly WrittenRule[];
  readonly settings?: Partial<IbSettings>;
  readonly timings?: Partial<IbTimings>;
  /** Keys of the pipeline to replace. */
  readonly pipeline?: Readonly<Record<string, unknown>>;
  readonly options?: Partial<PlanOptions>;
  readonly pacing?: PacingMode;
  readonly waits?: 'hurried' | 'real';
}

/** One run, from inside and as the gateway saw it. */
export interface FinishedRun extends Watched {
  readonly outcome: RunOutcome;
  readonly code: ExitCode;
  /** The plan it began with. */
  readonly plan: Plan;
  readonly events: readonly RunEventBody[];
  readonly notices: readonly IbNotice[];
  readonly gateway: Pick<PlayedGateway, 'events'> & { readonly statistics: ReturnType<PlayedGateway['statistics']> };
}

/** A lake of its own, with a clock that begins at the same moment for all. */
export interface FaultLake {
  readonly folder: string;
  readonly clock: Clock;
  run(parts?: Partial<RunParts>): Promise<FinishedRun>;
  plan(options?: Partial<PlanOptions>): Promise<Plan>;
  /** The same lake at another time. */
  at(instant: Instant): FaultLake;
  remove(): Promise<void>;
}

export async function makeLake(at: Instant = evening): Promise<FaultLake> {
  return lakeIn(await mkdtemp(join(tmpdir(), 'pipe-faults-')), at);
}

function lakeIn(folder: string, at: Instant): FaultLake {
  const clock = clockFrom(at);
  return {
    folder,
    clock,
    run: (parts = {}) => run({ folder, clock }, { rules: [], ...parts }),
    async plan(options = {}) {
      const reader = await openLakeReader(folder);
      try {
        const pipeline = await pipelineFor(0, {});
        return (await planPipeline(pipeline, reader, { ...wholePlan, ...options }, clock.now(), false)).plan;
      } finally {
        await reader.close();
      }
    },
    at: (instant) => lakeIn(folder, instant),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function pipelineFor(port: number, { pipeline = {}, settings = {} }: Partial<RunParts>): Promise<Pipeline> {
  const loaded = await loadPipeline('faults.yaml', {
    environment: {},
    knownCalendars: knownExchanges,
    readFile: async () => Buffer.from(JSON.stringify({ ...written, ...pipeline })),
    auto: () => ({ provider: 'ib', warning: null }),
  });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('; '));
  const { providers } = loaded.pipeline;
  return { ...loaded.pipeline, providers: { ...providers, ib: { ...providers.ib, port, ...settings } } };
}

async function run({ folder, clock }: Pick<FaultLake, 'folder' | 'clock'>, parts: RunParts): Promise<FinishedRun> {
  const { rules, timings = {}, options = {}, pacing = 'off', waits = 'hurried' } = parts;
  const gateway = await playGateway(rules, clock, pacing);
  const pipeline = await pipelineFor(gateway.port, parts);
  const runId = randomUUID();
  const events: RunEventBody[] = [];
  const notices: IbNotice[] = [];
  const emit = (event: RunEventBody): void => void events.push(event);
  let seen = (): Watched => ({ failures: [], atEnd: null });
  const plans: Plan[] = [];
  const at = surroundings(folder, clock);
  const make = async (): Promise<Provider> => {
    const bare = ibProvider({
      settings: pipeline.providers.ib,
      calendarOf,
      clock,
      notices: (notice) => notices.push(notice),
      timings: { ...quickTimings, ...timings },
    });
    const outside = watched(bare, gateway, waits);
    seen = outside.seen;
    return outside.provider;
  };
  const source = sources({ pipeline, at, record: null, emit, redact: (text) => text, make });
  const never = new AbortController().signal;
  const writer = await openLakeWriter({
    folder,
    author: { runId, pipeline: { name: pipeline.name, hash: pipeline.hash } },
    clock,
    emit,
    zoneOf: (calendar) => calendarNamed(calendar).timeZone,
  });
  const reader = await openLakeReader(folder);
  try {
    const outcome = await runPipeline({
      runId,
      pipeline,
      version: '0',
      lake: folder,
      writer,
      clock,
      emit,
      async prepare() {
        const prepared = await planPipeline(pipeline, reader, { ...wholePlan, ...options }, clock.now(), true);
        plans.push(prepared.plan);
        return prepared;
      },
      provider: (name, asked) => source.open(name, asked, never),
      computing: (prepared) =>
        computing({
          settings: pipeline.analytics,
          knowledge: prepared.knowledge,
          calendar: calendarNamed,
          background: lakeBackground(reader, [], pipeline.analytics.rankDays, utcDate(clock.now())),
          keepsAnswers: false,
        }),
      limits: (name) => limitsFor(pipeline, name),
      calendar: calendarNamed,
      stopping: never,
      stopped: never,
    });
    const [plan] = plans;
    if (plan === undefined) throw new Error('the run made no plan');
    const statistics = gateway.statistics();
    const code = exitCodeOf(outcome);
    return { outcome, code, plan, events, notices, gateway: { events: gateway.events, statistics }, ...seen() };
  } finally {
    await reader.close();
    await writer.close();
    await source.close();
    await gateway.close();
  }
}

function surroundings(folder: string, clock: Clock): Surroundings {
  const silent = (): void => undefined;
  return {
    clock,
    environment: {},
    dataFolder: folder,
    lineageFolder: folder,
    verbosity: 'quiet',
    paint: plainPaint,
    notePaint: plainPaint,
    live: false,
    width: 80,
    answer: silent,
    json: silent,
    note: silent,
    complain: silent,
  };
}
