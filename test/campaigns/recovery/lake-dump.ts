import { datasets } from '../../../src/core/tables/tables.js';
import type { Dataset } from '../../../src/core/tables/tables.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { digestRows, readRowTexts, selectRows } from './row-digest.js';

/** Contents and coverage of a lake without ids and times, which differ between runs. */
export interface LakeDump {
  readonly folder: string;
  /** The digest of the rows of each table. */
  readonly digests: ReadonlyMap<Dataset, string>;
  /** `provider series start end state` of merged windows, sorted. */
  readonly coverage: readonly string[];
}

export async function dumpLake(folder: string): Promise<LakeDump> {
  const reader = await openLakeReader(folder);
  try {
    const digests = new Map<Dataset, string>();
    for (const dataset of datasets) digests.set(dataset, (await digestRows(reader, selectRows(dataset))).digest);
    const state = await reader.readState();
    const coverage: string[] = [];
    for (const { provider, series } of state.series()) {
      const isPoint = series.startsWith('contracts/') || series.startsWith('chains/');
      for (const window of state.coverage(provider, series)) {
        coverage.push(
          `${provider} ${series} ${isPoint ? 'point' : `${String(window.start)} ${String(window.end)}`} ${window.state}`,
        );
      }
    }
    return { folder, digests, coverage: coverage.sort() };
  } finally {
    await reader.close();
  }
}

/** What two lakes do not have in common: rows and coverage, each with a sign as in `diff`; empty if they are equal. Both must exist. */
export async function compareLakes(expected: LakeDump, actual: LakeDump): Promise<readonly string[]> {
  const differences = diffLines(expected.coverage, actual.coverage);
  for (const [dataset, digest] of expected.digests) {
    if (actual.digests.get(dataset) === digest) continue;
    const [wanted, found] = [await readTexts(expected.folder, dataset), await readTexts(actual.folder, dataset)];
    differences.push(
      `${dataset}: ${String(found.length)} rows instead of ${String(wanted.length)}`,
      ...diffLines(wanted, found),
    );
  }
  return differences;
}

async function readTexts(folder: string, dataset: Dataset): Promise<readonly string[]> {
  const reader = await openLakeReader(folder);
  try {
    return await readRowTexts(reader, selectRows(dataset));
  } finally {
    await reader.close();
  }
}

/** The lines that one list has more often than the other, at most ten of each. */
function diffLines(expected: readonly string[], actual: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of actual) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of expected) counts.set(line, (counts.get(line) ?? 0) - 1);
  const differing = (sign: '+' | '-'): readonly string[] =>
    [...counts].filter(([, count]) => (sign === '+' ? count > 0 : count < 0)).map(([line]) => `${sign} ${line}`);
  return [...differing('-').slice(0, 10), ...differing('+').slice(0, 10)];
}

/** Returns `provider series start end` of every fact committed since an instant, oldest first. */
export async function readFactsSince(folder: string, since: number): Promise<readonly string[]> {
  const reader = await openLakeReader(folder);
  const facts: string[] = [];
  try {
    for await (const { provider, series, dataset, window, committedAt } of reader.readFacts({})) {
      if (committedAt < since) continue;
      const isPoint = dataset === 'contracts' || dataset === 'chains';
      facts.push(`${provider} ${series} ${isPoint ? 'point' : `${String(window.start)} ${String(window.end)}`}`);
    }
  } finally {
    await reader.close();
  }
  return facts;
}
