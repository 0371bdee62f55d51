import type { Dataset } from '../../../src/core/tables/tables.js';
import type { LakeReader, LakeState } from '../../../src/lake/api.js';
import { isDamage } from '../../../src/lake/lake-error.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';

/** What a user reads from one table: rows without ids and times of requests, and the coverage. */
export interface ReadableTable {
  readonly rows: readonly string[];
  readonly rowSet: ReadonlySet<string>;
  readonly text: string;
  /** True if the query was refused with the name of the damaged file. */
  readonly isRefused: boolean;
  /** True if the query or the state names damage of this table. */
  readonly isNamed: boolean;
  /** True if windows of the table are missing. */
  readonly missing: boolean;
}

/** The tables that the campaign fills. */
export const readTables: readonly Dataset[] = ['contracts', 'chains', 'equity_bars', 'option_bars'];

export type ReadableLake = ReadonlyMap<Dataset, ReadableTable>;

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

async function readTable(reader: LakeReader, state: LakeState, dataset: Dataset): Promise<ReadableTable> {
  const coverage: string[] = [];
  for (const { provider, series } of state.series()) {
    if (!series.startsWith(`${dataset}/`)) continue;
    for (const { start, end, state: held } of state.coverage(provider, series))
      coverage.push(`${series} ${String(start)} ${String(end)} ${held}`);
  }
  const isUnreadable = state.unreadable.some((one) => one.dataset === dataset);
  const isDamaged = state.damage.some((one) => one.dataset === dataset);
  const excluded = ['run_id', 'request_id', ...(dataset === 'contracts' || dataset === 'chains' ? ['as_of'] : [])];
  const partitions = dataset === 'chains' ? ', yearmonth' : '';
  const time = dataset === 'contracts' || dataset === 'chains' ? 'CAST(as_of AS DATE) AS day, ' : '';
  const found = await reader
    .query(`SELECT ${time}* EXCLUDE (${excluded.join(', ')}${partitions}) FROM ${dataset} ORDER BY ALL`)
    .catch((error: unknown) => {
      // DuckDB names a file that it cannot read.
      if (!isDamage(error) && !String(error).includes(`/${dataset}/`)) throw error;
      return null;
    });
  const rows = (found?.rows ?? []).map((row) => JSON.stringify(row));
  return {
    rows,
    rowSet: new Set(rows),
    text: `${rows.join('\n')}\n${coverage.sort().join('\n')}`,
    isRefused: found === null,
    isNamed: isUnreadable || isDamaged || (found?.skippedFiles.some((one) => one.dataset === dataset) ?? false),
    missing: coverage.some((window) => window.endsWith(' missing')),
  };
}
