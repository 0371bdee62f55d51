import { minute, second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { formatDueTime, formatTime } from '../../core/time/zoned-time.js';
import { humanizeDuration, pluralize } from '../../platform/format.js';
import type { CollectorState } from '../collector.js';
import type { PipelineState } from '../pipeline-runner.js';
import type { CollectorActivity, PipelineActivity } from './activity.js';

/** A problem that keeps a collector from collecting. */
export interface HealthProblem {
  /** The pipeline or the file concerned; null for the collector itself. */
  readonly about: string | null;
  readonly problem: string;
}

/** The problems of a collector. */
export interface Health {
  /** Problems that a restart of the collector may solve. */
  readonly unhealthy: readonly HealthProblem[];
  /** All problems, those of providers, pipelines and disks included. */
  readonly notReady: readonly HealthProblem[];
}

/** `degraded`: the collector works, but something keeps a pipeline from collecting. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

export function getHealthStatus({ unhealthy, notReady }: Health): HealthStatus {
  if (unhealthy.length > 0) return 'unhealthy';
  return notReady.length > 0 ? 'degraded' : 'healthy';
}

/** A collector polls its pipeline files every second; after this long without a poll it hangs. */
const maxPollGap: Duration = 30 * second;

/** A run that has not started this long after its due time is overdue. */
const overdueAfter: Duration = 2 * minute;

/** A run that takes longer than this while other due times pass hangs, or the schedule is too tight. */
const maxCycleDuration: Duration = 10 * minute;

/** Lists the problems of a collector. */
export function checkHealth(
  state: CollectorState,
  activity: Pick<CollectorActivity, 'forPipeline' | 'saveErrors'>,
  now: Instant,
): Health {
  const unhealthy: HealthProblem[] = [];
  if (now - state.lastPollAt > maxPollGap) {
    const since = formatTime(state.lastPollAt);
    unhealthy.push({ about: null, problem: `the collector hangs: it last checked its pipelines at ${since}` });
  }
  for (const { pipeline, next, running } of state.runners) {
    if (next === null || running !== null || now - next <= overdueAfter) continue;
    unhealthy.push({
      about: pipeline.name,
      problem: `the run due at ${formatDueTime(next, pipeline.timeZone)} has not started`,
    });
  }
  for (const [pipeline, message] of activity.saveErrors)
    unhealthy.push({ about: pipeline, problem: `cannot save state: ${message}` });

  const notReady: HealthProblem[] = [...unhealthy];
  if (state.stopping) notReady.push({ about: null, problem: 'the collector is shutting down' });
  for (const { file, activePipeline } of state.invalidFiles) {
    const problem =
      activePipeline === null ? 'invalid, not scheduled' : `invalid; ${activePipeline} keeps its last valid version`;
    notReady.push({ about: file, problem });
  }
  for (const runner of state.runners)
    notReady.push(...checkPipeline(runner, activity.forPipeline(runner.pipeline.name), now));
  return { unhealthy, notReady };
}

function checkPipeline(
  { pipeline, running, queued, waiting, last }: PipelineState,
  activity: PipelineActivity,
  now: Instant,
): readonly HealthProblem[] {
  const about = pipeline.name;
  const problems: HealthProblem[] = [];
  const missedCount = activity.overlaps + waiting;
  if (running !== null && missedCount > 0 && now - running.startedAt > maxCycleDuration) {
    const since = formatTime(running.startedAt);
    const missed = pluralize(missedCount, 'due time');
    problems.push({ about, problem: `a run has been in progress since ${since}; ${missed} passed meanwhile` });
  }
  if (queued?.waitsFor === 'free-slot' && now - queued.since > maxCycleDuration) {
    const due = formatDueTime(queued.cycle.due, pipeline.timeZone);
    problems.push({
      about,
      problem: `the run due at ${due} has waited ${humanizeDuration(now - queued.since)} for a free slot; raise --max-concurrent-runs or space the schedules out`,
    });
  }
  for (const [provider, { breaker, breakerCause }] of activity.providers) {
    const cause = breakerCause === null ? '' : `: ${breakerCause}`;
    if (breaker === 'open')
      problems.push({ about, problem: `circuit open for ${provider} after repeated failures${cause}` });
  }
  // Failed symbols are reported one by one; they do not keep the collector from collecting.
  if (last !== null && !['ok', 'partial', 'cancelled'].includes(last.outcome)) {
    const cause = last.reason ?? last.failed[0]?.reason ?? null;
    const reason = cause === null ? '' : `: ${firstLine(cause)}`;
    problems.push({
      about,
      problem: `the run due at ${formatDueTime(last.due, pipeline.timeZone)} ended as ${last.outcome}${reason}`,
    });
  }
  return problems;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
