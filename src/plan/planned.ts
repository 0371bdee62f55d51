import type { Request } from '../core/request.js';
import type { Dataset } from '../core/tables.js';
import type { Task } from '../graph/task-graph.js';
import type { Step } from '../pipeline/pipeline.js';
import type { Choice } from './choose-options.js';
import type { Gap, PlannedTask } from './plan.js';
import { summarizeReasons } from './reason.js';

/** The table that a step fills. */
export function datasetOf(step: Step): Dataset {
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
export function outcome(task: Task, more: Partial<PlannedTask> & Pick<PlannedTask, 'status' | 'reason'>): PlannedTask {
  return {
    id: task.id,
    step: task.step.name,
    symbol: task.symbol.instrument.symbol,
    dataset: datasetOf(task.step),
    requests: [],
    gaps: [],
    estimatedRequests: 0,
    refused: false,
    ...more,
  };
}

/** What a task lacks, and the requests that bring it. */
export interface Lacking {
  readonly gaps: readonly Gap[];
  readonly requests: readonly Request[];
  readonly refused?: boolean;
}

/** Ready when there is something to ask for; otherwise satisfied, and `held` says why. */
export function fromGaps(task: Task, { gaps, requests, refused = false }: Lacking, held: string): PlannedTask {
  if (requests.length > 0)
    return outcome(task, { status: 'ready', gaps, requests, refused, reason: summarizeReasons(gaps) });
  return outcome(task, { status: 'satisfied', refused, reason: refused ? 'refused before' : held });
}

/** Nothing can be chosen from an empty chain, and that is no fault. */
export function nothingListed(task: Task): PlannedTask {
  return outcome(task, { status: 'satisfied', reason: 'no options are listed' });
}

/** What is missing to choose options by. */
export function blockedBy(task: Task, choice: Choice): PlannedTask {
  const what = choice.kind === 'no-price' ? 'price' : 'chain';
  const reason = `the lake holds no ${what} of ${task.symbol.instrument.symbol} to choose strikes by`;
  return outcome(task, { status: 'blocked', reason });
}
