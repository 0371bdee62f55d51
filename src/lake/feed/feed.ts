import type { CommittedFact } from '../api.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Result } from '../../core/result.js';
import type { Instant } from '../../core/time/time.js';

/** A state of a table: the id that it got when it was created, and a version of its log. */
export interface FeedPosition {
  readonly tableId: string;
  readonly version: number;
}

/**
 * What changed in a table between two positions. The engine of the feed holds it as relations, for the SQL of sinks:
 *
 * - `changed_windows`: the windows whose rows may have changed: the columns of the series, `window_start` and `window_end`
 * - `changed_rows`: the rows that the table now has in these windows
 * - `all_rows`: all rows of the table
 */
export interface FeedChanges {
  readonly dataset: Dataset;
  /** Null for a copy that starts from nothing. */
  readonly since: FeedPosition | null;
  readonly position: FeedPosition;
  /** `table`: every row may have changed; `changed_windows` then has one window for each symbol and provider. */
  readonly scope: 'windows' | 'table';
  /** The columns of `changed_windows` before its two instants; null in `trading_class` is a value of its own. */
  readonly windowColumns: readonly string[];
  readonly windows: number;
}

/** A row of a relation that a sink defines. */
export type FeedRow = readonly (string | number | boolean | null)[];

export interface FeedStream {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly Readonly<Record<string, unknown>>[]>;
}

/** Reads the changes of a lake in the order of its commits, for copies of its tables. */
export interface LakeFeed {
  readonly folder: string;
  /** The current position of a table; null without a table. */
  readonly head: (dataset: Dataset) => Promise<FeedPosition | null>;
  /** The last position before the commits of an instant and later; null if there is none. */
  readonly positionBefore: (dataset: Dataset, instant: Instant) => Promise<FeedPosition | null>;
  /**
   * Stages what changed after a position, up to a version or the current one; null if nothing did. A position of another table of the
   * same name, or behind the log, counts as none, and then everything changed. The rows are those that the table has now: of a window
   * that a later commit replaced, the later ones. The relations stay until the next call.
   */
  readonly stage: (dataset: Dataset, since: FeedPosition | null, until?: number) => Promise<FeedChanges | null>;
  /** Resolves when a table has a commit after a position, or is another one; a null position waits for a table. */
  readonly waitForCommit: (dataset: Dataset, after: FeedPosition | null, signal: AbortSignal) => Promise<void>;
  /** Stages `all_rows` alone, for statements that need nothing else; null without a table. */
  readonly stageRows: (dataset: Dataset) => Promise<FeedPosition | null>;
  /**
   * Creates a relation from a statement over the staged relations and the tables of the lake. The statement may be a user's: it can
   * only read. The error says what is wrong with it.
   */
  readonly defineByQuery: (
    relation: string,
    sql: string,
  ) => Promise<Result<{ readonly columns: readonly string[] }, string>>;
  /** The number of rows of a relation, and the first of them in the order of their columns, as JSON values. */
  readonly summarize: (
    relation: string,
    limit: number,
  ) => Promise<{ readonly rows: number; readonly first: readonly Readonly<Record<string, unknown>>[] }>;
  /** The facts of the commits after a position, up to and with another one. */
  readonly readFacts: (
    dataset: Dataset,
    since: FeedPosition | null,
    until: FeedPosition,
  ) => AsyncIterable<CommittedFact>;
  /** Creates a relation that the SQL of a sink can join; types are those of DuckDB. */
  readonly define: (
    relation: string,
    columns: Readonly<Record<string, string>>,
    rows: Iterable<FeedRow>,
  ) => Promise<void>;
  /** Runs a statement for its rows, as JSON values: 64-bit numbers are text. */
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Runs a query for its rows as `pipe query` prints them; the feed does nothing else until the iteration has ended. */
  readonly stream: (sql: string) => Promise<FeedStream>;
  /** Defines the views of the tables that a read-only statement names, for use of the statement in others; throws for any other text. */
  readonly defineViews: (sql: string) => Promise<void>;
  /** The progress of the statement that runs, from 0 to 100; null if it is not known. */
  readonly progress: () => Promise<number | null>;
  /** Writes the rows of a query to a file in one of the feed's folders and returns their number. */
  readonly copyTo: (sql: string, path: string, options: string) => Promise<number>;
  /** Like `copyTo`, at the same time as other calls. */
  readonly copyConcurrently: (sql: string, path: string, options: string) => Promise<number>;
  readonly close: () => Promise<void>;
}
