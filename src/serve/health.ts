import { isoInstant, minute, second } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';
import { plural } from '../core/words.js';
import type { CollectorView } from './collector.js';
import type { LaneView } from './lane.js';
import type { Meters } from './meters.js';

/** Something that keeps a collector from collecting as it should. */
export interface HealthProblem {
  /** The pipeline or the file it is about; null for the collector itself. */
  readonly about: string | null;
  readonly problem: string;
}

/** How a collector is. */
export interface Health {
  /** What another start of the collector might cure. */
  readonly stuck: readonly HealthProblem[];
  /** What keeps it from collecting: a source, a pipeline, a disk. */
  readonly unready: readonly HealthProblem[];
}

/** It looks after its pipelines every second; after so long without it hangs. */
const longestSilence: Duration = 30 * second;

/** So long after its due time a cycle that was not started means that something is wrong. */
const overdueAfter: Duration = 2 * minute;

/** A cycle that goes on for longer than this while others fall due hangs, or there is more to do than there is time. */
const longestCycle: Duration = 10 * minute;

function hanging({ pipeline, running, waiting }: LaneView, meters: Meters, now: Instant): readonly HealthProblem[] {
  const about = pipeline.name;
  const passed = meters.of(about).overlapped + waiting;
  if (running === null || passed === 0 || now - running.startedAt <= longestCycle) return [];
  const since = isoInstant(running.startedAt);
  return [{ about, problem: `has been running since ${since}; ${plural(passed, 'due time')} passed meanwhile` }];
}

/** What is wrong with a collector now, and why. */
export function healthOf(view: CollectorView, meters: Meters, now: Instant): Health {
  const stuck: HealthProblem[] = [];
  const silence = now - view.seenAt;
  if (silence > longestSilence) {
    stuck.push({ about: null, problem: `has not looked after its pipelines since ${isoInstant(view.seenAt)}` });
  }
  for (const { pipeline, next, running } of view.lanes) {
    if (next === null || running !== null || now - next <= overdueAfter) continue;
    stuck.push({ about: pipeline.name, problem: `was due at ${isoInstant(next)} and has not been started` });
  }
  for (const [pipeline, message] of meters.unwritten) {
    stuck.push({ about: pipeline, problem: `what was done cannot be remembered: ${message}` });
  }
  const unready: HealthProblem[] = [...stuck];
  if (view.stopping) unready.push({ about: null, problem: 'is being stopped' });
  for (const { file, keeps } of view.refused) {
    unready.push({
      about: file,
      problem: keeps === null ? 'cannot be used' : `has an edit that cannot be used; ${keeps} goes on as before`,
    });
  }
  for (const lane of view.lanes) unready.push(...hanging(lane, meters, now), ...laneProblems(lane, meters));
  return { stuck, unready };
}

function laneProblems({ pipeline, last }: LaneView, meters: Meters): readonly HealthProblem[] {
  const about = pipeline.name;
  const problems: HealthProblem[] = [];
  for (const [provider, state] of meters.of(about).breakers) {
    if (state === 'open') problems.push({ about, problem: `${provider} is left alone: it keeps failing` });
  }
  // Symbols that fail are told of one by one; the collector collects.
  if (last !== null && !['ok', 'partial', 'interrupted'].includes(last.outcome)) {
    const why = last.reason === null ? '' : `: ${firstLine(last.reason)}`;
    problems.push({ about, problem: `the cycle of ${isoInstant(last.due)} ended as ${last.outcome}${why}` });
  }
  return problems;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
