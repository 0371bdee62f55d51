import type { ImportStep } from '../config/pipeline/pipeline.js';
import type { TableVersions } from '../core/tables/user-tables.js';
import type { LakeSnapshot, UserTables, UserTablesState } from '../lake/api.js';
import type { PlannedCustomStep } from '../plan/plan.js';
import type { CustomTask, TaskId } from '../plan/task-graph.js';
import { toError } from '../platform/error-message.js';
import { pluralize } from '../platform/format.js';
import type { TaskResult } from './execution.js';
import { cancelledStep, createStepRunner, failedStep } from './run-custom-step.js';
import type { CustomStepEnd, StepRunner, StepRunnerDeps } from './run-custom-step.js';
import { cancelledEnd, propagateEnd } from './task-state.js';
import type { TaskEnd } from './task-state.js';

/** Dependencies of the custom steps of a run. */
export interface CustomStepsExecution extends StepRunnerDeps {
  readonly tasks: readonly CustomTask[];
  readonly plannedSteps: readonly PlannedCustomStep[];
  /** Plans a step again after the steps that it needs have ended. */
  readonly replan: (task: CustomTask, stepState: UserTablesState) => PlannedCustomStep;
  /** Results of the tasks of the other steps. */
  readonly results: readonly TaskResult[];
  readonly tables: UserTables;
  /** Imports the files of a step. */
  readonly importFiles: (task: TaskId, step: ImportStep) => Promise<CustomStepEnd>;
}

type RunSequentially = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Executes the planned custom steps, each after the custom steps that it needs. The rows that they read have to be
 * committed before. Rejects only when the lake's disk fails, and not before all steps have ended.
 */
export async function executeCustomSteps(execution: CustomStepsExecution): Promise<readonly TaskResult[]> {
  const { tasks, plannedSteps } = execution;
  const ends = new Map<string, Promise<CustomStepEnd>>();
  const runSequentially = createSequence();
  const results = tasks
    .filter(({ id }) => plannedSteps.some((planned) => planned.id === id))
    .map(async (task): Promise<TaskResult> => {
      const needs = task.needs.flatMap((need) => {
        const end = ends.get(need);
        return end === undefined ? [] : [end.then((stepEnd) => ({ id: need, end: stepEnd }))];
      });
      const taskEnd = Promise.all(needs).then((ended) => executeTask(task, ended, execution, runSequentially));
      ends.set(task.step.name, taskEnd);
      const { status, reason, rows } = await taskEnd;
      const names = { id: task.id, step: task.step.name, symbol: null };
      return { ...names, status, requests: 0, rows, absences: [], ...(reason === null ? {} : { reason }) };
    });
  const outcomes = await Promise.allSettled(results);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw toError(outcome.reason);
    return outcome.value;
  });
}

/** Runs statements one after the other: each may use all the memory that queries may use. */
function createSequence(): RunSequentially {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const current = last.then(work);
    last = current.catch(() => undefined);
    return current;
  };
}

/** The end of a custom step that another one needs. */
interface NeededEnd {
  readonly id: TaskId;
  readonly end: CustomStepEnd;
}

async function executeTask(
  task: CustomTask,
  needed: readonly NeededEnd[],
  execution: CustomStepsExecution,
  runSequentially: RunSequentially,
): Promise<CustomStepEnd> {
  const { clock, emit } = execution;
  const names = { task: task.id, step: task.step.name, symbol: null };
  const startedAt = clock.now();
  const end = markPartial(await runIfNeeded(task, needed, execution, runSequentially), task, needed, execution);
  const { status, rows, reason } = end;
  emit({
    ...{ type: 'task-finished', ...names, status, requests: 0, rows },
    durationMs: clock.now() - startedAt,
    ...(reason === null ? {} : { reason }),
    absences: [],
  });
  return end;
}

