import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import {
  isCount,
  isFiniteNumber,
  isInstantText,
  isString,
  listOf,
  nullable,
  objectOf,
  oneOf,
  optional,
  recordOf,
} from '../../platform/json.js';
import type { Guard } from '../../platform/json.js';
import type { CollectorState } from '../collector.js';
import type { PipelineState } from '../pipeline-runner.js';
import type { CheckSummary } from '../serve-event.js';
import type { SlotUsage } from '../run-slots.js';
import { getHealthStatus } from './health.js';
import type { Health, HealthProblem, HealthStatus } from './health.js';
import type { BreakerStatus, CollectorActivity, PipelineActivity, ProviderActivity } from './activity.js';

/** The process of a collector. */
export interface CollectorIdentity {
  readonly pid: number;
  readonly host: string;
  /** The address of the HTTP server, such as `http://127.0.0.1:9108`; null without an HTTP server. */
  readonly address: string | null;
}

/** The state of a collector, as `/status`, the status file and `pipe status` give it. Instants are ISO 8601 text. */
export interface StatusDocument extends CollectorIdentity {
  readonly at: string;
  readonly startedAt: string;
  readonly health: HealthStatus;
  readonly problems: readonly HealthProblem[];
  /** Absent in documents of earlier versions. */
  readonly runs?: SlotUsage;
  readonly pipelines: readonly PipelineStatus[];
  readonly invalidFiles: readonly InvalidFileStatus[];
}

export interface PipelineStatus {
  readonly name: string;
  readonly file: string;
  readonly running: { readonly due: string; readonly startedAt: string } | null;
  /** The run that waits because as many runs as allowed are in progress. Absent in documents of earlier versions. */
  readonly queued?: { readonly due: string; readonly since: string } | null;
  readonly waiting: number;
  readonly last: LastCycleStatus | null;
  readonly next: string | null;
  /** Ended cycles by outcome, without zeros. */
  readonly cycles: Readonly<Record<string, number>>;
  /** Due times without a run by reason, without zeros. */
  readonly missed: Readonly<Record<string, number>>;
  readonly providers: Readonly<Record<string, ProviderStatus>>;
  /** What the status of each provider is based on. Absent in documents of earlier versions. */
  readonly providerEvidence?: Readonly<Record<string, ProviderEvidence>>;
  /** The zone of the schedule; null for an interval without market hours. Absent in documents of earlier versions. */
  readonly timeZone?: string | null;
  /** By provider; also by provider and symbol, such as `ib/AAPL`, if not closed. */
  readonly breakers: Readonly<Record<string, BreakerStatus>>;
  /** The latest check on the schedule of `checks`; null before the first. Absent in documents of earlier versions. */
  readonly check?: CheckStatus | null;
  readonly symbolsWithErrors: number;
  /** The reasons of the first 100 symbols that failed in the latest cycle. */
  readonly errors: Readonly<Record<string, string>>;
}

export interface ProviderEvidence {
  /** The time of the latest usable response; null if there was none since the collector started. */
  readonly answeredAt: string | null;
  /** The first failure since then; null if the latest response was usable. */
  readonly failedAt: string | null;
  readonly failure: string | null;
}

export interface CheckStatus {
  readonly startedAt: string;
  readonly durationSeconds: number;
  /** Null if the check could not be made. */
  readonly errors: number | null;
  readonly warnings: number | null;
  readonly problem: string | null;
}

export interface LastCycleStatus {
  readonly due: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly run: string | null;
  readonly requests: number;
  readonly rows: number;
}

export interface InvalidFileStatus {
  readonly file: string;
  readonly message: string;
  readonly since: string;
  readonly activePipeline: string | null;
}

/**
 * The health of a provider by its responses in the latest run that sent requests to it; `unknown` if no run has sent
 * any.
 */
export type ProviderStatus = 'healthy' | 'unhealthy' | 'unknown';

/** Errors and open breakers of at most this many symbols are listed by name. */
const maxListed = 100;

/** Builds the document. Keys may be added, but are never renamed or removed. */
export function buildStatusDocument(
  identity: CollectorIdentity,
  collector: CollectorState,
  health: Health,
  activity: Pick<CollectorActivity, 'forPipeline'>,
  now: Instant,
): StatusDocument {
  return {
    ...identity,
    at: formatInstant(now),
    startedAt: formatInstant(collector.startedAt),
    health: getHealthStatus(health),
    problems: health.notReady,
    runs: collector.slots,
    pipelines: collector.runners.map((state) => describePipeline(state, activity.forPipeline(state.pipeline.name))),
    invalidFiles: collector.invalidFiles.map(({ since, ...file }) => ({ ...file, since: formatInstant(since) })),
  };
}

