import { normalize, overlaps } from '../core/time/window.js';
import type { Request } from '../core/request.js';
import type { LocalDate } from '../core/time/time.js';
import type { PlanContext } from './plan-context.js';
import type { PlannedTask, ReadyTask } from './plan.js';
import type { Task, TaskGraph } from './task-graph.js';
import { createAbsence } from './tasks/list-absences.js';
import { readyOrUpToDateTask } from './tasks/planned-task.js';

/**
 * Leaves the requests beyond a limit to later runs if they only bring stored rows to another price scale; what they would fetch counts as
 * lacking until then. A plan for `--restate` has no limit.
 */
export function limitRestatement(
  tasks: readonly PlannedTask[],
  graph: Pick<TaskGraph, 'task'>,
  maxRequests: number,
  context: PlanContext,
): readonly PlannedTask[] {
  if (context.options.restate) return tasks;
  let left = maxRequests;
  return tasks.map((planned) => {
    const task = graph.task(planned.id);
    if (planned.status !== 'ready' || task === undefined) return planned;
    const restating = planned.requests.filter(({ purpose }) => purpose === 'restatement');
    const dropped = restating.slice(Math.max(0, left));
    left -= restating.length - dropped.length;
    return dropped.length === 0 ? planned : withoutRequests(planned, task, dropped, context);
  });
}

function withoutRequests(
  planned: ReadyTask,
  task: Task,
  dropped: readonly Request[],
  context: PlanContext,
): PlannedTask {
  const kept = planned.requests.filter((request) => !dropped.includes(request));
  const closed = normalize(dropped.flatMap(({ closes }) => closes));
  const exchange = context.calendar(task.symbol.instrument.calendar);
  const dates = new Set<LocalDate>(
    closed.flatMap(({ start, end }) =>
      exchange
        .sessions(exchange.dateAt(start), exchange.dateAt(end))
        .flatMap(({ date, open }) => (open < end ? [date] : [])),
    ),
  );
  const stillRequested = normalize(kept.flatMap(({ closes }) => closes));
  const gaps = planned.gaps.filter(({ window }) => stillRequested.some((other) => overlaps(window, other)));
  const absences = [...planned.absences, createAbsence(task, 'rescaled', [...dates])];
  const { tradedDates } = planned;
  return readyOrUpToDateTask(
    task,
    { gaps, requests: kept, absences, ...(tradedDates === undefined ? {} : { tradedDates }) },
    planned.reason,
  );
}