/** A table that was computed from incomplete inputs is incomplete. */
function markPartial(
  end: CustomStepEnd,
  { id: task, needs }: CustomTask,
  needed: readonly NeededEnd[],
  { results, plannedSteps }: CustomStepsExecution,
): CustomStepEnd {
  if (end.status !== 'ok' && end.status !== 'up-to-date') return end;
  const [first, ...others] = [
    ...results.filter(({ step, status }) => needs.includes(step) && status === 'partial').map(({ id }) => id),
    ...needed.filter((need) => need.end.status === 'partial').map(({ id }) => id),
    ...(plannedSteps.find(({ id }) => id === task)?.partialInputs ?? []),
  ];
  if (first === undefined) return end;
  return { ...end, status: 'partial', reason: `its input ${first} is partial${formatMore(others.length)}` };
}

async function runIfNeeded(
  task: CustomTask,
  needed: readonly NeededEnd[],
  execution: CustomStepsExecution,
  runSequentially: RunSequentially,
): Promise<CustomStepEnd> {
  const { emit, shutdown, tables } = execution;
  const { step } = task;
  if (shutdown.stopping.aborted) return cancelledStep;
  const propagatedEnds = needed.map(({ id, end }) => propagateEnd(id, end));
  const propagated = [propagateTaskEnds(task, execution.results), ...propagatedEnds].find((end) => end !== null);
  if (propagated !== undefined) return { ...propagated, rows: 0 };
  if (step.uses === 'import') return runImport(task, step, execution, runSequentially);
  const planned = execution.replan(task, await tables.readState());
  if (planned.status === 'blocked') return failedStep(planned.reason);
  if (planned.status === 'up-to-date') return { status: 'up-to-date', reason: null, rows: 0 };
  const start = (inputs: TableVersions): StepRunner => {
    emit({ type: 'task-started', task: task.id, step: step.name, symbol: null, requests: 0, inputs });
    return createStepRunner(task.id, execution);
  };
  return step.uses === 'sql'
    ? runSequentially(() =>
        withSnapshot(tables, async (snapshot) =>
          start(await snapshot.findInputs(step.query.text, shutdown.stopped)).runQuery(step, snapshot),
        ),
      )
    : withSnapshot(tables, async (snapshot) =>
        start(await snapshot.readVersions(step.inputTables)).runCommand(step, snapshot),
      );
}

/** Imports one step after the other: each compares its files with what the one before has stored. */
async function runImport(
  task: CustomTask,
  step: ImportStep,
  { emit, importFiles, plannedSteps }: CustomStepsExecution,
  runSequentially: RunSequentially,
): Promise<CustomStepEnd> {
  const planned = plannedSteps.find(({ id }) => id === task.id);
  if (planned?.status === 'blocked') return failedStep(planned.reason);
  if (planned?.status !== 'up-to-date')
    emit({ type: 'task-started', task: task.id, step: step.name, symbol: null, requests: 0 });
  return runSequentially(() => importFiles(task.id, step));
}

async function withSnapshot<T>(tables: UserTables, action: (snapshot: LakeSnapshot) => Promise<T>): Promise<T> {
  const snapshot = await tables.openSnapshot();
  try {
    return await action(snapshot);
  } finally {
    await snapshot.close();
  }
}

/** A custom step reads whole tables: it does not run when the tasks of some symbols failed. */
function propagateTaskEnds({ needs }: CustomTask, results: readonly TaskResult[]): TaskEnd | null {
  const needed = results.filter(({ step }) => needs.includes(step));
  if (needed.some(({ status }) => status === 'cancelled')) return cancelledEnd;
  const [first, ...others] = needed.filter(({ status }) => status === 'failed' || status === 'skipped');
  if (first === undefined) return null;
  const firstEnd = first.status === 'failed' ? 'failed' : 'was skipped';
  return { status: 'skipped', reason: `${first.id} ${firstEnd}${formatMore(others.length)}` };
}

function formatMore(count: number): string {
  return count === 0 ? '' : `, and ${pluralize(count, 'more task')}`;
}
