// The two processes that bench/storing.ts compares. `store` writes bars from memory to a new lake, as a run does.
// `copy` has DuckDB write the rows of that lake, all in its memory, to one Parquet file, and `sorted` as sorted files in folders like
// those of the lake. Prints the seconds and the peak memory.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/core/time/clock.js';
import type { FetchResult } from '../src/core/fetch-result.js';
import type { Rows } from '../src/core/tables/rows.js';
import { day, minute } from '../src/core/time/time.js';
import { openLakeWriter } from '../src/lake/writer/lake-writer.js';

/** The output of both processes. */
export interface StoringReport {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

const months = 12;
const sessionsPerMonth = 21;
const minutesPerSession = 390;
const rowsPerResult = sessionsPerMonth * minutesPerSession;

/** The number of symbols that makes ten million bars; `PIPE_BENCH_SYMBOLS` for a shorter trial. */
const symbolCount = Number(process.env['PIPE_BENCH_SYMBOLS'] ?? 102);

export const storedRowCount = symbolCount * months * rowsPerResult;

const author = { runId: '01980000-0000-7000-8000-000000000001', pipeline: { name: 'bench', hash: 'bench' } };

/** The duration of a section of the work. */
type Section = Pick<StoringReport, 'seconds' | 'cpuSeconds'>;

function startSection(): () => Section {
  const startedAt = process.hrtime.bigint();
  const cpuAtStart = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpuAtStart);
    return { seconds: Number(process.hrtime.bigint() - startedAt) / 1e9, cpuSeconds: (user + system) / 1e6 };
  };
}

async function storeWithPipe(folder: string): Promise<Section> {
  const times = Array.from({ length: months }, (_, month) => createTimes(month));
  const prices = Array.from({ length: 16 }, (_, seed) => createPrices(seed));
  const writer = await openLakeWriter({ folder, author, clock: systemClock, emit: () => undefined });
  const endSection = startSection();
  let number = 0;
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    for (const [month, time] of times.entries()) {
      const columns = { ...time, ...(prices[(symbol * 5 + month) % prices.length] ?? createPrices(0)) };
      await writer.receive(createResult(`S${symbol}`, `${author.runId}/${++number}`, month, columns));
    }
  }
  await writer.flush();
  const section = endSection();
  await writer.finish();
  await writer.close();
  return section;
}

type Columns = (Rows & { readonly dataset: 'equity_bars' })['columns'];

function createResult(symbol: string, requestId: string, month: number, columns: Columns): FetchResult {
  const window = { start: Date.UTC(2025, month, 1), end: Date.UTC(2025, month + 1, 1) };
  return {
    requestId,
    series: {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument: { symbol, kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' },
      barSize: '1 min',
      priceType: 'TRADES',
      hours: 'rth',
    },
    step: 'prices',
    requestedAt: window.end,
    answeredAt: window.end,
    upstream: [],
    closedWindows: [{ window, state: 'data', rows: rowsPerResult }],
    rows: { dataset: 'equity_bars', length: rowsPerResult, columns },
  };
}

function createColumn(value: (row: number) => number): Float64Array {
  return Float64Array.from({ length: rowsPerResult }, (_, row) => value(row));
}

function createTimes(month: number): Pick<Columns, 'ts' | 'session'> {
  const first = Date.UTC(2025, month, 1);
  const session = (row: number): number => first / day + Math.floor(row / minutesPerSession);
  return {
    ts: createColumn((row) => session(row) * day + (870 + (row % minutesPerSession)) * minute),
    session: createColumn(session),
  };
}

/** A random walk in cents with the noise of a real market: numbers that compress as badly as real ones. */
function createPrices(seed: number): Omit<Columns, 'ts' | 'session'> {
  let state = seed * 2_654_435_761 + 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let cents = 5_000 + random(20_000);
  const close = createColumn(() => (cents = Math.max(500, cents + random(21) - 10)) / 100);
  const near = (spread: number, shift: number): Float64Array =>
    createColumn((row) => Math.round((close[row] ?? 0) * 100 + shift * random(spread)) / 100);
  return {
    open: near(12, 1),
    high: near(15, 1),
    low: near(15, -1),
    close,
    volume: createColumn(() => Math.floor(Math.exp(random(1_200) / 100))),
    wap: createColumn((row) => Math.round((close[row] ?? 0) * 1_000 + random(50)) / 1_000),
    bar_count: createColumn(() => random(400)),
    open_interest: createColumn(() => NaN),
  };
}

async function copyWithDuckDb(folder: string, sorted: boolean): Promise<Section> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const literal = (name: string): string => `'${join(folder, name).replaceAll("'", "''")}'`;
  await connection.run(`SET TimeZone = 'UTC'; ATTACH ${literal('lake.duckdb')} AS lake (READ_ONLY)`);
  await connection.run('CREATE TABLE bars AS SELECT * FROM lake.equity_bars');
  const endSection = startSection();
  await connection.run(
    sorted
      ? `COPY (SELECT * FROM bars ORDER BY bar_size, period, symbol, ts) TO ${literal('sorted')} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (bar_size, period), OVERWRITE true)`
      : `COPY bars TO ${literal('one.parquet')} (FORMAT parquet, COMPRESSION zstd)`,
  );
  return endSection();
}

const [, script, mode, folder] = process.argv;
if (script === fileURLToPath(import.meta.url) && folder !== undefined) {
  const section = await (mode === 'store' ? storeWithPipe(folder) : copyWithDuckDb(folder, mode === 'sorted'));
  const peakKilobytes =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? process.resourceUsage().maxRSS;
  const report: StoringReport = { ...section, peakBytes: Number(peakKilobytes) * 1024 };
  process.stdout.write(JSON.stringify(report));
}
