import type { Calendar } from '../core/time/calendar.js';
import type { SeriesCoverage } from '../core/coverage.js';
import type { ProviderLimits } from '../core/provider-limits.js';
import type { Instrument, OptionContract, ProviderName, SeriesName } from '../core/series.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Instant } from '../core/time/time.js';
import type { ExaminedFiles } from '../imports/examine-files.js';
import type { KnownState } from './known-state.js';
import type { RestatePolicy } from '../core/revisions/restatement.js';
import type { PlanOptions } from './plan-options.js';

/** Inputs of a plan besides the task graph. Every function here returns at once. */
export interface PlanContext {
  readonly now: Instant;
  readonly options: PlanOptions;
  coverage(provider: ProviderName, series: SeriesName): SeriesCoverage;
  /** Series of a symbol that have lost rows; absent for a caller that does not know. */
  readonly lostSeries?: (dataset: Dataset, provider: ProviderName, symbol: string) => readonly SeriesName[];
  /** The options of a symbol that the lake has known at any time, with the provider's ids; absent without lost series. */
  readonly knownOptions?: (provider: ProviderName, symbol: string) => readonly OptionContract[];
  calendar(name: string): Calendar;
  limits(provider: ProviderName): ProviderLimits;
  readonly knownState: KnownState;
  /** Tables whose log is damaged, with the reason why nothing of them is requested; absent for none. */
  readonly unreadable?: ReadonlyMap<Dataset, string>;
  /** Tables that must not be written, with the reason; absent for none. Nothing that they cannot store is requested. */
  readonly readOnly?: ReadonlyMap<Dataset, string>;
  /** The files of each import step, compared with what was imported; absent without such steps. */
  readonly imports?: ReadonlyMap<string, ExaminedFiles>;
  /** When rows of before a corporate action are requested again; absent for `auto`. */
  readonly restate?: RestatePolicy;
  /** Estimates the delta of an option at a price of its underlying; null if it cannot. */
  delta(provider: ProviderName, instrument: Instrument, contract: OptionContract, spot: number): number | null;
}
