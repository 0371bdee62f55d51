import type { PlannedCustomStepSummary, PlannedStepSummary, RunEvent, TaskStatus } from '../../core/events.js';
import { assertNever } from '../../core/result.js';
import type { Instant } from '../../core/time/time.js';
import type {
  BreakerReport,
  BudgetReport,
  DamageReport,
  RequestOutcome,
  RunReport,
  StepReport,
  TableReport,
} from './report.js';
import {
  createActivityCounter,
  createBoundedList,
  emptyTaskCounts,
  createProblemGroups,
  createSlowestList,
} from './counters.js';
import type { MutableTaskCounts, TaskProblem } from './counters.js';

/** Sums up the events of one run as they come; what it holds does not grow with the number of tasks. */
export interface ReportAccumulator {
  add(event: RunEvent): void;
  /** The report so far; null before the run has begun. */
  report(): RunReport | null;
}

/** The report of events that are all there; null when the run's beginning is not among them. */
export function buildReport(events: Iterable<RunEvent>): RunReport | null {
  const accumulator = createReportAccumulator();
  for (const event of events) accumulator.add(event);
  return accumulator.report();
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What a report says of a step that was planned, whoever does it. */
type PlannedStepTotals = Pick<PlannedStepSummary, 'provider' | 'needs' | 'tasks' | 'requests' | 'estimatedRequests'> & {
  readonly dataset: string | null;
};

interface StepCounters {
  readonly step: string;
  planned: PlannedStepTotals | null;
  readonly tasks: MutableTaskCounts;
  requests: number;
  rows: number;
  start: Instant;
  end: Instant;
}

/** A task that has begun and not ended; its numbers count until its own account of them comes in. */
interface OpenTask {
  readonly step: StepCounters;
  readonly start: Instant;
  requests: number;
  rows: number;
}

export function createReportAccumulator(): ReportAccumulator {
  let started: Extract<RunEvent, { type: 'run-started' }> | null = null;
  let finished: Extract<RunEvent, { type: 'run-finished' }> | null = null;
  let planned: Extract<RunEvent, { type: 'planned' }> | null = null;
  let recovered: RunReport['recovered'] = null;
  let lastAt: Instant = 0;
  let requests = 0;
  let rows = 0;
  let retries = 0;
  let activity = createActivityCounter(0);
  const steps = new Map<string, StepCounters>();
  const open = new Map<string, OpenTask>();
  const outcomes = new Map<RequestOutcome, number>();
  const budgets = new Map<string, Mutable<BudgetReport>>();
  const tables = new Map<string, Mutable<TableReport>>();
  const breakers = new Map<string, Mutable<BreakerReport>>();
  const problems = createProblemGroups();
  const damage = createBoundedList<DamageReport>(50);
  const warnings = createBoundedList<string>(50);
  const slowest = createSlowestList(10);

  function getStep(step: string): StepCounters {
    let tally = steps.get(step);
    if (tally === undefined) {
      tally = { step, planned: null, tasks: emptyTaskCounts(), requests: 0, rows: 0, start: Infinity, end: -Infinity };
      steps.set(step, tally);
    }
    return tally;
  }

  function getTable(dataset: string): Mutable<TableReport> {
    let table = tables.get(dataset);
    if (table === undefined) {
      table = {
        dataset,
        commits: 0,
        version: -1,
        rows: 0,
        files: 0,
        bytes: 0,
        durationMs: 0,
        merged: null,
        removed: null,
      };
      tables.set(dataset, table);
    }
    return table;
  }

  function finishTask(event: Extract<RunEvent, { type: 'task-finished' }>): void {
    const step = getStep(event.step);
    const openTask = open.get(event.task);
    open.delete(event.task);
    step.tasks[event.status]++;
    step.requests += event.requests;
    step.rows += event.rows;
    if (event.status !== 'skipped') {
      step.start = Math.min(step.start, openTask?.start ?? event.at - event.durationMs);
      step.end = Math.max(step.end, event.at);
    }
    if (event.requests > 0) {
      slowest.add({
        step: event.step,
        symbol: event.symbol,
        durationMs: event.durationMs,
        requests: event.requests,
        rows: event.rows,
      });
    }
    if (isProblem(event.status)) {
      problems.add({
        status: event.status,
        step: event.step,
        symbol: event.symbol,
        reason: event.reason ?? 'no reason was given',
        hint: event.hint ?? null,
      });
    }
  }

  function add(event: RunEvent): void {
    lastAt = Math.max(lastAt, event.at);
    switch (event.type) {
      case 'run-started':
        started = event;
        activity = createActivityCounter(event.at);
        return;
      case 'recovered':
        recovered = { runs: event.runs, results: event.results, rows: event.rows, tornBytes: event.tornBytes };
        return;
      case 'corruption-detected':
        damage.add({ dataset: event.dataset, path: event.path, problem: event.problem });
        return;
      case 'planned':
        planned = event;
        for (const step of event.steps) getStep(step.step).planned = step;
        for (const customStep of event.customSteps ?? [])
          getStep(customStep.step).planned = toPlannedTotals(customStep);
        return;
      case 'task-started': {
        const step = getStep(event.step);
        step.start = Math.min(step.start, event.at);
        open.set(event.task, { step, start: event.at, requests: 0, rows: 0 });
        return;
      }
      case 'task-finished':
        finishTask(event);
        return;
      case 'rate-limited': {
        const key = JSON.stringify([event.provider, event.budget]);
        const budget = budgets.get(key) ?? {
          provider: event.provider,
          budget: event.budget,
          waits: 0,
          waitedMs: 0,
          maxWaitMs: 0,
        };
        budget.waits++;
        budget.waitedMs += event.waitedMs;
        budget.maxWaitMs = Math.max(budget.maxWaitMs, event.waitedMs);
        budgets.set(key, budget);
        return;
      }
      case 'request-sent': {
        requests++;
        const task = open.get(event.task);
        if (task !== undefined) task.requests++;
        return;
      }
      case 'request-retried':
        retries++;
        return;
      case 'request-completed': {
        rows += event.rows;
        outcomes.set(event.outcome, (outcomes.get(event.outcome) ?? 0) + 1);
        activity.add(event.at);
        const task = open.get(event.task);
        if (task !== undefined) task.rows += event.rows;
        return;
      }
      case 'breaker-changed': {
        const { provider, symbol = null, state } = event;
        const key = `${provider}\n${symbol ?? ''}`;
        const breaker = breakers.get(key) ?? { provider, symbol, opened: 0, state };
        breaker.state = state;
        if (state === 'open' && event.carriedOver !== true) breaker.opened++;
        breakers.set(key, breaker);
        return;
      }
      case 'replaced':
      case 'committed': {
        const table = getTable(event.dataset);
        table.commits++;
        table.version = Math.max(table.version, event.version);
        table.rows += event.rows;
        table.files += event.files;
        table.bytes += event.bytes;
        table.durationMs += event.durationMs;
        return;
      }
      case 'compacted': {
        const table = getTable(event.dataset);
        table.version = Math.max(table.version, event.version);
        table.merged = {
          before: (table.merged?.before ?? 0) + event.filesBefore,
          after: (table.merged?.after ?? 0) + event.filesAfter,
        };
        return;
      }
      case 'vacuumed': {
        const table = getTable(event.dataset);
        table.removed = {
          files: (table.removed?.files ?? 0) + event.files,
          bytes: (table.removed?.bytes ?? 0) + event.bytes,
        };
        return;
      }
      case 'warning':
        warnings.add(event.message);
        return;
      case 'run-finished':
        finished = event;
        return;
      default:
        assertNever(event);
    }
  }

  function buildStepReports(): readonly StepReport[] {
    const reports = new Map<StepCounters, Mutable<StepReport> & { tasks: MutableTaskCounts }>();
    for (const tally of steps.values()) {
      const { planned: plan, tasks } = tally;
      const ended = tasks.ok + tasks.satisfied + tasks.partial + tasks.failed + tasks.skipped + tasks.interrupted;
      reports.set(tally, {
        step: tally.step,
        dataset: plan?.dataset ?? null,
        provider: plan?.provider ?? null,
        needs: plan?.needs ?? [],
        planned:
          plan === null
            ? null
            : { tasks: plan.tasks, requests: plan.requests, estimatedRequests: plan.estimatedRequests },
        tasks: { ...tasks, open: Math.max(0, (plan?.tasks ?? 0) - ended) },
        requests: tally.requests,
        rows: tally.rows,
        span: Number.isFinite(tally.start) ? { start: tally.start, end: Math.max(tally.end, tally.start) } : null,
      });
    }
    for (const task of open.values()) {
      const report = reports.get(task.step);
      if (report === undefined) continue;
      report.requests += task.requests;
      report.rows += task.rows;
      if (report.span !== null) report.span = { start: report.span.start, end: lastAt };
      if (task.step.planned === null) report.tasks.open++;
    }
    return [...reports.values()];
  }

  return {
    add,
    report() {
      if (started === null) return null;
      const stepsNow = buildStepReports();
      return {
        runId: started.runId,
        pipeline: started.pipeline,
        version: started.version,
        lake: started.lake,
        status: finished?.status ?? 'unfinished',
        reason: finished?.reason ?? null,
        startedAt: started.at,
        endedAt: finished?.at ?? lastAt,
        durationMs: finished?.durationMs ?? lastAt - started.at,
        planned:
          planned === null
            ? null
            : {
                tasks: planned.tasks,
                requests: planned.requests,
                windows: planned.windows,
                estimatedRequests: planned.estimatedRequests,
                estimatedMs: planned.estimatedMs,
              },
        tasks: stepsNow.reduce((sum, step) => addCounts(sum, step.tasks), emptyTaskCounts()),
        requests: finished?.requests ?? requests,
        rows: finished?.rows ?? rows,
        retries,
        outcomes: [...outcomes].map(([outcome, count]) => ({ outcome, count })).sort((a, b) => b.count - a.count),
        steps: stepsNow,
        problems: problems.value(),
        budgets: [...budgets.values()].map((budget) => ({ ...budget })).sort((a, b) => b.waitedMs - a.waitedMs),
        tables: [...tables.values()].map((table) => ({ ...table })),
        recovered,
        damage: damage.value(),
        breakers: [...breakers.values()].map((breaker) => ({ ...breaker })),
        warnings: warnings.value(),
        slowest: slowest.value(),
        activity: activity.value(finished?.at ?? lastAt),
      };
    },
  };
}

function isProblem(status: TaskStatus): status is TaskProblem['status'] {
  return status === 'failed' || status === 'partial' || status === 'skipped' || status === 'interrupted';
}

function addCounts(sum: MutableTaskCounts, counts: StepReport['tasks']): MutableTaskCounts {
  return {
    ok: sum.ok + counts.ok,
    satisfied: sum.satisfied + counts.satisfied,
    partial: sum.partial + counts.partial,
    failed: sum.failed + counts.failed,
    skipped: sum.skipped + counts.skipped,
    interrupted: sum.interrupted + counts.interrupted,
    open: sum.open + counts.open,
  };
}

function toPlannedTotals({ dataset, needs }: PlannedCustomStepSummary): PlannedStepTotals {
  return { dataset, needs, provider: 'pipe', tasks: 1, requests: 0, estimatedRequests: 0 };
}
