import type { Request } from '../../core/request.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Task } from '../task-graph.js';
import type { Step } from '../../config/pipeline/pipeline.js';
import type { OptionChoice } from './choose-options.js';
import type { Gap, PlannedTask } from '../plan.js';
import { summarizeReasons } from '../describe-reason.js';

/** The table that a step fills. */
export function getStepDataset(step: Step): Dataset {
  switch (step.uses) {
    case 'contracts':
      return 'contracts';
    case 'chains':
      return 'chains';
    case 'equity':
      return 'equity_bars';
    case 'options':
      return 'option_bars';
    case 'history':
      return 'history_starts';
    case 'quotes':
      return 'quotes';
    case 'snapshots':
      return 'option_snapshots';
    case 'overview':
      return 'overviews';
  }
}

/** What a plan says about a task that asks for nothing, unless told more. */
export function plannedTask(
  task: Task,
  fields: Partial<PlannedTask> & Pick<PlannedTask, 'status' | 'reason'>,
): PlannedTask {
  return {
    id: task.id,
    step: task.step.name,
    symbol: task.symbol.instrument.symbol,
    dataset: getStepDataset(task.step),
    requests: [],
    gaps: [],
    estimatedRequests: 0,
    hasDeniedWindows: false,
    ...fields,
  };
}

/** What a task lacks, and the requests that bring it. */
export interface MissingData {
  readonly gaps: readonly Gap[];
  readonly requests: readonly Request[];
  readonly hasDeniedWindows?: boolean;
}

/** Ready when there is something to ask for; otherwise satisfied, and `held` says why. */
export function readyOrUpToDateTask(
  task: Task,
  { gaps, requests, hasDeniedWindows = false }: MissingData,
  upToDateReason: string,
): PlannedTask {
  if (requests.length > 0)
    return plannedTask(task, { status: 'ready', gaps, requests, hasDeniedWindows, reason: summarizeReasons(gaps) });
  return plannedTask(task, {
    status: 'up-to-date',
    hasDeniedWindows,
    reason: hasDeniedWindows ? 'refused before' : upToDateReason,
  });
}

/** Nothing can be chosen from an empty chain, and that is no fault. */
export function noOptionsTask(task: Task): PlannedTask {
  return plannedTask(task, { status: 'up-to-date', reason: 'no options are listed' });
}

/** What is missing to choose options by. */
export function blockedTask(task: Task, choice: OptionChoice): PlannedTask {
  const missingInput = choice.kind === 'no-price' ? 'price' : 'chain';
  const reason = `the lake holds no ${missingInput} of ${task.symbol.instrument.symbol} to choose strikes by`;
  return plannedTask(task, { status: 'blocked', reason });
}
