import type { CoverageFact, SeriesCoverage } from '../core/coverage.js';
import type { CommitInfo, FetchResult } from '../core/fetch-result.js';
import type { ProvidedTable, ReplacedRowsQuery, SavedQuery } from '../core/tables/query-tables.js';
import type { FileFormat, UserColumn, ColumnLineage, TableVersions } from '../core/tables/user-tables.js';
import type { RequestId, RunId } from '../core/request.js';
import type { QuarantineRequest, QuarantineResult } from '../core/quality/quarantine.js';
import type { Result } from '../core/result.js';
import type { OptionContract, ProviderName, Series, SeriesName } from '../core/series.js';
import type { SymbolReader } from '../core/symbol-rows.js';
import type { Dataset, RecordedVersions } from '../core/tables/tables.js';
import type { StoredBars, StoredBarsQuery } from '../core/revisions/stored-bars.js';
import type { Duration, Instant, LocalDate } from '../core/time/time.js';

/** An answer that another run received, and stores. */
export interface SharedAnswer {
  readonly run: RunId;
  readonly result: FetchResult;
}

/** Requests that a run shares with other runs on the same lake: each series is requested by one of them. */
export interface SharedRequests {
  /** Claims series that this run will request; those that another run has claimed are left to it. */
  claim(series: readonly Series[]): Promise<void>;
  /**
   * Waits for the answer of the run that claimed the series; null if this run has to request it: it claimed the series itself,
   * or the other run died, failed or does not get on. Answers older than `maxAge` do not count.
   */
  join(series: Series, maxAge: Duration, signal: AbortSignal): Promise<SharedAnswer | null>;
  /** Publishes a stored answer of this run to others; null if there is none. */
  publish(series: Series, result: FetchResult | null): Promise<void>;
}

/** Reads a lake. Works while a run is writing: every call sees whole commits only. */
export interface LakeReader extends SymbolReader<QueryResult> {
  readonly folder: string;

  /** The coverage of every table. Compares the log with the files on disk: windows of missing files are `missing`, not `data`. */
  readState(): Promise<LakeState>;

  /** The latest chain of each symbol that has one. */
  latestChains(provider: ProviderName, symbols: readonly string[]): Promise<ReadonlyMap<string, KnownChain>>;

  /** The options of some symbols with the provider's ids, as chains and bars of any time have them. */
  knownOptions(provider: ProviderName, symbols: readonly string[]): Promise<KnownOptions>;

  /** The latest contract of each symbol that has one. */
  latestContracts(provider: ProviderName, symbols: readonly string[]): Promise<ReadonlyMap<string, KnownContract>>;

  /** The latest quote of each symbol that has one. */
  latestQuotes(provider: ProviderName, symbols: readonly string[]): Promise<ReadonlyMap<string, KnownQuote>>;

  /** The beginnings of the provider's histories of some symbols, as far as they were requested. */
  historyStarts(provider: ProviderName, symbols: readonly string[]): Promise<readonly KnownHistoryStart[]>;

  /** The last daily close (or, without daily bars, the last close of any size) of each symbol, at or before a date. */
  lastCloses(provider: ProviderName, symbols: readonly string[], until: LocalDate): Promise<KnownCloses>;

  /** The stored bars of one symbol, or of all, in a window: by symbol, in order of time. */
  storedBars(query: StoredBarsQuery): Promise<ReadonlyMap<string, StoredBars>>;

  /** Every fact ever committed that passes the filter, oldest first, with its commit. Skips damaged commits. */
  readFacts(filter: FactFilter): AsyncIterable<CommittedFact>;

  /** The problems of the damaged commits that `readFacts` has skipped so far. */
  skippedCommits(): readonly UnreadableTable[];

  /**
   * Runs one read-only SQL statement over views named like the tables, and over `facts`: every fact ever committed, with
   * `number` in the order of the log and `replaced` if a later fact covers some of its window.
   */
  query(sql: string): Promise<QueryResult>;

  /** Runs a statement and gives its rows as they are computed. Nothing else can be read meanwhile. The signal ends it. */
  streamQuery(sql: string, signal?: AbortSignal): Promise<QueryStream>;

  /** Writes the rows of a statement to a file in one of the folders that the reader was opened with; returns their number. */
  saveQuery(query: SavedQuery, signal?: AbortSignal): Promise<number>;

  /** Lets statements name a table of rows that are known outside of the lake; a table of the lake with this name comes first. */
  provideTable(table: ProvidedTable): Promise<void>;

  /** Rows that a commit replaced, as far as their files are still on disk. */
  queryReplaced(query: ReplacedRowsQuery): Promise<QueryResult['rows']>;

  /**
   * Reads every byte of the live files of some tables, or also of custom ones, and compares it with what was written. From its first file on the
   * reader is pinned: queries see all tables as they were then, without the files found damaged.
   */
  verify(selected: readonly Dataset[], customTables?: boolean): AsyncIterable<VerifiedFile>;

