import type { TableVersions } from '../core/own-tables.js';
import { enumerated } from '../core/words.js';
import type { OwnTask } from '../graph/task-graph.js';
import type { OwnKnowledge, OwnOrigin } from '../lake/contract.js';
import type { OwnStep } from '../pipeline/pipeline.js';
import type { PlanOptions } from './options.js';
import type { PlannedOwn, PlannedTask } from './plan.js';

/** A lake without any table of one's own. */
export const noOwnKnowledge: OwnKnowledge = { tables: [], done: [], versions: {} };

/** The steps of the user's own, and what comes before them. */
export interface OwnPlanning {
  readonly tasks: readonly OwnTask[];
  readonly planned: readonly Pick<PlannedTask, 'step' | 'status' | 'requests'>[];
  /** The name of the pipeline. */
  readonly pipeline: string;
  readonly options: Pick<PlanOptions, 'steps' | 'force'>;
}

/** Plans the steps of the user's own that are wanted. Pure. */
export function planOwnSteps(planning: OwnPlanning, knowledge: OwnKnowledge): readonly PlannedOwn[] {
  const { tasks, options } = planning;
  const earlier: PlannedOwn[] = [];
  for (const task of tasks) {
    if (options.steps !== null && !options.steps.includes(task.step.name)) continue;
    const now = planOwnStep(task, planning, knowledge);
    earlier.push(now.status === 'blocked' ? now : afterNeeds(now, task, planning.planned, earlier));
  }
  return earlier;
}

/** What a step of the user's own has to do, going by the lake alone. */
export function planOwnStep(
  { id, step }: OwnTask,
  { pipeline, options }: Pick<OwnPlanning, 'pipeline' | 'options'>,
  knowledge: OwnKnowledge,
): PlannedOwn {
  const dataset = tableOf(step);
  const outcome = (status: PlannedOwn['status'], reason: string): PlannedOwn => {
    return { id, step: step.name, uses: step.uses, dataset, status, reason };
  };
  const table = knowledge.tables.find((one) => one.dataset === dataset);
  const origin = dataset === null ? doneBy(pipeline, step, knowledge) : (table?.origin ?? null);
  if (table !== undefined && origin?.pipeline !== pipeline) {
    const maker = origin === null ? 'some other program' : `step ${origin.step} of the pipeline ${origin.pipeline}`;
    return outcome('blocked', `the table ${table.dataset} was made by ${maker}: choose another name with \`dataset\``);
  }
  const why = reasonFor(step, origin, table?.whole ?? true, options.force, knowledge.versions);
  return why === null ? outcome('satisfied', 'up to date') : outcome('ready', why);
}

/** The table that a step makes; null for a command that makes none. */
export function tableOf(step: OwnStep): string | null {
  return step.uses === 'sql' ? step.dataset : (step.output?.dataset ?? null);
}

/** Whether a step will be done, or may be. */
export function isToDo({ status }: PlannedOwn): boolean {
  return status === 'ready' || status === 'deferred';
}

function doneBy(pipeline: string, step: OwnStep, { done }: OwnKnowledge): OwnOrigin | null {
  return done.find((one) => one.pipeline === pipeline && one.step === step.name) ?? null;
}

/** Why it is to be done; null when it is done already. */
function reasonFor(
  step: OwnStep,
  origin: OwnOrigin | null,
  isWhole: boolean,
  force: boolean,
  versions: TableVersions,
): string | null {
  const [never, changed] = step.uses === 'sql' ? ['never computed', 'the query'] : ['never run', 'the command'];
  if (force) return 'forced';
  if (origin === null) return never;
  if (origin.definition !== step.definition) return `${changed} has changed`;
  if (!isWhole) return 'files of its table are gone';
  const moved = Object.keys(origin.inputs).filter((input) => versions[input] !== origin.inputs[input]);
  return moved.length === 0 ? null : `${enumerated(moved)} ${moved.length === 1 ? 'has' : 'have'} changed`;
}

function afterNeeds(
  now: PlannedOwn,
  { needs }: OwnTask,
  planned: OwnPlanning['planned'],
  earlier: readonly PlannedOwn[],
): PlannedOwn {
  const blocked = needs.find(
    (need) => isAny(planned, need, ({ status }) => status === 'blocked') || isAny(earlier, need, isBlocked),
  );
  if (blocked !== undefined) return { ...now, status: 'blocked', reason: `needs ${blocked}, which cannot be done` };
  const coming = needs.filter(
    (need) =>
      isAny(planned, need, ({ status, requests }) => requests.length > 0 || status === 'deferred') ||
      isAny(earlier, need, ({ status }) => status !== 'satisfied'),
  );
  if (coming.length === 0 || now.status === 'ready') return now;
  return { ...now, status: 'deferred', reason: `known after ${enumerated(coming)}` };
}

function isBlocked({ status }: Pick<PlannedOwn, 'status'>): boolean {
  return status === 'blocked';
}

function isAny<T extends { readonly step: string }>(
  tasks: readonly T[],
  step: string,
  test: (task: T) => boolean,
): boolean {
  return tasks.some((task) => task.step === step && test(task));
}
