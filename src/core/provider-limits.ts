import type { BarSize } from './tables/bars.js';
import type { Budget } from './budget.js';
import type { BatchRule } from './batch-rule.js';
import type { EmptyConfirmation } from './empty-confirmation.js';
import type { ProviderName } from './series.js';
import type { Dataset } from './tables/tables.js';
import type { Duration } from './time/time.js';

/** Limits of a provider, as data: planning never calls the provider. */
export interface ProviderLimits {
  readonly name: ProviderName;
  /** The maximum window of one request, per bar size. */
  readonly maxWindow: Readonly<Record<BarSize, Duration>>;
  /** The maximum number of options in one snapshot. */
  readonly maxSnapshotContracts: number;
  /** The requests that share calls; none if absent. */
  readonly batch?: BatchRule;
  /** The budgets that apply unless the pipeline overrides them. */
  readonly budgets: readonly Budget[];
  /** The maximum number of requests in flight. */
  readonly maxConcurrency: number;
  /** The typical duration of one request; the plan's estimate uses it. */
  readonly typicalLatency: Duration;
  /** The same for tables whose requests take another time. */
  readonly latencies?: Readonly<Partial<Record<Dataset, Duration>>>;
  /** The interval between the instruments of quotes and snapshots, which are sent one after the other; none if absent. */
  readonly instrumentSpacing?: Duration;
  /** The typical time to connect and to load what every request needs; 0 if absent. */
  readonly openingTime?: Duration;
  /** The time after a session's close during which the provider may revise its bars. */
  readonly revisionWindow: Duration;
  /** When answers without rows count; absent if the first one does. */
  readonly confirmEmpty?: EmptyConfirmation;
}