  /**
   * Reads the whole log of some tables and compares it with its checkpoints, `lake.duckdb`, records of runs and data files.
   */
  examineLogs(
    selected: readonly Dataset[],
    recorded: RecordedVersions,
    customTables?: boolean,
  ): Promise<readonly LogProblem[]>;

  readStatistics(): Promise<readonly TableStatistics[]>;
  close(): Promise<void>;
}

/** Writes a lake, for one run. */
export interface LakeWriter {
  /**
   * Commits the results that crashed runs received but did not commit, and removes missing and damaged files from the
   * log, so that they do not stop other readers. Call before planning.
   */
  recover(): Promise<Recovery>;

  /** Creates the spool. Call before the first request, so that its answer does not wait for the spool. */
  prepare(): Promise<void>;

  /** Resolves when the result is safe on disk, even if the process is killed afterwards. Readers see it after a commit. */
  receive(fetchResult: FetchResult): Promise<void>;

  /** Commits everything received so far, one commit per table. A full batch is committed without this call. */
  flush(): Promise<void>;

  /** Moves rows that violate a quality rule out of their table, in one commit that also says which windows became gaps. */
  quarantine(request: QuarantineRequest): Promise<QuarantineResult>;

  /** The tables of custom steps, which see what is committed. */
  readonly userTables: UserTables;
  /** Flushes, merges small files, writes checkpoints, deletes superseded files past their retention, renews `lake.duckdb`. */
  finish(): Promise<void>;

  /** Closes without committing; what was received stays in the spool for the next run. */
  close(): Promise<void>;
}

/** The coverage of a lake, and the versions of its tables at that moment. */
export interface LakeState {
  /** The version of each table's log; null if there is no table yet. */
  readonly versions: Readonly<Record<Dataset, number | null>>;
  /** The coverage of one series; an empty list if nothing is known. Series with equal history share one list. */
  coverage(provider: ProviderName, series: SeriesName): SeriesCoverage;
  /** Every series with coverage. */
  series(): Iterable<{ readonly provider: ProviderName; readonly series: SeriesName }>;
  /** The series of a table with windows whose rows are lost. */
  lostSeries(dataset: Dataset): Iterable<{ readonly provider: ProviderName; readonly series: SeriesName }>;
  /** Files of the log that are missing on disk or have another size than was written. */
  readonly damage: readonly DamagedFile[];
  /** Tables whose log is damaged, so that nothing is known of their rows; the other tables are complete. */
  readonly unreadable: readonly UnreadableTable[];
  /** Tables that another program has changed so that this one must not write to them. */
  readonly readOnly: readonly UnreadableTable[];
}

/** A table that cannot be used, or not be written, until the user has solved its problem. */
export interface UnreadableTable {
  readonly dataset: Dataset;
  readonly problem: string;
  readonly hint: string;
}

/**
 * A problem of the files from which a table is known:
 *
 * - `commit-damaged`: a commit differs from what was written, and its original content is known
 * - `commit-lost`: the content of a commit is lost
 * - `log-cut`: the newest commits are gone, as other files of the lake prove
 * - `delta-checkpoint`, `coverage-checkpoint`: a file that can be computed again from the log
 * - `unknown-files`: data files that no commit has ever named
 * - `views`: `lake.duckdb` cannot be read
 */
export type LogProblemKind =
  'commit-damaged' | 'commit-lost' | 'log-cut' | 'delta-checkpoint' | 'coverage-checkpoint' | 'unknown-files' | 'views';

export interface LogProblem {
  /** A table, also of a custom step, or `lake.duckdb`. */
  readonly dataset: string;
  readonly kind: LogProblemKind;
  /** Relative to the table's folder. */
  readonly path: string;
  readonly detail: string;
}

/** A file of the lake that differs from what was written. */
export interface DamagedFile {
  readonly dataset: Dataset;
  /** Relative to the table's folder. */
  readonly path: string;
  readonly problem: 'missing' | 'size-mismatch' | 'unreadable';
}

/** A live file of a table, also of a custom step, after reading it to its end. */
export interface VerifiedFile {
  readonly dataset: string;
  /** Relative to the table's folder. */
  readonly path: string;
  /** The size it was written with. */
  readonly bytes: number;
  /** Null for a file that equals what was written. */
  readonly damage: FileDamage | null;
}

export interface FileDamage {
  readonly problem: DamagedFile['problem'] | 'checksum-mismatch' | 'row-count-mismatch';
  /** The found and the expected value: `1,024 bytes instead of 2,048`. */
  readonly detail: string;
}

export interface KnownChain {
  readonly asOf: Instant;
  readonly requestId: RequestId;
  readonly contracts: readonly OptionContract[];
}

/** Options by symbol. */
export type KnownOptions = ReadonlyMap<string, readonly OptionContract[]>;

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

export type KnownCloses = ReadonlyMap<string, KnownClose>;

export interface KnownQuote {
  readonly at: Instant;
  /** The last trade; without one, the middle of bid and ask or the previous close. */
  readonly price: number;
  readonly requestId: RequestId;
}

export interface KnownHistoryStart {
  readonly symbol: string;
  /** The stored text of a `PriceType`. */
  readonly priceType: string;
  readonly hours: 'rth' | 'all';
  readonly first: Instant;
}

