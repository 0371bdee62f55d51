import type { Dataset } from '../../src/core/tables/tables.js';
import type { PlanOptions } from '../../src/plan/plan-options.js';
import type { FaultRunOptions } from './fault-lake.js';

/** States by step and symbol that differ from a run without faults; null where there is no state. */
export type StateChanges = Readonly<Record<string, string | null>>;

/** How the lake reaches the state of a run without the fault. */
export type Recovery =
  /** The lake is complete. */
  | { readonly kind: 'none' }
  /** The next run requests exactly what is missing. */
  | { readonly kind: 'next-run' }
  /** Denied windows are requested again only with --retry-denied. */
  | { readonly kind: 'retry-denied' }
  /** The source has answered (wrongly): only --force requests again. */
  | { readonly kind: 'force'; readonly options: Pick<PlanOptions, 'steps' | 'symbols'> };

/** One fault with everything that it must cause. */
export interface FaultCase extends FaultRunOptions {
  readonly name: string;
  readonly status: 'ok' | 'partial' | 'failed';
  readonly code: 0 | 3 | 4;
  /** `some` if it depends on the requests in flight. */
  readonly stateChanges: StateChanges | 'some';
  readonly recovery: Recovery;
  /** Whether the lake stores a definite answer of the source that contradicts its market. */
  readonly answerBelieved?: boolean;
  /** Whether rows of some options are missing: those that were rejected or got no response. */
  readonly optionsLeftOut?: boolean;
  /** The table whose rows differ from a run without faults and are not requested again. */
  readonly changedTable?: Dataset;
  /** Notices of the run. */
  readonly notices?: readonly string[];
  /** Longest delay that the provider requested, in milliseconds. */
  readonly maxRetryAfterMs?: number;
  /** Error of the run about the source as a whole. */
  readonly fatalMessage?: RegExp;
}

export const noChange: Pick<FaultCase, 'status' | 'code' | 'stateChanges' | 'recovery'> = {
  status: 'ok',
  code: 0,
  stateChanges: {},
  recovery: { kind: 'none' },
};

/** Some states are missing, depending on timing. */
export const incomplete: Pick<FaultCase, 'status' | 'code' | 'stateChanges' | 'recovery'> = {
  status: 'partial',
  code: 3,
  stateChanges: 'some',
  recovery: { kind: 'next-run' },
};
