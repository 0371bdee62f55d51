import type { Absence } from '../../core/absence.js';
import { describeAbsences } from '../../core/describe-absences.js';
import type { Request } from '../../core/request.js';
import type { LocalDate } from '../../core/time/time.js';
import type { BarSize } from '../../core/tables/bars.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Task } from '../task-graph.js';
import type { Step } from '../../config/pipeline/pipeline.js';
import { joinList } from '../../platform/format.js';
import type { OptionChoice } from './choose-options.js';
import type { NeedState } from './need-state.js';
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

type TaskNames = Pick<PlannedTask, 'id' | 'step' | 'symbol' | 'dataset'>;

function getNames(task: Task): TaskNames {
  return {
    id: task.id,
    step: task.step.name,
    symbol: task.symbol.instrument.symbol,
    dataset: getStepDataset(task.step),
  };
}

export function blockedTask(task: Task, reason: string): PlannedTask {
  return { ...getNames(task), status: 'blocked', absences: [], reason };
}

export function upToDateTask(task: Task, reason: string, absences: readonly Absence[] = []): PlannedTask {
  return { ...getNames(task), status: 'up-to-date', absences, reason };
}

/** Defers a task until the steps that `pending` names have ended. */
export function deferredTask(
  task: Task,
  estimatedRequests: number,
  pending: readonly NeedState[],
  absences: readonly Absence[] = [],
): PlannedTask {
  const reason = `known after ${joinList(pending.map(({ step }) => step.name))}`;
  return { ...getNames(task), status: 'deferred', estimatedRequests, absences, reason };
}

/** The reason of a task that wants nothing. */
export const noFinishedSession = 'no finished session in the requested range';

/** Data that a task misses, and the requests that fetch it. */
export interface MissingData {
  readonly gaps: readonly Gap[];
  readonly requests: readonly Request[];
  readonly absences?: readonly Absence[];
  readonly tradedDates?: ReadonlyMap<BarSize, ReadonlySet<LocalDate>>;
}

/** Ready when there is something to request; otherwise up to date, for `upToDateReason`. */
export function readyOrUpToDateTask(
  task: Task,
  { gaps, requests, absences = [], tradedDates }: MissingData,
  upToDateReason: string,
): PlannedTask {
  if (requests.length === 0)
    return upToDateTask(task, absences.length === 0 ? upToDateReason : describeAbsences(absences), absences);
  return {
    ...getNames(task),
    status: 'ready',
    gaps,
    requests,
    absences,
    ...(tradedDates === undefined || tradedDates.size === 0 ? {} : { tradedDates }),
    reason: summarizeReasons(gaps),
  };
}

/** The provider lists no options for the symbol, which is an answer and no failure. */
export function noOptionsTask(task: Task): PlannedTask {
  return upToDateTask(task, 'no options are listed');
}

/** The lake has nothing to choose the options from. */
export function noChoiceTask(task: Task, choice: OptionChoice): PlannedTask {
  const missingInput = choice.kind === 'no-price' ? 'price' : 'chain';
  return blockedTask(task, `no ${missingInput} of ${task.symbol.instrument.symbol} in the lake to choose strikes by`);
}