/** Selects facts; an absent field accepts every fact. */
export interface FactFilter {
  /** The first and the last version of the commits. */
  readonly versions?: { readonly first: number; readonly last: number };
  readonly datasets?: readonly Dataset[];
  readonly symbol?: string;
  readonly runId?: string;
}

/** A fact with its commit. */
export interface CommittedFact extends CoverageFact {
  readonly dataset: Dataset;
  readonly version: number;
  readonly committedAt: Instant;
  readonly step: string;
  readonly author: CommitInfo;
  /** The time zone of the exchange; absent if the commit does not name it. */
  readonly timeZone?: string;
}

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Files that could not be read, so that the result lacks their rows. */
  readonly skippedFiles: readonly DamagedFile[];
}

/** A query in progress. */
export interface QueryStream {
  readonly columns: readonly string[];
  /** The columns of the type TIMESTAMP WITH TIME ZONE. */
  readonly instantColumns: readonly string[];
  /** Some rows at a time, to iterate once. Ending the iteration stops the query. */
  readonly rows: AsyncIterable<QueryResult['rows']>;
  /** Files that could not be read, so that the result lacks their rows. */
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
  /** The earliest and the latest `ts` (or `as_of`); null for an empty table. */
  readonly span: { readonly start: Instant; readonly end: Instant } | null;
}

/** The result of `LakeWriter.recover`. */
export interface Recovery {
  readonly results: number;
  readonly rows: number;
  readonly runs: readonly string[];
  readonly damage: readonly DamagedFile[];
  /** The length of spool tails that crashes tore and that were dropped. */
  readonly tornBytes: number;
}

/** A run of a custom step, as the commit of its table or its file in `_steps` describes it. */
export interface CustomStepRun {
  readonly pipeline: string;
  readonly step: string;
  readonly runId: string;
  readonly at: Instant;
  /** A hash of the step's definition. */
  readonly definition: string;
  readonly inputs: TableVersions;
}

/** A table that a custom step has written. */
export interface UserTable {
  readonly dataset: string;
  readonly version: number;
  readonly rows: number;
  readonly bytes: number;
  readonly files: number;
  readonly columns: readonly UserColumn[];
  /** Null if another program wrote the table last. */
  readonly origin: CustomStepRun | null;
  /** True if the disk holds every file with the size of the log. */
  readonly isIntact: boolean;
  /** Why this program must not write it; null if it may. */
  readonly refusal: string | null;
}

export interface UserTablesState {
  readonly tables: readonly UserTable[];
  /** The last run of each step that writes no table. */
  readonly stepsDone: readonly CustomStepRun[];
  /** The version of every table of the lake. */
  readonly versions: TableVersions;
}

/** Lets custom steps read the lake and replace their tables. */
export interface UserTables {
  readState(): Promise<UserTablesState>;
  /** Pins the lake as it is now, for the time of one step. */
  openSnapshot(): Promise<LakeSnapshot>;
}

/** A custom step, as its commit names it. */
export type CustomStepRef = Pick<CustomStepRun, 'step' | 'definition'>;

/** A pinned lake, and a way to write tables that are computed from it. */
export interface LakeSnapshot {
  /** The versions of some tables in this snapshot. */
  readVersions(tables: readonly string[]): Promise<TableVersions>;
  /** The tables that a statement reads, with their versions; none if it is not valid. */
  findInputs(sql: string, signal: AbortSignal): Promise<TableVersions>;
  /** Replaces a table by the rows of a statement, in one commit. */
  replaceByQuery(
    stepRef: CustomStepRef,
    dataset: string,
    sql: string,
    signal: AbortSignal,
  ): Promise<Result<UserTableCommit, StatementProblem>>;
  /** Creates a folder for the files of one command; closing the snapshot deletes it. */
  createFolder(): Promise<string>;
  /** Writes the rows of a table to a file. */
  exportTable(
    dataset: string,
    format: FileFormat,
    path: string,
    signal: AbortSignal,
  ): Promise<Result<void, StatementProblem>>;
  /** Replaces a table by the content of a file, in one commit. */
  replaceByFile(
    stepRef: CustomStepRef,
    dataset: string,
    file: { readonly format: FileFormat; readonly path: string },
    inputs: TableVersions,
    signal: AbortSignal,
  ): Promise<Result<UserTableCommit, StatementProblem>>;
  /** Records a run of a step that writes no table. */
  recordStepDone(stepRef: CustomStepRef, inputs: TableVersions): Promise<void>;
  close(): Promise<void>;
}

export interface UserTableCommit {
  readonly version: number;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly columns: readonly UserColumn[];
  readonly inputs: TableVersions;
  /** Null if only the input tables are known, not their columns. */
  readonly columnLineage: ColumnLineage | null;
}

/** The reason why a statement or a file gave no rows: a mistake of the user, not of the lake. */
export interface StatementProblem {
  readonly message: string;
  /** The position in the statement, in UTF-16 units; null if DuckDB reports none. */
  readonly offset: number | null;
}
