import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { supportedExchanges } from '../../../src/calendar/calendars.js';
import { toExitCode } from '../../../src/app/exit-code.js';
import type { ExitCode } from '../../../src/app/exit-code.js';
import { getCalendarOrExit } from '../../../src/app/get-calendar.js';
import { planPipeline } from '../../../src/app/plan/plan-pipeline.js';
import { getProviderLimits } from '../../../src/app/providers/create-provider.js';
import { createRunProviders } from '../../../src/app/providers/run-providers.js';
import { loadPipeline } from '../../../src/config/pipeline/load-pipeline.js';
import type { Pipeline } from '../../../src/config/pipeline/pipeline.js';
import type { Clock } from '../../../src/core/time/clock.js';
import { toUtcDate } from '../../../src/core/time/time.js';
import type { Instant } from '../../../src/core/time/time.js';
import type { LakeState } from '../../../src/lake/api.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../../../src/lake/writer/lake-writer.js';
import { isComplete } from '../../../src/plan/lacking.js';
import { defaultPlanOptions } from '../../../src/plan/plan-options.js';
import type { Plan } from '../../../src/plan/plan.js';
import { createDeriver } from '../../../src/run/compute/create-deriver.js';
import { createLakeHistory } from '../../../src/run/compute/lake-history.js';
import type { RunOutcome } from '../../../src/run/execution.js';
import { runPipeline } from '../../../src/run/run-pipeline.js';
import { createShiftedClock } from '../fault-gateway.js';
import type { Source } from './source.js';
import { createWithholdingMarket } from './withholding-market.js';
import type { Fault, WithheldLog } from './withholding-market.js';

/** A finished run, and what the source left out of its answers. */
export interface WeatherRun {
  readonly outcome: RunOutcome;
  readonly code: ExitCode;
  readonly withheld: WithheldLog;
}

/** The contents of a lake. */
export interface Holdings {
  readonly state: LakeState;
  /** Rows of each table, without what differs between runs. */
  readonly digests: Readonly<Record<string, string>>;
  readonly plan: Plan;
  readonly isComplete: boolean;
}

/** A lake that is filled by runs at a source in fair and foul weather. */
export interface WeatherLake {
  run(at: Instant, fault?: Fault): Promise<WeatherRun>;
  read(at: Instant): Promise<Holdings>;
  remove(): Promise<void>;
}

export async function createWeatherLake(source: Source): Promise<WeatherLake> {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-withheld-'));
  return {
    run: (at, fault = {}) => run(source, folder, createShiftedClock(at), fault),
    async read(at) {
      const pipeline = await loadSourcePipeline(source, 0);
      const reader = await openLakeReader(folder);
      try {
        const { plan, state } = await planPipeline(pipeline, reader, defaultPlanOptions, at, false);
        const digests: Record<string, string> = {};
        for (const [table, columns] of Object.entries(comparedColumns)) {
          const { rows } = await reader.query(
            `SELECT count(*) || ' ' || coalesce(md5(string_agg(k, '|' ORDER BY k)), '') AS digest
             FROM (SELECT DISTINCT concat_ws(' ', ${columns}) AS k FROM ${table})`,
          );
          digests[table] = String(rows[0]?.['digest']);
        }
        return { state, digests, plan, isComplete: isComplete(plan) };
      } finally {
        await reader.close();
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Quotes and snapshots depend on the time at which they are taken. */
const comparedColumns: Readonly<Record<string, string>> = {
  contracts: 'symbol',
  // New options are listed every day.
  chains: 'symbol',
  history_starts: 'symbol, first',
  equity_bars: 'symbol, bar_size, ts, open, high, low, close, volume',
  option_bars: 'symbol, expiry, strike, "right", bar_size, ts, open, high, low, close, volume',
  quotes: 'symbol',
  option_snapshots: 'symbol, expiry, strike, "right"',
};

async function loadSourcePipeline(source: Source, port: number): Promise<Pipeline> {
  const loaded = await loadPipeline('withheld.yaml', {
    environment: {},
    knownCalendars: supportedExchanges,
    readFile: async () => Buffer.from(JSON.stringify(source.pipeline)),
    resolveAuto: () => ({ provider: source.name, warning: null }),
  });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('; '));
  return source.connect(loaded.pipeline, port);
}

async function run(source: Source, folder: string, clock: Clock, fault: Fault): Promise<WeatherRun> {
  const withheld: WithheldLog = {
    ...{ bars: new Map(), points: new Set(), parts: new Map() },
    ...{ unknown: new Set(), outside: 0 },
  };
  const market = createWithholdingMarket(source.market, source.calendar, fault, withheld);
  const { rule } = fault;
  const running = await source.start(market, clock, {
    rules: rule === undefined ? [] : [{ when: rule.when, do: rule.do }],
    onAction: () => withheld.points.add(rule?.point ?? ''),
  });
  const pipeline = await loadSourcePipeline(source, running.port);
  const runId = randomUUID();
  const emit = (): void => undefined;
  const environment = { PIPE_STATE: join(folder, '_state') };
  const providers = createRunProviders({
    pipeline,
    ctx: { clock, environment, dataFolder: folder },
    recordCall: null,
    emit,
    redact: (text) => text,
    create: async () => running.createProvider(pipeline, folder),
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
      prepare: () => planPipeline(pipeline, reader, defaultPlanOptions, clock.now(), true),
      provider: (name) => providers.open(name, never),
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
    return { outcome, code: toExitCode(outcome), withheld };
  } finally {
    await reader.close();
    await writer.close();
    await providers.close();
    await running.close();
  }
}
