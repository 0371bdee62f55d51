import { formatInstant, minute, second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { pluralize } from '../../platform/format.js';
import type { CollectorState } from '../collector.js';
import type { PipelineState } from '../pipeline-runner.js';
import type { CollectorCounters } from './counters.js';

/** Something that keeps a collector from collecting as it should. */
export interface HealthProblem {
  /** The pipeline or the file it is about; null for the collector itself. */
  readonly about: string | null;
  readonly problem: string;
}

/** How a collector is. */
export interface Health {
  /** What another start of the collector might cure. */
  readonly unhealthy: readonly HealthProblem[];
  /** What keeps it from collecting: a source, a pipeline, a disk. */
  readonly notReady: readonly HealthProblem[];
}

/** It looks after its pipelines every second; after so long without it hangs. */
const maxPollGap: Duration = 30 * second;

/** So long after its due time a cycle that was not started means that something is wrong. */
const overdueAfter: Duration = 2 * minute;

/** A cycle that goes on for longer than this while others fall due hangs, or there is more to do than there is time. */
const maxCycleDuration: Duration = 10 * minute;

function findOverrun(
  { pipeline, running, waiting }: PipelineState,
  counters: CollectorCounters,
  now: Instant,
): readonly HealthProblem[] {
  const about = pipeline.name;
  const missedCount = counters.forPipeline(about).overlaps + waiting;
  if (running === null || missedCount === 0 || now - running.startedAt <= maxCycleDuration) return [];
  const since = formatInstant(running.startedAt);
  return [
    { about, problem: `has been running since ${since}; ${pluralize(missedCount, 'due time')} passed meanwhile` },
  ];
}

/** What is wrong with a collector now, and why. */
export function checkHealth(state: CollectorState, counters: CollectorCounters, now: Instant): Health {
  const unhealthy: HealthProblem[] = [];
  const pollGap = now - state.lastPollAt;
  if (pollGap > maxPollGap) {
    unhealthy.push({
      about: null,
      problem: `has not looked after its pipelines since ${formatInstant(state.lastPollAt)}`,
    });
  }
  for (const { pipeline, next, running } of state.runners) {
    if (next === null || running !== null || now - next <= overdueAfter) continue;
    unhealthy.push({ about: pipeline.name, problem: `was due at ${formatInstant(next)} and has not been started` });
  }
  for (const [pipeline, message] of counters.saveErrors) {
    unhealthy.push({ about: pipeline, problem: `what was done cannot be remembered: ${message}` });
  }
  const notReady: HealthProblem[] = [...unhealthy];
  if (state.stopping) notReady.push({ about: null, problem: 'is being stopped' });
  for (const { file, activePipeline } of state.invalidFiles) {
    notReady.push({
      about: file,
      problem:
        activePipeline === null
          ? 'cannot be used'
          : `has an edit that cannot be used; ${activePipeline} goes on as before`,
    });
  }
  for (const runner of state.runners)
    notReady.push(...findOverrun(runner, counters, now), ...findPipelineProblems(runner, counters));
  return { unhealthy, notReady };
}

function findPipelineProblems(
  { pipeline, last }: PipelineState,
  counters: CollectorCounters,
): readonly HealthProblem[] {
  const about = pipeline.name;
  const problems: HealthProblem[] = [];
  for (const [provider, state] of counters.forPipeline(about).breakers) {
    if (state === 'open') problems.push({ about, problem: `${provider} is left alone: it keeps failing` });
  }
  // Symbols that fail are told of one by one; the collector collects.
  if (last !== null && !['ok', 'partial', 'interrupted'].includes(last.outcome)) {
    const why = last.reason === null ? '' : `: ${firstLine(last.reason)}`;
    problems.push({ about, problem: `the cycle of ${formatInstant(last.due)} ended as ${last.outcome}${why}` });
  }
  return problems;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