function describePipeline(
  { pipeline, running, queued, waiting, last, next }: PipelineState,
  activity: PipelineActivity,
): PipelineStatus {
  return {
    name: pipeline.name,
    file: pipeline.file,
    running:
      running === null ? null : { due: formatInstant(running.cycle.due), startedAt: formatInstant(running.startedAt) },
    queued: queued === null ? null : { due: formatInstant(queued.cycle.due), since: formatInstant(queued.since) },
    waiting,
    last: last === null ? null : describeLastCycle(last),
    next: next === null ? null : formatInstant(next),
    cycles: omitZeros(activity.cycles),
    missed: omitZeros(activity.missed),
    providers: Object.fromEntries(
      pipeline.providers.map((provider) => [provider, describeProvider(activity.providers.get(provider))]),
    ),
    providerEvidence: Object.fromEntries(
      pipeline.providers.map((provider) => [provider, describeEvidence(activity.providers.get(provider))]),
    ),
    timeZone: pipeline.timeZone,
    breakers: Object.fromEntries([
      ...[...activity.providers].map(([provider, { breaker }]) => [provider, breaker] as const),
      ...listOpenSymbols(activity.providers).slice(0, maxListed),
    ]),
    check: activity.lastCheck === null ? null : describeCheck(activity.lastCheck),
    symbolsWithErrors: activity.latestErrors.size,
    errors: Object.fromEntries([...activity.latestErrors].slice(0, maxListed)),
  };
}

function describeCheck({ startedAt, durationMs, findings, problem }: CheckSummary): CheckStatus {
  return {
    startedAt: formatInstant(startedAt),
    durationSeconds: durationMs / 1000,
    errors: findings?.errors ?? null,
    warnings: findings?.warnings ?? null,
    problem,
  };
}

function describeLastCycle(cycle: NonNullable<PipelineState['last']>): LastCycleStatus {
  const { due, startedAt, endedAt, outcome, reason, run, requests, rows } = cycle;
  return {
    due: formatInstant(due),
    startedAt: formatInstant(startedAt),
    endedAt: formatInstant(endedAt),
    outcome,
    reason,
    run,
    requests,
    rows,
  };
}

function describeProvider(provider: ProviderActivity | undefined): ProviderStatus {
  const isAnswering = provider?.isAnswering ?? null;
  if (isAnswering === null) return 'unknown';
  return isAnswering ? 'healthy' : 'unhealthy';
}

function describeEvidence(provider: ProviderActivity | undefined): ProviderEvidence {
  const { answeredAt = null, failure = null } = provider ?? {};
  return {
    answeredAt: answeredAt === null ? null : formatInstant(answeredAt),
    failedAt: failure === null ? null : formatInstant(failure.at),
    failure: failure?.message ?? null,
  };
}

function listOpenSymbols(providers: PipelineActivity['providers']): readonly (readonly [string, BreakerStatus])[] {
  return [...providers].flatMap(([provider, { symbolBreakers }]) =>
    [...symbolBreakers]
      .filter(([, status]) => status !== 'closed')
      .map(([symbol, status]) => [`${provider}/${symbol}`, status] as const),
  );
}

function omitZeros(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

const isPipelineStatus: Guard<PipelineStatus> = objectOf<PipelineStatus>({
  name: isString,
  file: isString,
  running: nullable(objectOf<NonNullable<PipelineStatus['running']>>({ due: isInstantText, startedAt: isInstantText })),
  queued: optional(
    nullable(objectOf<NonNullable<PipelineStatus['queued']>>({ due: isInstantText, since: isInstantText })),
  ),
  waiting: isCount,
  last: nullable(
    objectOf<LastCycleStatus>({
      due: isInstantText,
      startedAt: isInstantText,
      endedAt: isInstantText,
      outcome: isString,
      reason: nullable(isString),
      run: nullable(isString),
      requests: isCount,
      rows: isCount,
    }),
  ),
  next: nullable(isInstantText),
  cycles: recordOf(isCount),
  missed: recordOf(isCount),
  providers: recordOf(oneOf<ProviderStatus>({ healthy: true, unhealthy: true, unknown: true })),
  providerEvidence: optional(
    recordOf(
      objectOf<ProviderEvidence>({
        answeredAt: nullable(isInstantText),
        failedAt: nullable(isInstantText),
        failure: nullable(isString),
      }),
    ),
  ),
  timeZone: optional(nullable(isString)),
  breakers: recordOf(oneOf<BreakerStatus>({ closed: true, 'half-open': true, open: true })),
  check: optional(
    nullable(
      objectOf<CheckStatus>({
        startedAt: isInstantText,
        durationSeconds: isFiniteNumber,
        errors: nullable(isCount),
        warnings: nullable(isCount),
        problem: nullable(isString),
      }),
    ),
  ),
  symbolsWithErrors: isCount,
  errors: recordOf(isString),
});

/** Recognises a document of this version; another version of the program may have written the file. */
export const isStatusDocument: Guard<StatusDocument> = objectOf<StatusDocument>({
  pid: isCount,
  host: isString,
  address: nullable(isString),
  at: isInstantText,
  startedAt: isInstantText,
  health: oneOf<HealthStatus>({ healthy: true, degraded: true, unhealthy: true }),
  problems: listOf(objectOf<HealthProblem>({ about: nullable(isString), problem: isString })),
  runs: optional(objectOf<SlotUsage>({ max: isCount, running: isCount, queued: isCount })),
  pipelines: listOf(isPipelineStatus),
  invalidFiles: listOf(
    objectOf<InvalidFileStatus>({
      file: isString,
      message: isString,
      since: isInstantText,
      activePipeline: nullable(isString),
    }),
  ),
});
