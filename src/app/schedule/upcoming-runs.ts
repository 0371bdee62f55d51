import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { Instant } from '../../core/time/time.js';
import { createDueTimes } from '../../scheduler/schedule/due-times.js';
import { getCalendarOrExit } from '../get-calendar.js';

type PipelineSchedule = Pick<Pipeline, 'name' | 'file' | 'schedule'>;

/** A pipeline with its next due times; empty without a schedule. */
export interface UpcomingRuns {
  readonly pipeline: PipelineSchedule;
  readonly next: readonly Instant[];
  /** True if max_cycles ends the schedule after these. */
  readonly isComplete: boolean;
}

/** The next due times of a pipeline, at most `count` of them. */
export function computeUpcomingRuns(pipeline: PipelineSchedule, now: Instant, count: number): UpcomingRuns {
  const { name, schedule } = pipeline;
  if (schedule === null) return { pipeline, next: [], isComplete: false };
  const dueTimes = createDueTimes({ schedule, name, calendar: getCalendarOrExit });
  const maxCount = Math.min(count, schedule.maxCycles ?? count);
  const next: Instant[] = [];
  for (let due = dueTimes.next(now); due !== null && next.length < maxCount; due = dueTimes.next(due)) next.push(due);
  return { pipeline, next, isComplete: schedule.maxCycles === maxCount };
}
