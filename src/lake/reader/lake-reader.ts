import { join, relative, resolve } from 'node:path';
import { escapePart } from '../../core/series.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { datasets, mapDatasets, mapDatasetsSequentially } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import type { DamagedFile, LakeReader, LakeState, LogProblem, TableStatistics, UnreadableTable } from '../api.js';
import { readFacts } from '../coverage/read-facts.js';
import { createEmptyCoverage, readPastCoverage, readTableCoverage } from '../coverage/table-coverage.js';
import type { TableCoverage } from '../coverage/table-coverage.js';
import { timeColumn } from '../delta/schema.js';
import { isUnavailable } from '../history/past-table.js';
import { tableFolder } from '../delta/table-log.js';
import { getRange, getRowCount } from '../parquet/file-statistics.js';
import type { Engine } from '../parquet/engine.js';
import { createCheckpointReader } from '../delta/checkpoint.js';
import { examineTable, examineUserTable } from '../recovery/examine-table.js';
import { readViewFiles } from '../recovery/view-files.js';
import { runOwnQuery, runQuery, saveQuery, streamQuery } from './run-query.js';
import { findSymbolFiles } from './symbol-files.js';
import { openLakeDatabase } from './lake-database.js';
import {
  readHistoryStarts,
  readLastCloses,
  readKnownOptions,
  readLatestChains,
  readLatestContracts,
  readLatestQuotes,
} from './latest-rows.js';
import type { AnswerTimes } from './latest-rows.js';
import { requestsViewSql, stageProvidedTable } from './provided-tables.js';
import { queryReplacedRows } from './replaced-rows.js';
import { listUserTables } from '../user-tables/user-table-log.js';
import { createUserTableSnapshots } from '../user-tables/user-table-snapshots.js';
import { readStoredBars } from './stored-bars.js';
import { stageFacts } from './stage-facts.js';
import { verifyTable } from '../verify/verify-table.js';

type Coverages = Readonly<Record<Dataset, TableCoverage>>;

export interface LakeReaderOptions {
  /**
   * Reads the tables as they were at this moment. A table whose rows of that time are deleted cannot be queried: naming it throws
   * a `LakeError` of the kind `not-kept`.
   */
  readonly asOf?: Instant | null;
  /** The folders to which `saveQuery` may write; statements can read them too. */
  readonly folders?: readonly string[];
}

/** Opens a lake for reading. A missing folder is an empty lake. */
export function openLakeReader(
  lakeFolder: string,
  { asOf = null, folders = [] }: LakeReaderOptions = {},
): Promise<LakeReader> {
  const folder = resolve(lakeFolder);
  const database = openLakeDatabase(folder, { asOf, folders });

  const unreadable = new Map<Dataset, UnreadableTable>();
  const skippedCommits = new Map<string, UnreadableTable>();

  /** A table whose log is damaged is as good as empty, and listed as unreadable: the other tables do not suffer. */
  const readCoverage = async (dataset: Dataset): Promise<TableCoverage> => {
    unreadable.delete(dataset);
    try {
      return database.past === null
        ? await readTableCoverage(tableFolder(folder, dataset), dataset, { engine: database.engine })
        : await readPastCoverage(tableFolder(folder, dataset), dataset, await database.version(dataset));
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      unreadable.set(dataset, { dataset, problem: error.message, hint: error.hint });
      return createEmptyCoverage(dataset);
    }
  };

  let stagedVersions: string | null = null;
  async function stageCurrentFacts(engine: Engine): Promise<void> {
    const versions = new Map<Dataset, number | null>();
    for (const dataset of datasets) versions.set(dataset, await database.version(dataset));
    const currentVersions = [...versions.values()].join(' ');
    if (currentVersions === stagedVersions) return;
    await stageFacts(engine, reader.readFacts({}), (dataset) => versions.get(dataset) ?? null);
    stagedVersions = currentVersions;
  }

  async function prepareQuery(sql: string): Promise<{ engine: Engine; skippedFiles: readonly DamagedFile[] }> {
    const engine = await database.engineWithViews(sql);
    database.expectReadable(sql);
    const namesRequests = requestsPattern.test(sql) && !(await database.userTables()).has('requests');
    const namesFacts = namesRequests || factsPattern.test(sql);
    if (namesFacts) await stageCurrentFacts(engine);
    if (namesRequests) await engine.run(requestsViewSql, 'requests');
    const skippedFacts = (namesFacts ? [...skippedCommits] : []).map(([path, { dataset }]) => ({
      dataset,
      path: relative(tableFolder(folder, dataset), path),
      problem: 'unreadable' as const,
    }));
    return { engine, skippedFiles: [...database.skippedFiles(), ...skippedFacts] };
  }

  const reader: LakeReader = {
    folder,
    async readState() {
      const coverages = await mapDatasetsSequentially(readCoverage);
      return buildState(coverages, [...unreadable.values()]);
    },
    async latestChains(provider, symbols) {
      return readLatestChains(database, provider, findAnswerTimes(await readCoverage('chains'), provider, symbols));
    },
    knownOptions: (provider, symbols) => readKnownOptions(database, provider, symbols),
    async latestContracts(provider, symbols) {
      return readLatestContracts(
        database,
        provider,
        findAnswerTimes(await readCoverage('contracts'), provider, symbols),
      );
    },
    async latestQuotes(provider, symbols) {
      return readLatestQuotes(database, provider, findAnswerTimes(await readCoverage('quotes'), provider, symbols));
    },
    async historyStarts(provider, symbols) {
      return readHistoryStarts(database, provider, symbols);
    },
    storedBars: (query) => readStoredBars(database, query),
    lastCloses: (provider, symbols, until) => readLastCloses(database, provider, symbols, until),
    async *readFacts(filter) {
      for (const dataset of datasets) {
        yield* readFacts(tableFolder(folder, dataset), dataset, filter, ({ path, message, hint }) =>
          skippedCommits.set(path, { dataset, problem: message, hint }),
        );
      }
    },
    skippedCommits: () => [...skippedCommits.values()],
    async query(sql) {
      const { engine, skippedFiles } = await prepareQuery(sql);
      return { ...(await runQuery(engine, sql)), skippedFiles };
    },
    async querySymbol(rows, buildSql) {
      const { source, constants, skippedFiles } = await database.findSymbolSource(rows);
      try {
        return { ...(await runOwnQuery(await database.engine(), buildSql(source, constants))), skippedFiles };
      } catch {
        // The view of the table omits files that cannot be read.
        return reader.query(buildSql(rows.dataset, { provider: null, what: null }));
      }
    },
    async findConstants(rows) {
      return findSymbolFiles(await database.snapshotOrDamage(rows.dataset), rows).constants;
    },
    async streamQuery(sql, signal) {
      const { engine, skippedFiles } = await prepareQuery(sql);
      return { ...(await streamQuery(engine, sql, signal)), skippedFiles };
    },
    async saveQuery(query, signal) {
      const { engine } = await prepareQuery(query.sql);
      return saveQuery(engine, query, signal);
    },
    async provideTable(table) {
      if (!(await database.userTables()).has(table.name))
        await stageProvidedTable(await database.engineWithViews(), table);
    },
    queryReplaced: (query) => queryReplacedRows(database, folder, query),
    async *verify(selected, customTables = false) {
      await database.pin();
      for (const dataset of selected) {
        const snapshot = await database.snapshotOrDamage(dataset);
        for await (const file of verifyTable({ folder, dataset, snapshot, engine: database.engine })) {
          if (file.damage !== null) database.excludeFile(dataset, file.path);
          yield file;
        }
      }
      if (!customTables) return;
      for (const [dataset, snapshot] of await createUserTableSnapshots(folder, database.engine).refresh())
        yield* verifyTable({ folder, dataset, snapshot, engine: database.engine });
    },
    async examineLogs(selected, recorded, customTables = false) {
      const views = await readViewFiles(folder);
      const problems: LogProblem[] = views.problem === null ? [] : [views.problem];
      for (const dataset of selected) {
        const examined = await examineTable({
          dataset,
          table: tableFolder(folder, dataset),
          readCheckpoint: createCheckpointReader(database.engine, 'all'),
          recorded: recorded[dataset] ?? null,
          viewFiles: views.files.get(dataset) ?? [],
        });
        problems.push(...examined.problems);
      }
      for (const dataset of customTables ? await listUserTables(folder) : []) {
        const readCheckpoint = createCheckpointReader(database.engine, 'all');
        const options = { dataset, table: join(folder, dataset), readCheckpoint, recorded: null, viewFiles: [] };
        problems.push(...(await examineUserTable(options)).problems);
      }
      return problems;
    },
    async readStatistics() {
      const coverages = await Promise.all(datasets.map(readCoverage));
      return coverages.map(computeStatistics);
    },
    close: () => database.close(),
  };
  return Promise.resolve(reader);
}

