import { resolve } from 'node:path';
import { escapePart } from '../core/series.js';
import type { ProviderName, SeriesName } from '../core/series.js';
import { datasets, perDataset, perDatasetInTurn } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { Instant } from '../core/time.js';
import type { LakeReader, LakeState, TableStatistics } from './contract.js';
import { factsOf } from './coverage/facts.js';
import { readTableCoverage } from './coverage/state.js';
import type { TableCoverage } from './coverage/state.js';
import { timeColumn } from './delta/schema.js';
import { tableFolder } from './delta/table-log.js';
import { rangeOf, rowsOf } from './parquet/statistics.js';
import type { Engine } from './parquet/engine.js';
import { runQuery } from './query.js';
import { lakeDatabase } from './reader-database.js';
import { historyStarts, lastCloses, latestChains, latestContracts, latestQuotes } from './reader-latest.js';
import type { LastAnswers } from './reader-latest.js';
import { stageFacts } from './verify-facts.js';
import { verifyTable } from './verify.js';

type Coverages = Readonly<Record<Dataset, TableCoverage>>;

/** Opens a lake for reading. A folder that does not exist is an empty lake. */
export function openLakeReader(folderGiven: string): Promise<LakeReader> {
  const folder = resolve(folderGiven);
  const database = lakeDatabase(folder);

  const coverageOf = (dataset: Dataset): Promise<TableCoverage> =>
    readTableCoverage(tableFolder(folder, dataset), dataset);

  let stagedAt = '';
  async function stageCurrentFacts(engine: Engine): Promise<void> {
    const versions = new Map<Dataset, number>();
    for (const dataset of datasets) versions.set(dataset, (await database.snapshot(dataset)).version);
    const moment = [...versions.values()].join(' ');
    if (moment === stagedAt) return;
    await stageFacts(engine, reader.facts({}), (dataset) => versions.get(dataset) ?? -1);
    stagedAt = moment;
  }

  const reader: LakeReader = {
    folder,
    async state() {
      return stateOf(await perDatasetInTurn(coverageOf));
    },
    async latestChains(provider, symbols) {
      return latestChains(database, provider, lastAnswers(await coverageOf('chains'), provider, symbols));
    },
    async latestContracts(provider, symbols) {
      return latestContracts(database, provider, lastAnswers(await coverageOf('contracts'), provider, symbols));
    },
    async latestQuotes(provider, symbols) {
      return latestQuotes(database, provider, lastAnswers(await coverageOf('quotes'), provider, symbols));
    },
    async historyStarts(provider, symbols) {
      return historyStarts(database, provider, symbols);
    },
    lastCloses: (provider, symbols, until) => lastCloses(database, provider, symbols, until),
    async *facts(filter) {
      for (const dataset of datasets) yield* factsOf(tableFolder(folder, dataset), dataset, filter);
    },
    async query(sql) {
      const engine = await database.withViews();
      if (namesFacts.test(sql)) await stageCurrentFacts(engine);
      return { ...(await runQuery(engine, sql)), leftOut: database.leftOut() };
    },
    async *verify(wanted) {
      await database.hold();
      for (const dataset of wanted) {
        const snapshot = await database.snapshot(dataset);
        for await (const file of verifyTable({ folder, dataset, snapshot, engine: database.engine })) {
          if (file.damage !== null) database.leaveOut(dataset, file.path);
          yield file;
        }
      }
    },
    async statistics() {
      const coverages = await Promise.all(datasets.map(coverageOf));
      return coverages.map(statisticsOf);
    },
    close: () => database.close(),
  };
  return Promise.resolve(reader);
}

/** Making the table of facts takes as long as reading the whole log: only for statements that say its name. */
const namesFacts = /\bfacts\b/i;

function stateOf(coverages: Coverages): LakeState {
  const all = datasets.map((dataset) => coverages[dataset]);
  const datasetOf = new Map<string, TableCoverage>(all.map((coverage) => [coverage.dataset, coverage]));
  return {
    versions: perDataset((dataset) => coverages[dataset].version),
    coverage: (provider, series) =>
      datasetOf.get(series.slice(0, series.indexOf('/')))?.coverage(provider, series) ?? [],
    *series() {
      for (const coverage of all) yield* coverage.series();
    },
    damage: all.flatMap(({ damage }) => damage),
  };
}

/** When each symbol was last answered with rows. */
function lastAnswers(table: TableCoverage, provider: ProviderName, symbols: readonly string[]): LastAnswers {
  const answers = new Map<string, Instant>();
  for (const symbol of symbols) {
    const known = table.coverage(provider, pointSeries(table.dataset, symbol));
    const last = known.findLast(({ state }) => state === 'data' || state === 'provisional');
    if (last !== undefined) answers.set(symbol, last.end - 1);
  }
  return answers;
}

/** The name of a point series that is told by its symbol alone. */
function pointSeries(dataset: Dataset, symbol: string): SeriesName {
  return `${dataset}/${escapePart(symbol)}`;
}

function statisticsOf(coverage: TableCoverage): TableStatistics {
  const { dataset, version, files } = coverage;
  let rows = 0;
  let bytes = 0;
  let start = Infinity;
  let end = -Infinity;
  for (const { stats, size } of files.values()) {
    rows += rowsOf(stats);
    bytes += size;
    const range = rangeOf(stats, timeColumn(dataset));
    if (range === null) continue;
    start = Math.min(start, Date.parse(String(range.min)));
    end = Math.max(end, Date.parse(String(range.max)));
  }
  const span = Number.isFinite(start) && Number.isFinite(end) ? { start, end } : null;
  return { dataset, version, rows, bytes, files: files.size, series: [...coverage.series()].length, span };
}
