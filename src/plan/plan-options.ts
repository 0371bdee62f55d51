import type { LocalDate } from '../core/time/time.js';

/** What narrows or widens a plan; the same for `pipe plan` and `pipe run`. */
export interface PlanOptions {
  /** Only these symbols; null for all. */
  readonly symbols: readonly string[] | null;
  /** Only these steps; null for all. What they need must then be in the lake already. */
  readonly steps: readonly string[] | null;
  /** Sessions from this date on, instead of the steps' look-back. */
  readonly from: LocalDate | null;
  /** Sessions before this date. */
  readonly to: LocalDate | null;
  /** Only symbols of this priority or more urgent (1 is the most urgent). */
  readonly priority: number | null;
  /** Only windows that were asked for and failed. */
  readonly retryFailed: boolean;
  /** Also windows for which permission was refused. */
  readonly retryDenied: boolean;
  /** Everything wanted, whatever the lake holds. */
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
  force: false,
};