/** Creating the table of facts requires reading the whole log: only for statements that name it. */
const factsPattern = /\bfacts\b/i;

/** The view over them. */
const requestsPattern = /\brequests\b/i;

function buildState(coverages: Coverages, unreadable: readonly UnreadableTable[]): LakeState {
  const all = datasets.map((dataset) => coverages[dataset]);
  const coverageByDataset = new Map<string, TableCoverage>(all.map((coverage) => [coverage.dataset, coverage]));
  return {
    versions: mapDatasets((dataset) => coverages[dataset].version),
    coverage: (provider, series) =>
      coverageByDataset.get(series.slice(0, series.indexOf('/')))?.coverage(provider, series) ?? [],
    *series() {
      for (const coverage of all) yield* coverage.series();
    },
    lostSeries: (dataset) => coverages[dataset].lostSeries(),
    damage: all.flatMap(({ damage }) => damage),
    unreadable,
    readOnly: all.flatMap(({ dataset, refusal }) => (refusal === null ? [] : [{ dataset, ...refusal }])),
  };
}

/** The instant of the latest result with rows, by symbol. */
function findAnswerTimes(table: TableCoverage, provider: ProviderName, symbols: readonly string[]): AnswerTimes {
  const answerTimes = new Map<string, Instant>();
  for (const symbol of symbols) {
    const windows = table.coverage(provider, pointSeriesName(table.dataset, symbol));
    const last = windows.findLast(({ state }) => state === 'data' || state === 'provisional');
    if (last !== undefined) answerTimes.set(symbol, last.end - 1);
  }
  return answerTimes;
}

/** The name of a point series that its symbol identifies. */
function pointSeriesName(dataset: Dataset, symbol: string): SeriesName {
  return `${dataset}/${escapePart(symbol)}`;
}

function computeStatistics(coverage: TableCoverage): TableStatistics {
  const { dataset, version, files } = coverage;
  let rows = 0;
  let bytes = 0;
  let start = Infinity;
  let end = -Infinity;
  for (const { stats, size } of files.values()) {
    rows += getRowCount(stats);
    bytes += size;
    const range = getRange(stats, timeColumn(dataset));
    if (range === null) continue;
    start = Math.min(start, Date.parse(String(range.min)));
    end = Math.max(end, Date.parse(String(range.max)));
  }
  const span = Number.isFinite(start) && Number.isFinite(end) ? { start, end } : null;
  return { dataset, version, rows, bytes, files: files.size, series: [...coverage.series()].length, span };
}
