import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../src/core/time/clock.js';
import type { FetchResult } from '../src/core/fetch-result.js';
import { day, hour } from '../src/core/time/time.js';
import { commitPath } from '../src/lake/delta/paths.js';
import { openLakeWriter } from '../src/lake/writer/lake-writer.js';
import type { Bench, Measurement } from './bench.js';
import { pipeCommand } from './node-process.js';

const commits = 200;
const limit = 200;

const author = { runId: '01980000-0000-7000-8000-000000000001', pipeline: { name: 'bench', hash: 'bench' } };

/** One bar whose volume is the number of its commit. */
function createBar(number: number): FetchResult {
  const start = Date.UTC(2020, 0, 1) + number * day;
  const column = (value: number): Float64Array => Float64Array.of(value);
  return {
    requestId: `${author.runId}/${String(number)}`,
    series: {
      dataset: 'equity_bars',
      provider: 'mock',
      instrument: { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' },
      barSize: '1 day',
      priceType: 'TRADES',
      hours: 'rth',
    },
    step: 'prices',
    requestedAt: start + day,
    answeredAt: start + day,
    upstream: [],
    closedWindows: [{ window: { start, end: start + day }, state: 'data', rows: 1 }],
    rows: {
      dataset: 'equity_bars',
      length: 1,
      columns: {
        ts: column(start + 15 * hour),
        session: column(start / day),
        open: column(1),
        high: column(1),
        low: column(1),
        close: column(1),
        volume: column(number),
        wap: column(1),
        bar_count: column(1),
        open_interest: column(NaN),
      },
    },
  };
}

/** The delays from the file of each commit to its row at the output of `pipe tail --follow`, in milliseconds, sorted. */
async function measureDelays(): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  const table = join(folder, 'equity_bars');
  const tail = spawn(process.execPath, [pipeCommand, '--data', folder, 'tail', 'equity_bars', '--follow'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const arrived = new Map<number, number>();
  let notify = (): void => undefined;
  createInterface({ input: tail.stdout }).on('line', (line) => {
    const row: unknown = JSON.parse(line);
    if (typeof row === 'object' && row !== null && 'volume' in row) arrived.set(Number(row.volume), Date.now());
    notify();
  });
  const writer = await openLakeWriter({ folder, author, clock: systemClock, emit: () => undefined });
  try {
    const delays: number[] = [];
    let version = 0;
    for (let number = 0; number <= commits; number++) {
      await writer.receive(createBar(number));
      while (existsSync(commitPath(table, version))) version++;
      await writer.flush();
      while (!arrived.has(number)) await new Promise<void>((resolve) => (notify = resolve));
      // The first row waits for the start of the command.
      if (number > 0) delays.push((arrived.get(number) ?? NaN) - statSync(commitPath(table, version)).mtimeMs);
    }
    await writer.finish();
    return delays.sort((a, b) => a - b);
  } finally {
    tail.kill('SIGINT');
    await writer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureTail(): Promise<Measurement> {
  const delays = await measureDelays();
  const at = (share: number): number => delays[Math.ceil(share * delays.length) - 1] ?? NaN;
  const detail = `median ${at(0.5).toFixed(0)} ms, longest ${at(1).toFixed(0)} ms, ${String(commits)} commits`;
  return { measured: at(0.99), unit: 'ms', limit, better: 'lower', detail };
}

export const benches: readonly Bench[] = [
  { name: 'tail: from a commit to its row', target: `≤ ${String(limit)} ms, 99 of 100`, run: measureTail },
];
