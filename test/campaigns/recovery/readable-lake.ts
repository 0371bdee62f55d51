import type { Dataset } from '../../../src/core/tables/tables.js';
import type { LakeReader, LakeState } from '../../../src/lake/api.js';
import { isDamage } from '../../../src/lake/lake-error.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { digestRows, readRowTexts, selectDatedRows } from './row-digest.js';

/** What a user reads from one table: a digest of its rows without ids and times of requests, and the coverage. */
export interface ReadableTable {
  /** The digest of the rows; null if the query was refused with the name of the damaged file. */
  readonly digest: string | null;
  /** Digest and coverage. */
  readonly text: string;
  /** True if the query or the state names damage of this table. */
  readonly isNamed: boolean;
  /** True if windows of the table are missing. */
  readonly missing: boolean;
}

/** The tables that the campaign fills. */
export const readTables: readonly Dataset[] = ['contracts', 'chains', 'equity_bars', 'option_bars'];

export type ReadableLake = ReadonlyMap<Dataset, ReadableTable>;

/** Rows as text, by table. */
export type LakeRows = ReadonlyMap<Dataset, readonly string[]>;

export async function readLake(folder: string): Promise<ReadableLake> {
  const reader = await openLakeReader(folder);
  try {
    const state = await reader.readState();
    const tables = new Map<Dataset, ReadableTable>();
    for (const dataset of readTables) tables.set(dataset, await readTable(reader, state, dataset));
    return tables;
  } finally {
    await reader.close();
  }
}

/** The rows of some tables, to say which ones differ. */
export async function readLakeRows(folder: string, selected: readonly Dataset[]): Promise<LakeRows> {
  const rows = new Map<Dataset, readonly string[]>();
  if (selected.length === 0) return rows;
  const reader = await openLakeReader(folder);
  try {
    for (const dataset of selected) {
      const found = await readRowTexts(reader, selectDatedRows(dataset)).catch((error: unknown) => {
        if (!isRefusal(error, dataset)) throw error;
        return [];
      });
      rows.set(dataset, found);
    }
    return rows;
  } finally {
    await reader.close();
  }
}

async function readTable(reader: LakeReader, state: LakeState, dataset: Dataset): Promise<ReadableTable> {
  const coverage: string[] = [];
  for (const { provider, series } of state.series()) {
    if (!series.startsWith(`${dataset}/`)) continue;
    for (const { start, end, state: held } of state.coverage(provider, series))
      coverage.push(`${series} ${String(start)} ${String(end)} ${held}`);
  }
  const isUnreadable = state.unreadable.some((one) => one.dataset === dataset);
  const isDamaged = state.damage.some((one) => one.dataset === dataset);
  const found = await digestRows(reader, selectDatedRows(dataset)).catch((error: unknown) => {
    if (!isRefusal(error, dataset)) throw error;
    return null;
  });
  const digest = found?.digest ?? null;
  return {
    digest,
    text: `${digest ?? 'refused'}\n${coverage.sort().join('\n')}`,
    isNamed: isUnreadable || isDamaged || (found?.skippedFiles.some((one) => one.dataset === dataset) ?? false),
    missing: coverage.some((window) => window.endsWith(' missing')),
  };
}

/** DuckDB names a file that it cannot read. */
function isRefusal(error: unknown, dataset: Dataset): boolean {
  return isDamage(error) || String(error).includes(`/${dataset}/`);
}
