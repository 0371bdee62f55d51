import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CoverageFact } from '../../../src/core/coverage.js';
import { encodeFacts } from '../../../src/lake/coverage/fact-encoding.js';
import type { FactInput } from '../../../src/lake/coverage/fact-encoding.js';
import { toAddAction, toRemoveAction } from '../../../src/lake/delta/actions.js';
import type { LiveFile } from '../../../src/lake/delta/actions.js';
import { commitPath, logFolder } from '../../../src/lake/delta/paths.js';

export const zones: Readonly<Record<string, string>> = {
  XNYS: 'America/New_York',
  XASX: 'Australia/Sydney',
  XNSE: 'Asia/Kolkata',
};

/** The content of one commit of a generated log. */
export interface FakeCommit {
  readonly runId?: string;
  readonly facts?: readonly FactInput[];
  readonly added?: readonly LiveFile[];
  readonly removed?: readonly LiveFile[];
}

/** Writes the commits of a log as a writer does, with data files of the sizes in the log. */
export async function writeLog(table: string, commits: readonly FakeCommit[], first = 0): Promise<void> {
  await mkdir(logFolder(table), { recursive: true });
  for (const [index, { runId = 'run', facts = [], added = [], removed = [] }] of commits.entries()) {
    const coverage = encodeFacts(facts, (calendar) => zones[calendar] ?? null);
    const pipe = { run: runId, pipeline: { name: 'nightly', hash: 'abc' }, coverage };
    const lines = [
      { commitInfo: { timestamp: 1000 + first + index, operation: 'WRITE', engineInfo: 'test', pipe } },
      ...added.map((file) => toAddAction(file, true)),
      ...removed.map((file) => toRemoveAction(file, 0, true)),
    ];
    await writeFile(commitPath(table, first + index), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    for (const { path, size } of added) {
      await mkdir(dirname(join(table, path)), { recursive: true });
      await writeFile(join(table, path), Buffer.alloc(size));
    }
  }
}

/** A fact of daily bars, with defaults. */
export function fact(
  symbol: string,
  start: number,
  end: number,
  more: Partial<CoverageFact> = {},
  calendar = 'XNYS',
): FactInput {
  return {
    fact: {
      provider: 'mock',
      series: `equity_bars/${symbol}/1 day/TRADES/rth`,
      window: { start, end },
      state: 'data',
      requestId: 'run/1',
      requestedAt: 1,
      rows: 1,
      upstream: [],
      ...more,
    },
    step: 'prices',
    calendar,
  };
}

/** A file of daily bars. */
export function yearFile(
  year: number,
  commits: readonly number[],
  symbols: readonly [string, string],
  size = 10,
): LiveFile {
  const [min, max] = symbols;
  return {
    path: `bar_size=1%20day/period=${year}/${commits.join('-')}-${min}-${max}.parquet`,
    partitionValues: { bar_size: '1 day', period: String(year) },
    size,
    modificationTime: 0,
    stats: JSON.stringify({
      numRecords: 1,
      minValues: { symbol: min },
      maxValues: { symbol: max },
      nullCount: { session: 0 },
    }),
    tags: { 'pipe.commits': commits.join(',') },
  };
}
