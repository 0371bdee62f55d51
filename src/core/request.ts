import type { Failure } from './failure.js';
import type { OutsideBars } from './tables/trading-hours.js';
import type { Rows } from './tables/rows.js';
import type { OptionContract, Series } from './series.js';
import type { Instant } from './time/time.js';
import type { Window, Windows } from './time/window.js';

/**
 * One call to a provider.
 *
 * For a `span` table, `window` is the requested window and `closes` are the gaps in it that the answer closes; the
 * parts between the gaps are stored already and included because one call is cheaper than two. A `point` table requests
 * the current state: `window` is null and `closes` is empty.
 */
export interface Request {
  readonly series: Series;
  readonly window: Window | null;
  readonly closes: Windows;
  /** Final parts of the window whose stored rows the answer is compared with; absent for none. */
  readonly compares?: Windows | undefined;
  /** Such a request waits for all others: it only compares, or it only brings stored rows to another price scale. */
  readonly purpose?: 'comparison' | 'restatement' | undefined;
}

/** Globally unique: the run's id, a slash, and a number within the run. */
export type RequestId = string;

/** What one call asked the source, in the terms of the source: `con_id`, `duration`, `token`. Never a secret. */
export type CallParameters = Readonly<Record<string, string | number | boolean>>;

/** A UUID of version 7, which sorts by the start time of the run. */
export type RunId = string;

/** One call to a provider that answered several requests at once. */
export interface SharedCall {
  /** The request that leads the call. */
  readonly id: RequestId;
  /** The moment of the response: the same for all requests of the call. */
  readonly answeredAt: Instant;
}

/** A part of an answered window that is not answered: the provider sent impossible values, or no answer to a second request. */
export interface AnswerGap {
  readonly window: Window;
  readonly reason: string;
  /** True if the provider did send bars, which cannot be: an answer without rows, which further answers confirm. */
  readonly isRefused?: true;
}

/** The outcome of one request. */
export type FetchOutcome =
  /**
   * Rows, sorted by time, all inside the requested window. `answeredWindow` is the part of the window that the provider
   * answered, null for a point; if it is shorter than the requested window, the remainder stays open.
   */
  | {
      readonly kind: 'rows';
      readonly rows: Rows;
      readonly answeredWindow: Window | null;
      /** Parts of `answeredWindow` that are not answered after all, in order. */
      readonly gaps?: readonly AnswerGap[];
      /** Requested options that the provider does not know. */
      readonly unlisted?: readonly OptionContract[];
      /** Bars at times without trading, which are not among the rows. */
      readonly outside?: OutsideBars;
      /** Requested options that the provider refuses for lack of permission, while it sends others. */
      readonly denied?: readonly OptionContract[];
      /** Names what the response leaves out, for people. */
      readonly note?: string;
      readonly call?: SharedCall;
    }
  /** The provider has no rows for the whole window. Never the result of a timeout or a dropped connection. */
  | {
      readonly kind: 'empty';
      /** Bars at times without trading, which are all that the provider sent. */
      readonly outside?: OutsideBars;
      /** Requested options that the provider does not know: the reason for the empty result. */
      readonly unlisted?: readonly OptionContract[];
      /** Names what the response leaves out, for people. */
      readonly note?: string;
      readonly call?: SharedCall;
    }
  | { readonly kind: 'failure'; readonly failure: Failure; readonly call?: SharedCall };

/** Creates a function that numbers the requests of a run. */
export function createRequestIds(runId: RunId): () => RequestId {
  let count = 0;
  return () => `${runId}/${String(++count)}`;
}
