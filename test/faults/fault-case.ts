import type { Dataset } from '../../src/core/tables/tables.js';
import type { PlanOptions } from '../../src/plan/plan-options.js';
import type { FaultRunOptions } from './fault-lake.js';

/** What is known of steps and symbols other than in fair weather, as `Held` puts it; null where nothing is. */
export type StateChanges = Readonly<Record<string, string | null>>;

/** How the lake comes to what it would have been without the fault. */
export type Recovery =
  /** It is that already. */
  | { readonly kind: 'nothing is missing' }
  /** The next run asks for what is missing and for nothing else. */
  | { readonly kind: 'next run' }
  /** It was refused, and is only asked for again when somebody says so. */
  | { readonly kind: 'when told to retry what was denied' }
  /** The source has answered, if not with the truth: only force asks again. */
  | { readonly kind: 'when forced'; readonly options: Pick<PlanOptions, 'steps' | 'symbols'> };

/** One row of the table: what goes wrong, and everything that has to follow from it. */
export interface FaultCase extends FaultRunOptions {
  readonly name: string;
  readonly status: 'ok' | 'partial' | 'failed';
  readonly code: 0 | 3 | 4;
  /** `some` where it depends on what was under way at a moment. */
  readonly stateChanges: StateChanges | 'some';
  readonly recovery: Recovery;
  /** What the source has said in so many words is believed, even where its market is another. */
  readonly answerBelieved?: boolean;
  /** Fewer rows of options than in fair weather: those that were refused or silent, while others were not. */
  readonly optionsLeftOut?: boolean;
  /** The table whose rows are others than in fair weather, and are asked for again by nobody. */
  readonly changedTable?: Dataset;
  /** What the user is told of. */
  readonly notices?: readonly string[];
  /** The longest wait that the adapter asked for, in milliseconds. */
  readonly maxRetryAfterMs?: number;
  /** What the run says of the source as a whole. */
  readonly fatalMessage?: RegExp;
}

export const noChange: Pick<FaultCase, 'status' | 'code' | 'stateChanges' | 'recovery'> = {
  status: 'ok',
  code: 0,
  stateChanges: {},
  recovery: { kind: 'nothing is missing' },
};

/** Something is missing, and it depends on the moment what. */
export const incomplete: Pick<FaultCase, 'status' | 'code' | 'stateChanges' | 'recovery'> = {
  status: 'partial',
  code: 3,
  stateChanges: 'some',
  recovery: { kind: 'next run' },
};
