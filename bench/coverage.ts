import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FactInput } from '../src/lake/coverage/encoding.js';
import { encodeFacts } from '../src/lake/coverage/encoding.js';
import { followTableCoverage, isCheckpointDue, writeCoverageCheckpoint } from '../src/lake/coverage/state.js';
import { addLine } from '../src/lake/delta/actions.js';
import type { LiveFile } from '../src/lake/delta/actions.js';
import { commitPath, logFolder } from '../src/lake/delta/paths.js';
import { median } from './process.js';
import type { Bench, Measurement } from './table.js';

const day = 86_400_000;
const years = 10;
const nights = 250;
const runs = 5;

interface Report {
  readonly seconds: number;
  readonly series: number;
  readonly lists: number;
  readonly commits: number;
}

/**
 * How long a new process takes to know what ten years and 250 nights of daily bars have covered, with as long a tail beyond
 * the checkpoint as there can be.
 */
export async function measureCoverage(symbols: number, limit: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  try {
    const { logBytes, tailBytes } = await writeTable(folder, symbols);
    const reports = Array.from({ length: runs }, () => reportOf(folder));
    const [first] = reports;
    if (first?.series !== symbols) throw new Error(`read ${String(first?.series)} of ${symbols} series`);
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
    return {
      measured: median(reports.map(({ seconds }) => seconds * 1000)),
      unit: 'ms',
      limit,
      better: 'lower',
      detail: `log ${megabytes(logBytes)}, of it ${first.commits} commits or ${megabytes(tailBytes)} beyond the checkpoint; ${first.lists} different histories`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A log as runs leave it: checkpoints when they are due, but none near the end, so that the tail is as long as it gets. */
async function writeTable(folder: string, symbols: number): Promise<{ logBytes: number; tailBytes: number }> {
  mkdirSync(logFolder(folder), { recursive: true });
  let logBytes = writeCommit(folder, 0, encodeFacts(coldStart(symbols), zoneOf));
  const nightly = encodeFacts(night(symbols), zoneOf);
  const nightBytes = writeCommit(folder, 1, nightly);
  let longestTail = 1;
  while (!isCheckpointDue({ commits: longestTail, bytes: longestTail * nightBytes })) longestTail++;
  const follow = followTableCoverage(folder, 'equity_bars');
  for (let version = 1; version <= nights; version++) {
    logBytes += writeCommit(folder, version, moved(nightly, version));
    const coverage = await follow();
    if (version === nights - longestTail + 1) await writeCoverageCheckpoint(folder, coverage);
  }
  return { logBytes, tailBytes: (longestTail - 1) * nightBytes };
}

const zoneOf = (): string => 'America/New_York';

function writeCommit(folder: string, version: number, coverage: unknown): number {
  const pipe = { run: runId(version), pipeline: { name: 'nightly', hash: 'a'.repeat(64) }, coverage };
  const file = dataFile(version);
  mkdirSync(dirname(join(folder, file.path)), { recursive: true });
  writeFileSync(join(folder, file.path), '');
  const lines = [
    { commitInfo: { timestamp: version, operation: 'WRITE', engineInfo: 'pipe', pipe } },
    addLine(file, true),
  ];
  const path = commitPath(folder, version);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return statSync(path).size;
}

/** The facts of the first night as those of a later one: encoding them anew each time would take minutes. */
function moved(coverage: unknown, version: number): unknown {
  const { groups, ...rest } = coverage as { groups: { window: [number, number]; at: number[] }[]; runs: string[] };
  const later = sessionOf(version) - sessionOf(1);
  const moveGroup = ({
    window: [start, length],
    at: [first = 0, ...differences],
    ...group
  }: (typeof groups)[number]) => ({
    ...group,
    window: [start + later, length],
    at: [first + later, ...differences],
  });
  return { ...rest, runs: [runId(version), runId(0)], groups: groups.map(moveGroup) };
}

function dataFile(version: number): LiveFile {
  const columns = [
    'symbol',
    'provider',
    'what',
    'ts',
    'session',
    'open',
    'high',
    'low',
    'close',
    'volume',
    'wap',
    'bar_count',
  ];
  const values = Object.fromEntries(
    columns.map((name) => [name, name === 'ts' ? '2026-01-02T05:00:00.000Z' : 1234.5678]),
  );
  return {
    path: `bar_size=1%20day/period=${String(2016 + (version % years))}/${String(version)}.parquet`,
    partitionValues: { bar_size: '1 day', period: String(2016 + (version % years)) },
    size: 0,
    modificationTime: version,
    stats: JSON.stringify({ numRecords: 10_000, minValues: values, maxValues: values, nullCount: values }),
    tags: { 'pipe.commits': String(version), 'pipe.crc32': '12345678' },
  };
}

const runId = (version: number): string => `01990000-0000-7000-8000-${String(version).padStart(12, '0')}`;
const symbolName = (index: number): string => (index + 17_576).toString(26).toUpperCase();
const firstNight = Date.UTC(2026, 0, 1, 5);

/** Ten years, a request for each. */
function coldStart(symbols: number): readonly FactInput[] {
  const begin = firstNight - years * 365 * day;
  return Array.from({ length: years }, (_, year) => begin + year * 365 * day).flatMap((start, year) =>
    Array.from({ length: symbols }, (_, index) => fact(index, start, start + 365 * day, 0, year * symbols + index)),
  );
}

/** The session of a night; those of weekends are left out, so that neighbours do not always join. */
const sessionOf = (version: number): number =>
  firstNight + Math.floor((version - 1) / 5) * 7 * day + ((version - 1) % 5) * day;

function night(symbols: number): readonly FactInput[] {
  const start = sessionOf(1);
  return Array.from({ length: symbols }, (_, index) => fact(index, start, start + day, 1, index));
}

function fact(index: number, start: number, end: number, version: number, number: number): FactInput {
  // Answers come a little out of order.
  const request = number + ((number * 7) % 5);
  return {
    fact: {
      provider: 'mock',
      series: `equity_bars/${symbolName(index)}/1 day/TRADES/rth`,
      window: { start, end },
      state: 'data',
      requestId: `${runId(version)}/${String(request)}`,
      requestedAt: end + request * 41,
      rows: version === 0 ? 252 : 1,
      upstream: [`${runId(0)}/${String(index)}`],
    },
    step: 'prices',
    calendar: 'XNYS',
  };
}

function reportOf(folder: string): Report {
  const script = fileURLToPath(new URL('./coverage-process.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`reading coverage failed: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

/** What it costs to know what the lake holds. */
export const benches: readonly Bench[] = [
  { name: 'coverage: 10,000 series, 250 nights', bar: '≤ 150 ms', run: () => measureCoverage(10_000, 150) },
  { name: 'coverage: 100,000 series, 250 nights', bar: '≤ 1 s', run: () => measureCoverage(100_000, 1000) },
];
