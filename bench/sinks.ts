import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getColumns } from '../src/core/tables/tables.js';
import { openLakeFeed } from '../src/lake/feed/lake-feed.js';
import type { LakeFeed } from '../src/lake/feed/feed.js';
import { anyHost } from '../src/platform/http/allowed-hosts.js';
import { createCsvSink } from '../src/sinks/csv/csv-sink.js';
import { deliverChanges } from '../src/sinks/deliver-changes.js';
import { createPostgresSink } from '../src/sinks/postgres/postgres-sink.js';
import type { Sink } from '../src/sinks/sink.js';
import { findRequirement } from '../test/requirements.js';
import { startPostgres } from '../test/sinks/postgres/postgres-server.js';
import type { PostgresServer } from '../test/sinks/postgres/postgres-server.js';
import type { Bench, Measurement } from './bench.js';
import { median } from './node-process.js';

const minRatio = 0.8;
const rounds = 3;

/** The number of symbols with 98,280 one-minute bars each. */
const symbols = process.env['PIPE_BENCH_SYMBOLS'] ?? '10';
const rowCount = Number(symbols) * 98_280;

const selection = { dataset: 'equity_bars', columns: Object.keys(getColumns('equity_bars')), symbols: null } as const;
const never = new AbortController().signal;

async function measureSeconds(work: () => Promise<void>): Promise<number> {
  const startedAt = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - startedAt) / 1e9;
}

/** Runs some work with a lake of bars and a folder of its feed. */
async function withLake<T>(work: (lake: string, scratch: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  const [lake, scratch] = [join(folder, 'lake'), join(folder, 'scratch')];
  try {
    await mkdir(scratch);
    const script = fileURLToPath(new URL('./storing-process.js', import.meta.url));
    execFileSync(process.execPath, [script, 'store', lake], { env: { ...process.env, PIPE_BENCH_SYMBOLS: symbols } });
    return await work(lake, scratch);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Delivers the whole lake; the feed is opened before, as by a run. */
async function measureDelivery(lake: string, folders: readonly string[], sink: Sink): Promise<number> {
  const feed: LakeFeed = openLakeFeed(lake, folders);
  try {
    await feed.query('SELECT 1');
    const seconds = await measureSeconds(async () => {
      const { rows } = await deliverChanges(sink, feed, { signal: never });
      if (rows !== rowCount) throw new Error(`${String(rows)} of ${String(rowCount)} rows were delivered`);
    });
    return seconds;
  } finally {
    await sink.close();
    await feed.close();
  }
}

function toMeasurement(own: readonly number[], peer: readonly number[], name: string): Measurement {
  const rate = (seconds: readonly number[]): string =>
    `${(rowCount / median(seconds) / 1e3).toFixed(0)} thousand rows/s`;
  return {
    measured: median(peer) / median(own),
    unit: '×',
    limit: minRatio,
    better: 'higher',
    detail: `${rate(own)} against ${rate(peer)} of ${name}, ${String(rounds)} turns`,
  };
}

async function measurePostgres(): Promise<Measurement> {
  const initdb = findRequirement('postgres');
  if (initdb.missing) throw new Error('there is no PostgreSQL server on this machine');
  const psql = join(dirname(realpathSync(initdb.path)), 'psql');
  const server = await startPostgres(initdb.path);
  try {
    return await withLake(async (lake, scratch) => {
      const createSink = (url: string): Sink =>
        createPostgresSink({
          name: 'warehouse',
          selections: [selection],
          scratch,
          url,
          allowedHosts: anyHost,
          connectTimeout: 60_000,
          timeout: 600_000,
          signal: never,
          symbols: new Map(),
          times: { find: () => Promise.resolve(null) },
        });
      const own: number[] = [];
      const copied: number[] = [];
      const file = join(scratch, 'rows.csv');
      for (let round = 0; round < rounds; round++) {
        const url = await createTables(server, createSink);
        own.push(await measureDelivery(lake, [scratch], createSink(url)));
        if (round === 0) runPsql(psql, url, `\\copy (SELECT ${listColumns()} FROM market_data) TO '${file}' CSV`);
        const other = await createTables(server, createSink);
        const rows = await server.query(url, 'SELECT symbol, exchange FROM symbols ORDER BY id');
        for (const { symbol, exchange } of rows)
          await server.query(
            other,
            `INSERT INTO symbols (symbol, exchange) VALUES ('${String(symbol)}', '${String(exchange)}')`,
          );
        copied.push(
          await measureSeconds(() => {
            runPsql(psql, other, `\\copy market_data (${listColumns()}) FROM '${file}' CSV`);
            return Promise.resolve();
          }),
        );
      }
      return toMeasurement(own, copied, '\\copy of a file');
    });
  } finally {
    await server.close();
  }
}

async function createTables(server: PostgresServer, createSink: (url: string) => Sink): Promise<string> {
  const url = await server.createDatabase();
  const sink = createSink(url);
  await sink.setup();
  await sink.close();
  return url;
}

const names: Readonly<Record<string, string>> = { symbol: 'symbol_id', ts: 'timestamp', bar_size: 'timeframe' };

function listColumns(): string {
  return selection.columns.map((name) => `"${names[name] ?? name}"`).join(', ');
}

function runPsql(psql: string, url: string, command: string): void {
  execFileSync(psql, [url, '-q', '-v', 'ON_ERROR_STOP=1', '-c', command], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function measureCsv(): Promise<Measurement> {
  return withLake(async (lake, scratch) => {
    const own: number[] = [];
    const copied: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const folder = join(scratch, `sink-${String(round)}`);
      const sink = createCsvSink({
        name: 'files',
        selections: [selection],
        folder,
        gzip: false,
        concurrency: availableParallelism(),
      });
      await sink.setup();
      own.push(await measureDelivery(lake, [scratch], sink));
      const feed = openLakeFeed(lake, [scratch]);
      try {
        await feed.stage('equity_bars', null);
        const file = join(scratch, 'one.csv');
        copied.push(
          await measureSeconds(async () => {
            await feed.copyTo('SELECT * FROM all_rows ORDER BY symbol, bar_size, ts', file, 'FORMAT csv, HEADER true');
          }),
        );
        await rm(file);
      } finally {
        await feed.close();
      }
      await rm(folder, { recursive: true });
    }
    return toMeasurement(own, copied, "DuckDB's writer of one sorted file");
  });
}

export const benches: readonly Bench[] = [
  {
    name: 'sinks: bars into PostgreSQL',
    target: `≥ ${String(minRatio)} × the rate of \\copy of the same rows`,
    run: measurePostgres,
  },
  { name: 'sinks: bars into CSV files', target: `≥ ${String(minRatio)} × the rate of DuckDB`, run: measureCsv },
];
