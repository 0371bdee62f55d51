import type { CoverageFact, SeriesCoverage } from '../core/coverage.js';
import type { CommitInfo, FetchResult } from '../core/fetch-result.js';
import type { FileFormat, UserColumn, ColumnLineage, TableVersions } from '../core/tables/user-tables.js';
import type { RequestId } from '../core/request.js';
import type { Result } from '../core/result.js';
import type { OptionContract, ProviderName, SeriesName } from '../core/series.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Instant, LocalDate } from '../core/time/time.js';

/** The reading half of the lake. Works while a run is writing: every call sees whole commits only. */
export interface LakeReader {
  readonly folder: string;

  /** What is covered, at one moment. Compares the log with the files on disk: what is gone is `missing`, not `data`. */
  readState(): Promise<LakeState>;

  /** The latest chain of each symbol that has one. */
  latestChains(provider: ProviderName, symbols: readonly string[]): Promise<ReadonlyMap<string, KnownChain>>;

  /** The latest contract of each symbol that has one. */
  latestContracts(provider: ProviderName, symbols: readonly string[]): Promise<ReadonlyMap<string, KnownContract>>;

  /** The latest quote of each symbol that has one. */
  latestQuotes(provider: ProviderName, symbols: readonly string[]): Promise<ReadonlyMap<string, KnownQuote>>;

  /** When the histories of some symbols begin at the source, where it was asked. */
  historyStarts(provider: ProviderName, symbols: readonly string[]): Promise<readonly KnownHistoryStart[]>;

  /** The last daily close (or, without daily bars, the last close of any size) of each symbol, at or before a date. */
  lastCloses(
    provider: ProviderName,
    symbols: readonly string[],
    until: LocalDate,
  ): Promise<ReadonlyMap<string, KnownClose>>;

  /** Every fact ever committed about series that the filter lets through, oldest first, with who committed it. */
  readFacts(filter: FactFilter): AsyncIterable<CommittedFact>;

  /**
   * Runs one read-only SQL statement over views named like the tables, and over `facts`: every fact ever committed, with
   * `number` in the order of the log and `replaced` where a later answer took some of its window.
   */
  query(sql: string): Promise<QueryResult>;

  /**
   * Reads every byte of the live files of some tables and holds it against what was written. From its first file on this
   * reader stays at that moment: queries see all tables as they were then, without the files found damaged.
   */
  verify(selected: readonly Dataset[]): AsyncIterable<VerifiedFile>;

  /** Rows, bytes, files and span of every table. */
  readStatistics(): Promise<readonly TableStatistics[]>;

  close(): Promise<void>;
}

/** The writing half of the lake, held by one run. */
export interface LakeWriter {
  /**
   * Takes over what crashed runs received but did not commit: it is in the log when this resolves. Also takes missing and
   * damaged files out of the log, so that other readers are not stopped by them. Call before planning.
   */
  recover(): Promise<Recovery>;

  /** Safe on disk when this resolves, whatever happens to the process afterwards; visible to readers after a commit. */
  receive(fetchResult: FetchResult): Promise<void>;

  /** Commits everything received so far, one commit a table. Happens by itself when enough has come together. */
  flush(): Promise<void>;

  /** What steps of a user's own read and write; they see what is committed. */
  readonly userTables: UserTables;

  /** Flushes, merges small files, writes checkpoints, drops superseded files past their retention, renews `lake.duckdb`. */
  finish(): Promise<void>;

  /** Lets go without committing; what was received stays in the spool for the next run. */
  close(): Promise<void>;
}

/** The lake's coverage at one moment, and what tells that moment from another. */
export interface LakeState {
  /** The version of each table's log; null if there is no table yet. */
  readonly versions: Readonly<Record<Dataset, number | null>>;
  /** What is known of one series; an empty list where nothing is. Lists are shared between series with equal history. */
  coverage(provider: ProviderName, series: SeriesName): SeriesCoverage;
  /** Every series something is known about. */
  series(): Iterable<{ readonly provider: ProviderName; readonly series: SeriesName }>;
  /** Files that the log names and the disk does not hold as written. */
  readonly damage: readonly DamagedFile[];
}

/** A file of the lake that is not what was written. */
export interface DamagedFile {
  readonly dataset: Dataset;
  /** Relative to the table's folder. */
  readonly path: string;
  readonly problem: 'missing' | 'wrong size' | 'unreadable';
}

/** A live file, read to its end. */
export interface VerifiedFile {
  readonly dataset: Dataset;
  /** Relative to the table's folder. */
  readonly path: string;
  /** The size it was written with. */
  readonly bytes: number;
  /** What is wrong with it; null when it is what was written. */
  readonly damage: FileDamage | null;
}

export interface FileDamage {
  readonly problem: DamagedFile['problem'] | 'wrong content' | 'wrong row count';
  /** What was found and what was written: `1,024 bytes instead of 2,048`. */
  readonly detail: string;
}

export interface KnownChain {
  readonly asOf: Instant;
  readonly requestId: RequestId;
  readonly contracts: readonly OptionContract[];
}

export interface KnownContract {
  readonly asOf: Instant;
  readonly requestId: RequestId;
  readonly conId: number | null;
}

