// Reads the bars of some symbols from an open lake: `pipe` through the readings of the API, `duckdb` with the same statement on the same
// files. Prints the CPU seconds of one reading, the median of all but the first.
import { join } from 'node:path';
import { openLakeReader } from '../src/lake/reader/lake-reader.js';
import { emptySnapshot, advanceSnapshot } from '../src/lake/delta/snapshot.js';
import { queryBars } from '../src/queries/bars.js';
import { median } from './node-process.js';

const [, , how = '', data = '', ...symbols] = process.argv;
const { read, close } = await (how === 'pipe' ? openPipe() : openDuckDb());
const times: number[] = [];
for (const symbol of symbols) {
  const cpuAtStart = process.cpuUsage();
  if ((await read(symbol)) === 0) throw new Error(`no rows of ${symbol}`);
  const { user, system } = process.cpuUsage(cpuAtStart);
  times.push((user + system) / 1e6);
}
await close();
process.stdout.write(JSON.stringify({ cpuSeconds: median(times.slice(1)) }));

interface Opened {
  readonly read: (symbol: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

async function openPipe(): Promise<Opened> {
  const reader = await openLakeReader(data);
  return { read: async (symbol) => (await queryBars(reader, { symbol })).length, close: () => reader.close() };
}

async function openDuckDb(): Promise<Opened> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const table = join(data, 'equity_bars');
  const { files } = await advanceSnapshot(table, emptySnapshot);
  const paths = [...files.keys()].map((path) => `'${join(table, path).replaceAll("'", "''")}'`);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'; SET parquet_metadata_cache = true");
  const source = `read_parquet([${paths.join(', ')}], hive_partitioning = true, hive_types = {'bar_size': VARCHAR, 'period': VARCHAR})`;
  return {
    async read(symbol) {
      const result = await connection.run(
        `SELECT ts, session, open, high, low, "close", volume, wap, bar_count, open_interest FROM ${source}
         WHERE symbol = '${symbol}' AND provider = 'mock' AND bar_size = '1 day' AND what = 'TRADES' AND use_rth ORDER BY ts`,
      );
      return (await result.fetchAllChunks()).reduce((sum, chunk) => sum + chunk.rowCount, 0);
    },
    close() {
      connection.closeSync();
      return Promise.resolve();
    },
  };
}
