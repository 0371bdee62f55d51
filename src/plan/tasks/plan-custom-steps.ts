import type { TableVersions } from '../../core/tables/user-tables.js';
import { joinList } from '../../platform/format.js';
import type { CustomTask } from '../task-graph.js';
import type { UserTablesState, CustomStepRun } from '../../lake/api.js';
import type { CustomStep, ExecStep, SqlStep } from '../../config/pipeline/pipeline.js';
import type { ExaminedFiles } from '../../imports/examine-files.js';
import type { PlanOptions } from '../plan-options.js';
import type { PlannedCustomStep, PlannedTask } from '../plan.js';
import { planImport } from './plan-import.js';

/** State of a lake without user tables. */
export const emptyCustomStepState: UserTablesState = { tables: [], stepsDone: [], versions: {} };

/** The custom steps and the plan of the steps before them. */
export interface CustomStepsContext {
  readonly tasks: readonly CustomTask[];
  readonly plannedTasks: readonly Pick<PlannedTask, 'step' | 'status'>[];
  /** The name of the pipeline. */
  readonly pipeline: string;
  readonly options: Pick<PlanOptions, 'steps' | 'force'>;
  /** The files of import steps, by step. */
  readonly imports: ReadonlyMap<string, ExaminedFiles>;
}

/** Plans the selected custom steps. Pure. */
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

/** Plans a custom step from the state of the lake, without regard to the steps that it needs. */
export function planCustomStep(
  { id, step }: CustomTask,
  { pipeline, options, imports }: Pick<CustomStepsContext, 'pipeline' | 'options' | 'imports'>,
  stepState: UserTablesState,
): PlannedCustomStep {
  if (step.uses === 'import')
    return planImport(id, step, imports.get(step.name) ?? { files: [], unmatched: [], outside: [] });
  const dataset = getOutputTable(step);
  const toPlannedStep = (status: PlannedCustomStep['status'], reason: string): PlannedCustomStep => {
    return { id, step: step.name, uses: step.uses, dataset, status, reason };
  };
  const table = stepState.tables.find((one) => one.dataset === dataset);
  const lastOrigin = dataset === null ? findLastRun(pipeline, step, stepState) : (table?.origin ?? null);
  if (table !== undefined && lastOrigin?.pipeline !== pipeline) {
    const owner =
      lastOrigin === null ? 'another program' : `step ${lastOrigin.step} of the pipeline ${lastOrigin.pipeline}`;
    return toPlannedStep(
      'blocked',
      `the table ${table.dataset} belongs to ${owner}: choose another name with \`dataset\``,
    );
  }
  const runReason = findRunReason(step, lastOrigin, table?.isIntact ?? true, options.force, stepState.versions);
  if (runReason !== null && table !== undefined && table.refusal !== null)
    return toPlannedStep('blocked', `the table ${table.dataset} cannot be written: ${table.refusal}`);
  return runReason === null ? toPlannedStep('up-to-date', 'up to date') : toPlannedStep('ready', runReason);
}

/** Returns the table that a step writes; null for a command that writes none. */
export function getOutputTable(step: CustomStep): string | null {
  return step.uses === 'exec' ? (step.output?.dataset ?? null) : step.dataset;
}

/** Returns true when a step will or may run. */
export function needsRun({ status }: PlannedCustomStep): boolean {
  return status === 'ready' || status === 'deferred';
}

function findLastRun(pipeline: string, step: SqlStep | ExecStep, { stepsDone }: UserTablesState): CustomStepRun | null {
  return stepsDone.find((one) => one.pipeline === pipeline && one.step === step.name) ?? null;
}

/** Returns why the step has to run; null when it is up to date. */
function findRunReason(
  step: SqlStep | ExecStep,
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
  if (!isComplete) return 'files of its table are missing';
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
  if (blocked !== undefined) return { ...current, status: 'blocked', reason: `needs ${blocked}, which cannot run` };
  const pending = needs.filter(
    (need) =>
      hasTask(plannedTasks, need, ({ status }) => status === 'ready' || status === 'deferred') ||
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
