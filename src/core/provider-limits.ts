import type { BarSize } from './tables/bars.js';
import type { Budget } from './budget.js';
import type { ProviderName } from './series.js';
import type { Duration } from './time/time.js';

/** What planning has to know of a source, as data: planning never talks to it. */
export interface ProviderLimits {
  readonly name: ProviderName;
  /** The longest window one request may ask for, first instant to last, per bar size. */
  readonly maxWindow: Readonly<Record<BarSize, Duration>>;
  /** How many options one snapshot may ask for. */
  readonly maxSnapshotContracts: number;
  /** How fast it may be asked when the pipeline says nothing else. */
  readonly budgets: readonly Budget[];
  /** How many requests may be under way at once. */
  readonly maxConcurrency: number;
  /** What one answer takes, as a rule: for the plan's estimate. */
  readonly typicalLatency: Duration;
  /** How long after a session's close its bars may still be revised by the source. */
  readonly revisionWindow: Duration;
}
