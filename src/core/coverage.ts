import type { EncodedLacks } from './answer-lacks.js';
import type { ProviderName, SeriesName } from './series.js';
import type { RequestId } from './request.js';
import type { Instant } from './time/time.js';
import type { Window } from './time/window.js';

/**
 * The state of a window of a series.
 *
 * - `data`: rows are stored
 * - `empty`: the provider has no rows, which enough answers confirm; not requested again
 * - `failed`: requested without an answer, or with an answer without rows that is not confirmed yet; requested again
 * - `provisional`: answered, but the provider may still revise it; requested again after the revision window
 * - `denied`: no permission; requested again only on the user's command
 * - `unavailable`: the provider no longer has it; not requested again
 * - `missing`: rows were stored, but their file is missing or damaged; requested again
 * - `rescaled`: rows are stored, on the price scale of before a corporate action; requested again as `restate` says
 */
export type CoverageState =
  'data' | 'empty' | 'failed' | 'provisional' | 'denied' | 'unavailable' | 'missing' | 'rescaled';

/** One window of a series and the result of one request for it: the unit that a commit records. */
export interface CoverageFact {
  readonly provider: ProviderName;
  readonly series: SeriesName;
  readonly window: Window;
  readonly state: CoverageState;
  readonly requestId: RequestId;
  readonly requestedAt: Instant;
  readonly rows: number;
  /** The error, for every state but `data`, `empty` and `provisional`; with `data`, what the answer leaves out. */
  readonly reason?: string;
  /**
   * Number of answers without rows that count: final ones, far enough apart. With `failed`, more are needed; with `data`, the
   * same is true for parts of the answer. Absent for windows without such an answer, and for facts of earlier versions.
   */
  readonly emptyAnswers?: number;
  /** Parts that an answer with rows leaves out, of a table of the current state; absent for none. */
  readonly lacks?: EncodedLacks;
  readonly upstream: readonly RequestId[];
}

/**
 * A window whose instants share a state. `lastRequestedAt` is the last request for any of it. In a `span` table,
 * requests of one commit may share the instant of the earliest of them, less than an hour before, so that their series
 * keep equal histories; the facts have the exact instant.
 */
export interface CoveredWindow extends Window {
  readonly state: CoverageState;
  readonly lastRequestedAt: Instant;
  readonly reason?: string;
  /** As in `CoverageFact`; `lastRequestedAt` is then the request of the last answer that counts. */
  readonly emptyAnswers?: number;
  /** As in `CoverageFact`. */
  readonly lacks?: EncodedLacks;
}

/**
 * The coverage of one series: windows in order, disjoint, neighbours of equal state merged. Series with the same
 * history share one list object, so that ten thousand of them cost as much as one to fold and to plan.
 */
export type SeriesCoverage = readonly CoveredWindow[];
