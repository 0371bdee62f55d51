import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FactInput } from '../src/lake/coverage/fact-encoding.js';
import { encodeFacts } from '../src/lake/coverage/fact-encoding.js';
import { logFolder } from '../src/lake/delta/paths.js';
import { formatRunId, formatSymbol, writeCommit } from './coverage.js';
import { measureFastestSeconds, pipeCommand } from './node-process.js';
import type { Bench, Measurement } from './bench.js';

const day = 86_400_000;
const end = Date.UTC(2026, 10, 30, 5);
const start = end - 3_652 * day;
const requestCount = 40;
const maxBytes = 2_000_000;

/**
 * Measures the answer of the page's server with the coverage of 10,000 symbols over ten years, whose histories all differ: from the
 * request to the last byte, computed anew for each request. The first one reads the log as well.
 */
async function measureAnswer(symbols: number, limit: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  const table = join(folder, 'data', 'equity_bars');
  mkdirSync(logFolder(table), { recursive: true });
  writeCommit(
    table,
    0,
    encodeFacts(createFacts(symbols), () => 'America/New_York'),
  );
  const server = spawn(process.execPath, [pipeCommand, 'ui', '--port', '0', '--read-only'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', PIPE_STATE: join(folder, 'state') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const address = await readAddress(server);
    const answers: { readonly milliseconds: number; readonly bytes: number; readonly rows: number }[] = [];
    // Another limit is another request: the server keeps the last answers.
    for (let index = 0; index < requestCount; index++) answers.push(await askFor(address, symbols + index));
    const [first, ...others] = answers;
    if (first?.rows !== symbols) throw new Error(`the answer has ${String(first?.rows)} of ${String(symbols)} rows`);
    if (first.bytes > maxBytes) throw new Error(`the answer has ${String(first.bytes)} bytes`);
    const times = others.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    const quantile = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? NaN;
    const node = measureFastestSeconds({ args: ['-e', '0'] }, 5) * 1000;
    const figures = [
      `p50 ${quantile(0.5).toFixed(0)} ms`,
      `p95 ${quantile(0.95).toFixed(0)} ms`,
      `first ${first.milliseconds.toFixed(0)} ms`,
      `${(first.bytes / 1e6).toFixed(2)} MB`,
      `node -e 0 ${node.toFixed(0)} ms`,
    ];
    return { measured: quantile(0.95), unit: 'ms', limit, better: 'lower', detail: figures.join(', ') };
  } finally {
    server.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Each symbol begins on one of 700 days and has a gap of three days at one of 2,803 places: no two histories are equal. */
function createFacts(symbols: number): readonly FactInput[] {
  return Array.from({ length: symbols }, (_, index) => {
    const begin = start + (index % 700) * day;
    const gap = start + (800 + (index % 2_803)) * day;
    return [
      createFact(index, begin, gap, 'data'),
      createFact(index, gap, gap + 3 * day, index % 5 === 0 ? 'failed' : 'empty'),
      createFact(index, gap + 3 * day, end, 'data'),
    ];
  }).flat();
}

function createFact(index: number, from: number, to: number, state: 'data' | 'empty' | 'failed'): FactInput {
  return {
    fact: {
      provider: 'mock',
      series: `equity_bars/${formatSymbol(index)}/1 day/TRADES/rth`,
      window: { start: from, end: to },
      state,
      requestId: `${formatRunId(0)}/${String(index)}`,
      requestedAt: end,
      rows: state === 'data' ? 100 : 0,
      upstream: [],
    },
    step: 'prices',
    calendar: 'XNYS',
  };
}

async function askFor(
  address: string,
  rows: number,
): Promise<{ readonly milliseconds: number; readonly bytes: number; readonly rows: number }> {
  const startedAt = process.hrtime.bigint();
  const response = await fetch(`${address}/api/v1/coverage?to=2026-11-29&rows=${String(rows)}`);
  const text = await response.text();
  const milliseconds = Number(process.hrtime.bigint() - startedAt) / 1e6;
  if (!response.ok) throw new Error(`the server answered ${String(response.status)}: ${text}`);
  const map = JSON.parse(text) as { readonly rows: { readonly names: readonly string[] } };
  return { milliseconds, bytes: Buffer.byteLength(text), rows: map.rows.names.length };
}

function readAddress(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.stdout?.on('data', (text: Buffer) => {
      const address = /http:\/\/[\d.:]+/.exec(text.toString('utf8'))?.[0];
      if (address !== undefined) resolve(address);
    });
    server.on('exit', (code) => reject(new Error(`pipe ui ended with ${String(code)}`)));
  });
}

export const benches: readonly Bench[] = [
  {
    name: 'page: coverage of 10,000 symbols, 10 years',
    target: '≤ 300 ms, ≤ 2 MB',
    run: () => measureAnswer(10_000, 300),
  },
];
