import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FetchResult } from '../src/core/fetch-result.js';
import { getProcessIdentity } from '../src/lake/locks/process-identity.js';
import { readSegment } from '../src/lake/spool/segment.js';
import { openSpool } from '../src/lake/spool/spool.js';
import { median } from './node-process.js';
import type { Bench, Measurement } from './bench.js';

const runs = 5;

/** Measures how many results of some size become durable per second, with a few in flight. */
export async function measureSpool(resultCount: number, rows: number, concurrency: number): Promise<readonly number[]> {
  const rates: number[] = [];
  const delivery = createBars(rows);
  for (let round = 0; round < runs; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
    const author = { runId: 'run', pipeline: { name: 'nightly', hash: '' } };
    try {
      const spool = await openSpool({ folder, author, owner: getProcessIdentity() });
      const startedAt = process.hrtime.bigint();
      let next = 0;
      const append = async (): Promise<void> => {
        for (let number = next++; number < resultCount; number = next++) {
          await spool.append({ ...delivery, requestId: `run/${String(number)}` });
        }
      };
      await Promise.all(Array.from({ length: concurrency }, append));
      rates.push(resultCount / (Number(process.hrtime.bigint() - startedAt) / 1e9));
      let found = 0;
      for (const { path } of await spool.rotate()) found += (await readSegment(path)).results.length;
      if (found !== resultCount) throw new Error(`${found} of ${resultCount} deliveries are in the spool`);
      await spool.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return rates;
}

function createBars(length: number): FetchResult {
  const column = (first: number): Float64Array => Float64Array.from({ length }, (_, row) => first + row / 8);
  return {
    requestId: 'run/1',
    series: {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument: { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' },
      barSize: '1 min',
      priceType: 'TRADES',
      hours: 'rth',
    },
    step: 'prices',
    requestedAt: 1_795_212_000_000,
    answeredAt: 1_795_212_000_100,
    upstream: ['01990000-0000-7000-8000-000000000001/1'],
    closedWindows: [{ window: { start: 1_795_150_800_000, end: 1_795_237_200_000 }, state: 'data', rows: length }],
    rows: {
      dataset: 'equity_bars',
      length,
      columns: {
        ts: column(1_795_150_800_000),
        session: column(20_000),
        open: column(100),
        high: column(101),
        low: column(99),
        close: column(100.5),
        volume: column(1000),
        wap: column(100.2),
        bar_count: column(10),
        open_interest: column(NaN),
      },
    },
  };
}

const largeRows = 50_000;

async function measureLargeResults(): Promise<Measurement> {
  const rates = await measureSpool(80, largeRows, 4);
  return { measured: (median(rates) * largeRows) / 1e6, unit: 'million rows/s', limit: 3, better: 'higher' };
}

async function measureSmallResults(): Promise<Measurement> {
  const rates = await measureSpool(40_000, 1, 64);
  return { measured: median(rates), unit: 'deliveries/s', limit: 20_000, better: 'higher' };
}

export const benches: readonly Bench[] = [
  { name: 'spool: answers of 50,000 bars', target: '≥ 3 million rows/s', run: measureLargeResults },
  { name: 'spool: answers of one bar', target: '≥ 20,000 deliveries/s', run: measureSmallResults },
];
