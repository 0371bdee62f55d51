import type { ProviderName, SeriesName } from './series.js';
import type { RequestId } from './request.js';
import type { Instant } from './time/time.js';
import type { Window } from './time/window.js';

/**
 * What is known about a window of a series.
 *
 * - `data`: rows are stored
 * - `empty`: the source said that there is nothing; not asked again
 * - `failed`: asked, no answer; asked again
 * - `provisional`: answered, but the source may revise it; asked again after the settle time
 * - `denied`: no permission; not asked until the user says so
 * - `unavailable`: can no longer be had; not asked again
 * - `missing`: rows were stored once and their file is gone or damaged; asked again
 */
export type CoverageState = 'data' | 'empty' | 'failed' | 'provisional' | 'denied' | 'unavailable' | 'missing';

/** One window of a series and what one request made of it: the unit that a commit records. */
export interface CoverageFact {
  readonly provider: ProviderName;
  readonly series: SeriesName;
  readonly window: Window;
  readonly state: CoverageState;
  readonly requestId: RequestId;
  readonly requestedAt: Instant;
  readonly rows: number;
  /** What went wrong, for every state but `data`, `empty` and `provisional`. */
  readonly reason?: string;
  readonly upstream: readonly RequestId[];
}

/**
 * A window whose instants share a state; `at` is when the source was last asked about any of it. In a `span` table many
 * requests of one commit may share the instant of the earliest of them, less than an hour before, so that their series keep
 * equal histories; the facts have the exact one.
 */
export interface CoveredWindow extends Window {
  readonly state: CoverageState;
  readonly lastRequestedAt: Instant;
  readonly reason?: string;
}

/**
 * What is known of one series: windows in order, disjoint, neighbours of equal state joined. Lists are shared: series with
 * the same history hold the very same object, so that ten thousand of them cost as much as one to fold and to plan.
 */
export type SeriesCoverage = readonly CoveredWindow[];
