import type {
  Committed,
  Planned,
  RequestCompleted,
  RequestSent,
  RunEvent,
  RunFinished,
  RunStarted,
  RunStatus,
  Stamped,
  TaskFinished,
  TaskStarted,
} from '../../core/events.js';
import type { Instant } from '../../core/time/time.js';
import { createFacetFactory, producerUrn } from './facets.js';
import { buildRecoveryEvent, buildRunEvent, buildStepEvent } from './events.js';
import type { RunState } from './run-state.js';
import { recordCustomStep, endCustomSteps } from './custom-step-events.js';
import type { OpenLineageEvent } from './types.js';
import {
  countEndedTasks,
  recordCompleted,
  recordTaskEnd,
  recordSent,
  describeStepEnd,
  createStepProgress,
} from './step-progress.js';
import type { StepProgress } from './step-progress.js';

/**
 * Translates the events of one run to OpenLineage: one OpenLineage run for the pipeline and, below it, one for each step with
 * work; the end event of the pipeline names the steps without work. Each gets one START and one COMPLETE, FAIL or ABORT.
 */
export function createOpenLineageTranslator(): (event: RunEvent) => readonly OpenLineageEvent[] {
  let translate: Translate | null = null;
  return (event) => {
    if (event.type === 'run-started') translate = createRunTranslator(event);
    return translate === null ? [] : translate(event);
  };
}

type Translate = (event: RunEvent) => readonly OpenLineageEvent[];

function createRunTranslator(started: Stamped<RunStarted>): Translate {
  const run: RunState = {
    started,
    planned: null,
    steps: new Map(),
    written: new Map(),
    damaged: new Map(),
    quality: [],
    customSteps: new Map(),
    facet: createFacetFactory(producerUrn(started.version)),
  };
  const translateTask = createTaskTranslator(run);
  let isFinished = false;
  return (event) => {
    if (isFinished) return [];
    switch (event.type) {
      case 'corruption-detected':
        run.damaged.set(event.dataset, (run.damaged.get(event.dataset) ?? 0) + 1);
        return [];
      case 'quality-checked':
        run.quality.push(event);
        return [];
      case 'planned':
        return translatePlan(run, event);
      case 'task-started':
      case 'task-finished':
        return run.customSteps.has(event.step) ? recordCustomStep(run, event) : translateTask(event);
      case 'request-sent':
      case 'request-completed':
        return translateTask(event);
      case 'table-replaced':
        return recordCustomStep(run, event);
      case 'committed':
        recordCommit(run, event);
        return [...describeRecovery(run, event), ...endCompletedSteps(run, event.at)];
      case 'compacted': {
        const table = run.written.get(event.dataset);
        if (table !== undefined) table.version = event.version;
        return [];
      }
      case 'run-finished':
        isFinished = true;
        return translateRunEnd(run, event);
      default:
        return [];
    }
  };
}

function translatePlan(run: RunState, event: Stamped<Planned>): readonly OpenLineageEvent[] {
  const isFirst = run.planned === null;
  run.planned = event;
  for (const step of event.steps) if (!run.steps.has(step.step)) run.steps.set(step.step, createStepProgress(step));
  for (const plan of event.customSteps ?? [])
    if (!run.customSteps.has(plan.step))
      run.customSteps.set(plan.step, { plan, state: 'waiting', inputs: null, finished: null, replaced: null });
  return isFirst ? [buildRunEvent(run, 'START', run.started.at, null)] : [];
}

type TaskEvent = Stamped<TaskStarted> | Stamped<TaskFinished> | Stamped<RequestSent> | Stamped<RequestCompleted>;

/** Translates the events of tasks and their requests. */
function createTaskTranslator(run: RunState): (event: TaskEvent) => readonly OpenLineageEvent[] {
  const stepOfTask = new Map<string, StepProgress>();
  return (event) => {
    switch (event.type) {
      case 'task-started': {
        const step = run.steps.get(event.step);
        if (step !== undefined) stepOfTask.set(event.task, step);
        return event.requests === 0 ? [] : startStep(run, step, event.at);
      }
      case 'request-sent': {
        const step = stepOfTask.get(event.task);
        if (step === undefined) return [];
        const startEvents = startStep(run, step, event.at);
        recordSent(step, event.window);
        return startEvents;
      }
      case 'request-completed': {
        const step = stepOfTask.get(event.task);
        if (step !== undefined) recordCompleted(step, event);
        return [];
      }
      case 'task-finished': {
        const step = run.steps.get(event.step);
        stepOfTask.delete(event.task);
        if (step === undefined) return [];
        const startEvents = event.status === 'up-to-date' ? [] : startStep(run, step, event.at);
        recordTaskEnd(step, event);
        return [...startEvents, ...endCompletedSteps(run, event.at)];
      }
    }
  };
}

function startStep(run: RunState, step: StepProgress | undefined, at: Instant): readonly OpenLineageEvent[] {
  if (step?.state !== 'waiting') return [];
  step.state = 'started';
  return [buildStepEvent(run, step, 'START', at)];
}

/** Ends steps whose tasks have finished and whose results are committed, so that the end event can report the rows. */
function endCompletedSteps(run: RunState, at: Instant): readonly OpenLineageEvent[] {
  const completed = [...run.steps.values()].filter((step) => step.state === 'started' && isStepDone(run, step));
  for (const step of completed) step.state = 'ended';
  return completed.map((step) => buildStepEvent(run, step, describeStepEnd(step).type, at));
}

function isStepDone(run: RunState, step: StepProgress): boolean {
  if (countEndedTasks(step) < step.plan.tasks) return false;
  const { dataset } = step.plan;
  const completed = [...run.steps.values()].reduce(
    (sum, one) => sum + (one.plan.dataset === dataset ? one.completedRequests : 0),
    0,
  );
  return (run.written.get(dataset)?.committedRequests ?? 0) >= completed;
}

function recordCommit(run: RunState, { dataset, version, rows, files, bytes, requests }: Committed): void {
  const before = run.written.get(dataset) ?? { rows: 0, files: 0, bytes: 0, committedRequests: 0 };
  run.written.set(dataset, {
    version,
    rows: before.rows + rows,
    files: before.files + files,
    bytes: before.bytes + bytes,
    committedRequests: before.committedRequests + (run.planned === null ? 0 : requests),
  });
}

/** An event of a crashed run, with the table that this run has filled with its results. */
function describeRecovery(run: RunState, event: Stamped<Committed>): readonly OpenLineageEvent[] {
  return event.recoveredFrom === undefined ? [] : [buildRecoveryEvent(run, event, event.recoveredFrom)];
}

function translateRunEnd(run: RunState, event: Stamped<RunFinished>): readonly OpenLineageEvent[] {
  const unfinished = [...run.steps.values()].filter((step) => step.state === 'started');
  return [
    ...(run.planned === null ? [buildRunEvent(run, 'START', run.started.at, null)] : []),
    ...unfinished.map((step) => buildStepEvent(run, step, describeStepEnd(step).type, event.at)),
    ...endCustomSteps(run, event.at),
    buildRunEvent(run, runEndEventTypes[event.status], event.at, event),
  ];
}

/** A partial run is a FAIL: consumers that wait for COMPLETE would use incomplete data. */
const runEndEventTypes: Readonly<Record<RunStatus, 'COMPLETE' | 'FAIL' | 'ABORT'>> = {
  ok: 'COMPLETE',
  partial: 'FAIL',
  failed: 'FAIL',
  cancelled: 'ABORT',
};
