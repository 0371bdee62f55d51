import type { TableVersions } from '../../core/tables/user-tables.js';
import { joinList } from '../../platform/format.js';
import type { CustomTask } from '../task-graph.js';
import type { UserTablesState, CustomStepRun } from '../../lake/api.js';
import type { CustomStep } from '../../config/pipeline/pipeline.js';
import type { PlanOptions } from '../plan-options.js';
import type { PlannedCustomStep, PlannedTask } from '../plan.js';

/** A lake without any table of one's own. */
export const emptyCustomStepState: UserTablesState = { tables: [], stepsDone: [], versions: {} };

/** The steps of the user's own, and what comes before them. */
export interface CustomStepsContext {
  readonly tasks: readonly CustomTask[];
  readonly plannedTasks: readonly Pick<PlannedTask, 'step' | 'status' | 'requests'>[];
  /** The name of the pipeline. */
  readonly pipeline: string;
  readonly options: Pick<PlanOptions, 'steps' | 'force'>;
}

/** Plans the steps of the user's own that are wanted. Pure. */
export function planCustomSteps(context: CustomStepsContext, stepState: UserTablesState): readonly PlannedCustomStep[] {
  const { tasks, options } = context;
  const plannedSteps: PlannedCustomStep[] = [];
  for (const task of tasks) {
    if (options.steps !== null && !options.steps.includes(task.step.name)) continue;
    const current = planCustomStep(task, context, stepState);
    plannedSteps.push(
      current.status === 'blocked' ? current : applyNeeds(current, task, context.plannedTasks, plannedSteps),
    );
  }
  return plannedSteps;
}

/** What a step of the user's own has to do, going by the lake alone. */
export function planCustomStep(
  { id, step }: CustomTask,
  { pipeline, options }: Pick<CustomStepsContext, 'pipeline' | 'options'>,
  stepState: UserTablesState,
): PlannedCustomStep {
  const dataset = getOutputTable(step);
  const toPlannedStep = (status: PlannedCustomStep['status'], reason: string): PlannedCustomStep => {
    return { id, step: step.name, uses: step.uses, dataset, status, reason };
  };
  const table = stepState.tables.find((one) => one.dataset === dataset);
  const lastOrigin = dataset === null ? findLastRun(pipeline, step, stepState) : (table?.origin ?? null);
  if (table !== undefined && lastOrigin?.pipeline !== pipeline) {
    const owner =
      lastOrigin === null ? 'some other program' : `step ${lastOrigin.step} of the pipeline ${lastOrigin.pipeline}`;
    return toPlannedStep(
      'blocked',
      `the table ${table.dataset} was made by ${owner}: choose another name with \`dataset\``,
    );
  }
  const runReason = findRunReason(step, lastOrigin, table?.isIntact ?? true, options.force, stepState.versions);
  return runReason === null ? toPlannedStep('up-to-date', 'up to date') : toPlannedStep('ready', runReason);
}

/** The table that a step makes; null for a command that makes none. */
export function getOutputTable(step: CustomStep): string | null {
  return step.uses === 'sql' ? step.dataset : (step.output?.dataset ?? null);
}

/** Whether a step will be done, or may be. */
export function needsRun({ status }: PlannedCustomStep): boolean {
  return status === 'ready' || status === 'deferred';
}

function findLastRun(pipeline: string, step: CustomStep, { stepsDone }: UserTablesState): CustomStepRun | null {
  return stepsDone.find((one) => one.pipeline === pipeline && one.step === step.name) ?? null;
}

/** Why it is to be done; null when it is done already. */
function findRunReason(
  step: CustomStep,
  origin: CustomStepRun | null,
  isComplete: boolean,
  force: boolean,
  versions: TableVersions,
): string | null {
  const [neverRun, definitionName] =
    step.uses === 'sql' ? ['never computed', 'the query'] : ['never run', 'the command'];
  if (force) return 'forced';
  if (origin === null) return neverRun;
  if (origin.definition !== step.definition) return `${definitionName} has changed`;
  if (!isComplete) return 'files of its table are gone';
  const changedInputs = Object.keys(origin.inputs).filter((input) => versions[input] !== origin.inputs[input]);
  return changedInputs.length === 0
    ? null
    : `${joinList(changedInputs)} ${changedInputs.length === 1 ? 'has' : 'have'} changed`;
}

function applyNeeds(
  current: PlannedCustomStep,
  { needs }: CustomTask,
  plannedTasks: CustomStepsContext['plannedTasks'],
  plannedSteps: readonly PlannedCustomStep[],
): PlannedCustomStep {
  const blocked = needs.find(
    (need) =>
      hasTask(plannedTasks, need, ({ status }) => status === 'blocked') || hasTask(plannedSteps, need, isBlocked),
  );
  if (blocked !== undefined) return { ...current, status: 'blocked', reason: `needs ${blocked}, which cannot be done` };
  const pending = needs.filter(
    (need) =>
      hasTask(plannedTasks, need, ({ status, requests }) => requests.length > 0 || status === 'deferred') ||
      hasTask(plannedSteps, need, ({ status }) => status !== 'up-to-date'),
  );
  if (pending.length === 0 || current.status === 'ready') return current;
  return { ...current, status: 'deferred', reason: `known after ${joinList(pending)}` };
}

function isBlocked({ status }: Pick<PlannedCustomStep, 'status'>): boolean {
  return status === 'blocked';
}

function hasTask<T extends { readonly step: string }>(
  tasks: readonly T[],
  step: string,
  test: (task: T) => boolean,
): boolean {
  return tasks.some((task) => task.step === step && test(task));
}
