import { getColumns } from '../../../src/core/tables/tables.js';
import type { Dataset } from '../../../src/core/tables/tables.js';
import type { DamagedFile, LakeReader } from '../../../src/lake/api.js';

/** Selects the rows of a table without ids and times of requests, which differ between runs. */
export function selectRows(dataset: Dataset): string {
  const excluded = ['run_id', 'request_id', ...(hasOwnTime(dataset) ? ['as_of'] : [])];
  // The day of the contract answer: later for rows that are requested again.
  if ('con_id_date' in getColumns(dataset)) excluded.push('con_id_date');
  // A partition: a column in folder names alone.
  if (dataset === 'chains') excluded.push('yearmonth');
  return `SELECT * EXCLUDE (${excluded.join(', ')}) FROM ${dataset}`;
}

/** The same with the day of each snapshot. */
export function selectDatedRows(dataset: Dataset): string {
  return hasOwnTime(dataset)
    ? selectRows(dataset).replace('SELECT ', 'SELECT CAST(as_of AS DATE) AS day, ')
    : selectRows(dataset);
}

function hasOwnTime(dataset: Dataset): boolean {
  return dataset === 'contracts' || dataset === 'chains';
}

/** The rows of a query in short: equal digests mean the same rows, each as often, in any order. */
export interface RowDigest {
  readonly digest: string;
  readonly skippedFiles: readonly DamagedFile[];
}

/** DuckDB hashes rows many times faster than they become text: two sums of 64-bit hashes, and their number. */
export async function digestRows(reader: LakeReader, select: string): Promise<RowDigest> {
  const digest = `concat_ws(' ', count(*), sum(hash(one)), sum(hash(one, 'again'))) AS digest`;
  const { rows, skippedFiles } = await reader.query(`SELECT ${digest} FROM (${select}) AS one`);
  return { digest: String(rows[0]?.['digest']), skippedFiles };
}

/** The rows themselves, to say which ones differ. */
export async function readRowTexts(reader: LakeReader, select: string): Promise<readonly string[]> {
  const { rows } = await reader.query(`${select} ORDER BY ALL`);
  return rows.map((row) => JSON.stringify(row));
}
