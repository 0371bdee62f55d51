import type { Dataset } from '../core/tables/tables.js';
import type { FeedChanges, FeedPosition, LakeFeed } from '../lake/feed/feed.js';

/** What one delivery did. */
export interface Delivery {
  readonly rows: number;
  /** Rows that the target did not take; it keeps them apart with the reason. */
  readonly refused: number;
}

/** A window whose rows differ between the lake and the copy. */
export interface Difference {
  /** The window, such as `AAPL 2026-11`, or the file. */
  readonly window: string;
  readonly lakeRows: number;
  readonly copyRows: number;
}

/** The result of comparing a copy of a table with the lake. */
export interface Comparison {
  readonly windows: number;
  readonly rows: number;
  /** Rows that the target did not take, which the comparison leaves out. */
  readonly refused: number;
  readonly differences: readonly Difference[];
}

/**
 * A copy of tables of the lake in another system. Positions belong to the copy: a delivery stores its rows and its position
 * together, or the rows first, so that an interrupted delivery is repeated and changes nothing twice.
 *
 * Methods reject with a `SinkError` for everything that can go wrong outside.
 */
export interface Sink {
  readonly name: string;
  readonly tables: readonly Dataset[];
  /** Creates what the target needs, and migrates what an older version created. Returns what was done, a line each. */
  setup(): Promise<readonly string[]>;
  /** The position of the copy of a table; null if nothing was delivered yet. */
  position(dataset: Dataset): Promise<FeedPosition | null>;
  /** Replaces the rows of the changed windows by those that the feed has staged, and stores the new position. */
  deliver(feed: LakeFeed, changes: FeedChanges): Promise<Delivery>;
  /** Compares the copy with the whole table, which the feed has staged; null if the target cannot be read back. */
  compare(feed: LakeFeed, changes: FeedChanges): Promise<Comparison | null>;
  close(): Promise<void>;
}

/**
 * - `unreachable`: there is no connection, or it broke; another attempt may succeed
 * - `timeout`: it took the connection and did not answer in time; another attempt would take as long
 * - `setup`: the target lacks what `pipe sink setup` creates
 * - `rejected`: the target does not do what it was asked; the user has to change something
 */
export type SinkProblem = 'unreachable' | 'timeout' | 'setup' | 'rejected';

/** A failure of a sink outside of this program. */
export class SinkError extends Error {
  override readonly name = 'SinkError';

  constructor(
    readonly problem: SinkProblem,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
