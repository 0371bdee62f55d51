import type { LakeSnapshot, UserTables, UserTablesState } from '../lake/api.js';
import type { PlannedCustomStep } from '../plan/plan.js';
import type { CustomTask } from '../plan/task-graph.js';
import { toError } from '../platform/error-message.js';
import { pluralize } from '../platform/format.js';
import type { TaskResult } from './execution.js';
import { cancelledStep, createStepRunner, failedStep } from './run-custom-step.js';
import type { CustomStepEnd, StepRunnerDeps } from './run-custom-step.js';
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
        return end === undefined ? [] : [end.then((stepEnd) => propagateEnd(need, stepEnd))];
      });
      const taskEnd = Promise.all(needs).then((propagated) =>
        executeTask(task, propagated, execution, runSequentially),
      );
      ends.set(task.step.name, taskEnd);
      const { status, reason, rows } = await taskEnd;
      const names = { id: task.id, step: task.step.name, symbol: null };
      return { ...names, status, requests: 0, rows, ...(reason === null ? {} : { reason }) };
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

async function executeTask(
  task: CustomTask,
  propagatedEnds: readonly (TaskEnd | null)[],
  execution: CustomStepsExecution,
  runSequentially: RunSequentially,
): Promise<CustomStepEnd> {
  const { clock, emit } = execution;
  const names = { task: task.id, step: task.step.name, symbol: null };
  const startedAt = clock.now();
  const end = await runIfNeeded(task, propagatedEnds, execution, runSequentially);
  const { status, rows, reason } = end;
  emit({
    ...{ type: 'task-finished', ...names, status, requests: 0, rows },
    durationMs: clock.now() - startedAt,
    ...(reason === null ? {} : { reason }),
    absences: [],
  });
  return end;
}

async function runIfNeeded(
  task: CustomTask,
  propagatedEnds: readonly (TaskEnd | null)[],
  execution: CustomStepsExecution,
  runSequentially: RunSequentially,
): Promise<CustomStepEnd> {
  const { emit, shutdown, tables } = execution;
  const { step } = task;
  if (shutdown.stopping.aborted) return cancelledStep;
  const propagated = [propagateTaskEnds(task, execution.results), ...propagatedEnds].find((end) => end !== null);
  if (propagated !== undefined) return { ...propagated, rows: 0 };
  const planned = execution.replan(task, await tables.readState());
  if (planned.status === 'blocked') return failedStep(planned.reason);
  if (planned.status === 'up-to-date') return { status: 'up-to-date', reason: null, rows: 0 };
  emit({ type: 'task-started', task: task.id, step: step.name, symbol: null, requests: 0 });
  const runner = createStepRunner(task.id, execution);
  return step.uses === 'sql'
    ? runSequentially(() => withSnapshot(tables, (snapshot) => runner.runQuery(step, snapshot)))
    : withSnapshot(tables, (snapshot) => runner.runCommand(step, snapshot));
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
  const more = others.length === 0 ? '' : `, and ${pluralize(others.length, 'more task')}`;
  const firstEnd = first.status === 'failed' ? 'failed' : 'was skipped';
  return { status: 'skipped', reason: `${first.id} ${firstEnd}${more}` };
}
