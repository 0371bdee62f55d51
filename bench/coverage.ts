import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FactInput } from '../src/lake/coverage/fact-encoding.js';
import { encodeFacts } from '../src/lake/coverage/fact-encoding.js';
import { trackTableCoverage, isCheckpointDue, writeCoverageCheckpoint } from '../src/lake/coverage/table-coverage.js';
import { toAddAction } from '../src/lake/delta/actions.js';
import type { LiveFile } from '../src/lake/delta/actions.js';
import { commitPath, logFolder } from '../src/lake/delta/paths.js';
import { median } from './node-process.js';
import type { Bench, Measurement } from './bench.js';

const day = 86_400_000;
const years = 10;
const nightCount = 250;
const runCount = 5;

interface CoverageReport {
  readonly seconds: number;
  readonly series: number;
  readonly lists: number;
  readonly commits: number;
}

/**
 * Measures how long a new process takes to load the coverage of ten years and 250 nights of daily bars, with the
 * longest possible tail after the checkpoint.
 */
export async function measureCoverage(symbols: number, limit: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
  try {
    const { logBytes, tailBytes } = await writeTableLog(folder, symbols);
    const reports = Array.from({ length: runCount }, () => runCoverageProcess(folder));
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

/**
 * Writes a log as runs leave it: checkpoints when they are due, but none near the end, so that the tail is as long as
 * possible.
 */
async function writeTableLog(folder: string, symbols: number): Promise<{ logBytes: number; tailBytes: number }> {
  mkdirSync(logFolder(folder), { recursive: true });
  let logBytes = writeCommit(folder, 0, encodeFacts(createColdStartFacts(symbols), getZone));
  const nightly = encodeFacts(createNightFacts(symbols), getZone);
  const nightBytes = writeCommit(folder, 1, nightly);
  let maxTail = 1;
  while (!isCheckpointDue({ commits: maxTail, bytes: maxTail * nightBytes })) maxTail++;
  const follow = trackTableCoverage(folder, 'equity_bars');
  for (let version = 1; version <= nightCount; version++) {
    logBytes += writeCommit(folder, version, shiftFacts(nightly, version));
    const coverage = await follow();
    if (version === nightCount - maxTail + 1) await writeCoverageCheckpoint(folder, coverage);
  }
  return { logBytes, tailBytes: (maxTail - 1) * nightBytes };
}

const getZone = (): string => 'America/New_York';

/** Writes one commit of a table with the file that it names; returns the bytes of the commit. */
export function writeCommit(folder: string, version: number, coverage: unknown): number {
  const pipe = { run: formatRunId(version), pipeline: { name: 'nightly', hash: 'a'.repeat(64) }, coverage };
  const file = dataFile(version);
  mkdirSync(dirname(join(folder, file.path)), { recursive: true });
  writeFileSync(join(folder, file.path), '');
  const lines = [
    { commitInfo: { timestamp: version, operation: 'WRITE', engineInfo: 'pipe', pipe } },
    toAddAction(file, true),
  ];
  const path = commitPath(folder, version);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return statSync(path).size;
}

/** Shifts the facts of the first night to a later one: encoding them for each night would take minutes. */
function shiftFacts(coverage: unknown, version: number): unknown {
  const { groups, ...rest } = coverage as { groups: { window: [number, number]; at: number[] }[]; runCount: string[] };
  const later = getSessionStart(version) - getSessionStart(1);
  const shiftGroup = ({
    window: [start, length],
    at: [first = 0, ...differences],
    ...group
  }: (typeof groups)[number]) => ({
    ...group,
    window: [start + later, length],
    at: [first + later, ...differences],
  });
  return { ...rest, runCount: [formatRunId(version), formatRunId(0)], groups: groups.map(shiftGroup) };
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

export const formatRunId = (version: number): string => `01990000-0000-7000-8000-${String(version).padStart(12, '0')}`;
export const formatSymbol = (index: number): string => (index + 17_576).toString(26).toUpperCase();
const firstNight = Date.UTC(2026, 0, 1, 5);

/** Ten years, one request each. */
function createColdStartFacts(symbols: number): readonly FactInput[] {
  const begin = firstNight - years * 365 * day;
  return Array.from({ length: years }, (_, year) => begin + year * 365 * day).flatMap((start, year) =>
    Array.from({ length: symbols }, (_, index) =>
      createFact(index, start, start + 365 * day, 0, year * symbols + index),
    ),
  );
}

/** The session of a night; weekends are skipped, so that neighbours do not always merge. */
const getSessionStart = (version: number): number =>
  firstNight + Math.floor((version - 1) / 5) * 7 * day + ((version - 1) % 5) * day;

function createNightFacts(symbols: number): readonly FactInput[] {
  const start = getSessionStart(1);
  return Array.from({ length: symbols }, (_, index) => createFact(index, start, start + day, 1, index));
}

function createFact(index: number, start: number, end: number, version: number, number: number): FactInput {
  // Answers arrive slightly out of order.
  const request = number + ((number * 7) % 5);
  return {
    fact: {
      provider: 'mock',
      series: `equity_bars/${formatSymbol(index)}/1 day/TRADES/rth`,
      window: { start, end },
      state: 'data',
      requestId: `${formatRunId(version)}/${String(request)}`,
      requestedAt: end + request * 41,
      rows: version === 0 ? 252 : 1,
      upstream: [`${formatRunId(0)}/${String(index)}`],
    },
    step: 'prices',
    calendar: 'XNYS',
  };
}

function runCoverageProcess(folder: string): CoverageReport {
  const script = fileURLToPath(new URL('./coverage-process.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`reading coverage failed: ${stderr}`);
  return JSON.parse(stdout) as CoverageReport;
}

export const benches: readonly Bench[] = [
  { name: 'coverage: 10,000 series, 250 nights', target: '≤ 150 ms', run: () => measureCoverage(10_000, 150) },
  { name: 'coverage: 100,000 series, 250 nights', target: '≤ 1 s', run: () => measureCoverage(100_000, 1000) },
];
