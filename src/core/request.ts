import type { Failure } from './failure.js';
import type { Rows } from './tables/rows.js';
import type { OptionContract, Series } from './series.js';
import type { Window, Windows } from './time/window.js';

/**
 * One call to a provider.
 *
 * For a `span` table `window` is what is asked for and `settles` are the gaps in it that the answer closes; what lies
 * between the gaps is held already and is only asked for because one call is cheaper than two. A `point` table asks what is
 * true now: `window` is null and `settles` is empty.
 */
export interface Request {
  readonly series: Series;
  readonly window: Window | null;
  readonly closes: Windows;
}

/** Unique for all time: the run's id, a slash, and a number within the run. */
export type RequestId = string;

/** A UUID of version 7: sorts by the time the run began. */
export type RunId = string;

/** What a provider made of a request. */
export type FetchOutcome =
  /**
   * Rows, sorted by time, every one inside the window asked for. `answered` is the part of the window that the source
   * really answered, null for a point; when it is shorter than what was asked, the rest is still open.
   */
  | {
      readonly kind: 'rows';
      readonly rows: Rows;
      readonly answeredWindow: Window | null;
      /** Options among those asked for that the source does not know. */
      readonly unlisted?: readonly OptionContract[];
    }
  /** The source says that there is nothing, for the whole window. A timeout or a dropped line is never this. */
  | {
      readonly kind: 'empty';
      /** Options asked for that the source does not know: why there is nothing. */
      readonly unlisted?: readonly OptionContract[];
    }
  | { readonly kind: 'failure'; readonly failure: Failure };
