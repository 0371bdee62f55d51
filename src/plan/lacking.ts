import { groupAbsences } from '../core/describe-absences.js';
import type { AbsenceGroup } from '../core/describe-absences.js';
import { isLacking } from '../core/absence.js';
import { tables } from '../core/tables/tables.js';
import type { Plan, PlannedTask } from './plan.js';
import { noFinishedSession } from './tasks/planned-task.js';
import { needsRun } from './tasks/plan-custom-steps.js';

/** Groups the symbols whose tasks lack something that the plan does not request, or cannot run. */
export function listLacking(
  tasks: readonly Pick<PlannedTask, 'symbol' | 'status' | 'absences'>[],
): readonly AbsenceGroup[] {
  return groupAbsences(
    tasks.map(({ symbol, status, absences }) => ({ symbol, absences, isBlocked: status === 'blocked' })),
  );
}

/** Returns true if a run of the plan sends requests or runs custom steps. */
export function hasWork({ requests, estimatedRequests, customSteps }: Plan): boolean {
  return requests > 0 || estimatedRequests > 0 || customSteps.some(needsRun);
}

/** Returns true if every task of sessions wants none: an up-to-date plan then says nothing about the lake. */
export function wantsNoSession({ tasks }: Pick<Plan, 'tasks'>): boolean {
  const ofSessions = tasks.filter(({ dataset }) => tables[dataset].kind === 'span');
  return ofSessions.length > 0 && ofSessions.every(({ reason }) => reason === noFinishedSession);
}

/** Returns true if the lake holds everything that the plan wants, apart from what the user accepts. */
export function isComplete(plan: Plan): boolean {
  const isBlocked = ({ status }: Pick<PlannedTask, 'status'>): boolean => status === 'blocked';
  return (
    !hasWork(plan) &&
    !plan.tasks.some((task) => isBlocked(task) || isLacking(task.absences)) &&
    !plan.customSteps.some((step) => isBlocked(step) || step.partialInputs !== undefined || step.hasRejected === true)
  );
}
