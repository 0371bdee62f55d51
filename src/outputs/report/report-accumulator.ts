import { describeRevision } from '../describe-event.js';
import type {
  Planned,
  QualityChecked,
  RequestOutcome,
  RunEvent,
  RunFinished,
  RunStarted,
  Stamped,
  TaskFinished,
  TaskStatus,
} from '../../core/events.js';
import type { Instant } from '../../core/time/time.js';
import { describeEvent } from '../describe-event.js';
import { createAbsenceCounters } from './absence-counters.js';
import {
  createActivityCounter,
  createBoundedList,
  createProblemGroups,
  createSlowestList,
  emptyTaskCounts,
} from './counters.js';
import type { MutableTaskCounts, TaskProblem } from './counters.js';
import { createProviderCounters } from './provider-counters.js';
import type { DamageReport, PlannedTotals, QualityReport, RunReport, TaskCounts } from './report.js';
import { createStepCounters } from './step-counters.js';
import { createTableCounters } from './table-counters.js';

/** Builds the report of a run from its events. Its memory does not grow with the number of tasks. */
export interface ReportAccumulator {
  add(event: RunEvent): void;
  /** The report so far; null before the run has started. */
  report(): RunReport | null;
}

/** Builds the report of a list of events; null if it does not contain the start of the run. */
export function buildReport(events: Iterable<RunEvent>): RunReport | null {
  const accumulator = createReportAccumulator();
  for (const event of events) accumulator.add(event);
  return accumulator.report();
}

export function createReportAccumulator(): ReportAccumulator {
  let started: Stamped<RunStarted> | null = null;
  let finished: Stamped<RunFinished> | null = null;
  let planned: PlannedTotals | null = null;
  let recovered: RunReport['recovered'] = null;
  let lastAt: Instant = 0;
  const requests = createRequestCounters();
  const steps = createStepCounters();
  const tables = createTableCounters();
  const providers = createProviderCounters();
  const tasks = createTaskLists();
  const absences = createAbsenceCounters();
  const damage = createBoundedList<DamageReport>(50);
  const warnings = createBoundedList<string>(50);
  const quality = createQualityCounters();

  const add = (event: RunEvent): void => {
    lastAt = Math.max(lastAt, event.at);
    for (const part of [requests, steps, tables, providers]) part.add(event);
    switch (event.type) {
      case 'run-started':
        started = event;
        return;
      case 'run-finished':
        finished = event;
        return;
      case 'planned':
        planned = toPlannedTotals(event);
        return;
      case 'task-finished':
        tasks.add(event);
        absences.add(event);
        return;
      case 'spool-recovered':
        recovered = { runs: event.runs, results: event.results, rows: event.rows, tornBytes: event.tornBytes };
        return;
      case 'corruption-detected':
        damage.add({ dataset: event.dataset, path: event.path, problem: event.problem });
        return;
      case 'sink-failed':
      case 'sink-delivered': {
        const { level, message } = describeEvent(event);
        if (level === 'warn') warnings.add(message);
        return;
      }
      case 'revision-detected':
        if (event.isMaterial) warnings.add(describeRevision(event));
        return;
      case 'quality-checked':
        quality.add(event);
        return;
      case 'warning':
        warnings.add(event.message);
        return;
      default:
        return;
    }
  };

  const report = (): RunReport | null => {
    if (started === null) return null;
    const stepReports = steps.value(lastAt);
    const endedAt = finished?.at ?? lastAt;
    const { activity, ...counts } = requests.value(endedAt);
    return {
      runId: started.runId,
      pipeline: started.pipeline,
      version: started.version,
      lake: started.lake,
      status: finished?.status ?? 'unfinished',
      reason: finished?.reason ?? null,
      startedAt: started.at,
      endedAt,
      durationMs: finished?.durationMs ?? lastAt - started.at,
      planned,
      tasks: stepReports.reduce((sum, step) => addCounts(sum, step.tasks), emptyTaskCounts()),
      ...counts,
      requests: finished?.requests ?? counts.requests,
      rows: finished?.rows ?? counts.rows,
      steps: stepReports,
      problems: tasks.problems(),
      absences: absences.absences(),
      empty: absences.empty(),
      budgets: providers.budgets(),
      tables: tables.value(),
      recovered,
      damage: damage.value(),
      breakers: providers.breakers(),
      quality: quality.value(),
      warnings: warnings.value(),
      slowest: tasks.slowest(),
      activity,
    };
  };

  return { add, report };
}

/** Counts requests, and responses over time. */
function createRequestCounters() {
  let requests = 0;
  let rows = 0;
  let retries = 0;
  let activity = createActivityCounter(0);
  const outcomes = new Map<RequestOutcome, number>();
  return {
    add(event: RunEvent): void {
      switch (event.type) {
        case 'run-started':
          activity = createActivityCounter(event.at);
          return;
        case 'request-sent':
          requests++;
          return;
        case 'request-retried':
          retries++;
          return;
        case 'request-completed':
          rows += event.rows;
          outcomes.set(event.outcome, (outcomes.get(event.outcome) ?? 0) + 1);
          activity.add(event.at);
          return;
        default:
          return;
      }
    },
    value: (end: Instant) => ({
      requests,
      rows,
      retries,
      outcomes: [...outcomes].map(([outcome, count]) => ({ outcome, count })).sort((a, b) => b.count - a.count),
      activity: activity.value(end),
    }),
  };
}

/** The results of quality rules: one entry for each rule, however often it was applied. */
function createQualityCounters() {
  const rules = new Map<string, QualityReport>();
  return {
    add({ dataset, rule, kind, severity, violations, quarantined, gaps, problem }: QualityChecked): void {
      const key = `${dataset}/${rule}`;
      const known = rules.get(key);
      rules.set(key, {
        rule,
        dataset,
        severity,
        // The age of symbols is that of the whole table each time.
        violations: kind === 'freshness' ? violations : (known?.violations ?? 0) + violations,
        quarantined: (known?.quarantined ?? 0) + quarantined,
        gaps: (known?.gaps ?? 0) + gaps,
        problem: problem ?? known?.problem ?? null,
      });
    },
    value: (): readonly QualityReport[] => [...rules.values()],
  };
}

/** Collects the slowest tasks and those with problems. */
function createTaskLists() {
  const problems = createProblemGroups();
  const slowest = createSlowestList(10);
  return {
    add({ status, step, symbol, durationMs, requests, rows, reason, hint }: Stamped<TaskFinished>): void {
      if (requests > 0) slowest.add({ step, symbol, durationMs, requests, rows });
      if (isProblem(status))
        problems.add({ status, step, symbol, reason: reason ?? 'no reason given', hint: hint ?? null });
    },
    problems: () => problems.value(),
    slowest: () => slowest.value(),
  };
}

function isProblem(status: TaskStatus): status is TaskProblem['status'] {
  return status === 'failed' || status === 'partial' || status === 'skipped' || status === 'cancelled';
}

function addCounts(sum: TaskCounts, counts: TaskCounts): MutableTaskCounts {
  return {
    ok: sum.ok + counts.ok,
    'up-to-date': sum['up-to-date'] + counts['up-to-date'],
    partial: sum.partial + counts.partial,
    failed: sum.failed + counts.failed,
    skipped: sum.skipped + counts.skipped,
    cancelled: sum.cancelled + counts.cancelled,
    open: sum.open + counts.open,
  };
}

function toPlannedTotals({ tasks, requests, windows, estimatedRequests, estimatedMs }: Planned): PlannedTotals {
  return { tasks, requests, windows, estimatedRequests, estimatedMs };
}
