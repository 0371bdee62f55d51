import type { LocalDate } from '../core/time/time.js';

/** Options that narrow or widen a plan; the same for `pipe plan` and `pipe run`. */
export interface PlanOptions {
  /** Only these symbols; null for all. */
  readonly symbols: readonly string[] | null;
  /** Only these steps; null for all. Their inputs must already be in the lake. */
  readonly steps: readonly string[] | null;
  /** First session, instead of the lookback of the steps. */
  readonly from: LocalDate | null;
  /** Sessions before this date. */
  readonly to: LocalDate | null;
  /** Only symbols of this priority or higher; 1 is the highest. */
  readonly priority: number | null;
  /** Only symbols of this priority or lower; absent for all. */
  readonly fromPriority?: number;
  /** Only windows whose last request failed. */
  readonly retryFailed: boolean;
  /** Also windows that were denied for lack of permission. */
  readonly retryDenied: boolean;
  /** Also windows that are known to have no rows. */
  readonly retryEmpty: boolean;
  /** Only windows whose rows were in the lake and are lost, whatever the lookback. */
  readonly missing: boolean;
  /** Only windows whose rows have the price scale of before a corporate action, whatever the lookback. */
  readonly restate: boolean;
  /** Refetches data that is in the lake. */
  readonly force: boolean;
}

export const defaultPlanOptions: PlanOptions = {
  symbols: null,
  steps: null,
  from: null,
  to: null,
  priority: null,
  retryFailed: false,
  retryDenied: false,
  retryEmpty: false,
  missing: false,
  restate: false,
  force: false,
};

/** Whether the options select symbols of a priority. */
export function selectsPriority({ priority, fromPriority }: PlanOptions, own: number): boolean {
  return (priority === null || own <= priority) && (fromPriority === undefined || own >= fromPriority);
}