export interface KnownClose {
  readonly session: LocalDate;
  readonly close: number;
  readonly requestId: RequestId;
}

export interface KnownQuote {
  readonly at: Instant;
  /** The last trade; the middle of bid and ask, or the close before, where there was none. */
  readonly price: number;
  readonly requestId: RequestId;
}

export interface KnownHistoryStart {
  readonly symbol: string;
  /** As stored: a `What` and `Hours`. */
  readonly priceType: string;
  readonly hours: 'rth' | 'all';
  readonly first: Instant;
}

/** Which facts are wanted; an absent field lets everything through. */
export interface FactFilter {
  readonly datasets?: readonly Dataset[];
  readonly symbol?: string;
  readonly runId?: string;
}

/** A fact with the commit it came in. */
export interface CommittedFact extends CoverageFact {
  readonly dataset: Dataset;
  readonly version: number;
  readonly committedAt: Instant;
  readonly step: string;
  readonly author: CommitInfo;
}

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Files that could not be read and are not part of any table here: the answer may lack their rows. */
  readonly skippedFiles: readonly DamagedFile[];
}

export interface TableStatistics {
  readonly dataset: Dataset;
  /** Null if there is no table yet. */
  readonly version: number | null;
  readonly rows: number;
  readonly bytes: number;
  readonly files: number;
  readonly series: number;
  /** The earliest and the latest `ts` (or `as_of`) held; null for an empty table. */
  readonly span: { readonly start: Instant; readonly end: Instant } | null;
}

/** What taking over from crashed runs brought. */
export interface Recovery {
  readonly results: number;
  readonly rows: number;
  readonly runs: readonly string[];
  readonly damage: readonly DamagedFile[];
  /** Spool tails that were torn by the crash and dropped, in bytes. */
  readonly tornBytes: number;
}

/** What a table of a user's own was made by and from: it stands in the commit that made it. */
export interface CustomStepRun {
  readonly pipeline: string;
  readonly step: string;
  readonly runId: string;
  readonly at: Instant;
  /** Tells one wording of the step from another. */
  readonly definition: string;
  readonly inputs: TableVersions;
}

/** A table that a step of a user's own made. */
export interface UserTable {
  readonly dataset: string;
  readonly version: number;
  readonly rows: number;
  readonly bytes: number;
  readonly files: number;
  readonly columns: readonly UserColumn[];
  /** Null where some other program wrote last. */
  readonly origin: CustomStepRun | null;
  /** Whether every file is there as it was written. */
  readonly isIntact: boolean;
}

/** What is known of the steps of users' own at one moment. */
export interface UserTablesState {
  readonly tables: readonly UserTable[];
  /** The steps that leave no table behind, and when they were last done. */
  readonly stepsDone: readonly CustomStepRun[];
  /** Of every table of the lake. */
  readonly versions: TableVersions;
}

/** Lets steps of a user's own read the lake, and replaces their tables; the writing half of `OwnKnowledge`. */
export interface UserTables {
  readState(): Promise<UserTablesState>;
  /** The lake as it is now, held for as long as one step works on it. */
  openSnapshot(): Promise<LakeSnapshot>;
}

/** The step that works, as its commit will name it. */
export type CustomStepRef = Pick<CustomStepRun, 'step' | 'definition'>;

/** The lake at one moment, with a way to add what is made from it. */
export interface LakeSnapshot {
  /** The versions of some tables as they are seen here. */
  readVersions(tables: readonly string[]): Promise<TableVersions>;
  /** Replaces a table by the rows of a statement, in one commit. */
  replaceByQuery(
    stepRef: CustomStepRef,
    dataset: string,
    sql: string,
    signal: AbortSignal,
  ): Promise<Result<UserTableCommit, StatementProblem>>;
  /** A folder for the files of one command; it is gone when this moment is closed. */
  createFolder(): Promise<string>;
  /** Writes the rows of a table to a file. */
  exportTable(
    dataset: string,
    format: FileFormat,
    path: string,
    signal: AbortSignal,
  ): Promise<Result<null, StatementProblem>>;
  /** Replaces a table by what a file holds, in one commit. */
  replaceByFile(
    stepRef: CustomStepRef,
    dataset: string,
    file: { readonly format: FileFormat; readonly path: string },
    inputs: TableVersions,
    signal: AbortSignal,
  ): Promise<Result<UserTableCommit, StatementProblem>>;
  /** Writes down that a step without a table of its own was done. */
  recordStepDone(stepRef: CustomStepRef, inputs: TableVersions): Promise<void>;
  close(): Promise<void>;
}

/** What a step of a user's own put into its table. */
export interface UserTableCommit {
  readonly version: number;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly columns: readonly UserColumn[];
  readonly inputs: TableVersions;
  /** Null where nothing is known but the tables. */
  readonly columnLineage: ColumnLineage | null;
}

/** Why a statement or a file gave no rows: the user's mistake, not the lake's. */
export interface StatementProblem {
  readonly message: string;
  /** The place in the statement, in UTF-16 units; null where DuckDB tells none. */
  readonly offset: number | null;
}
