import type { CommitInfo } from '../../core/fetch-result.js';
import { rowKeyColumns } from '../../core/tables/row-key.js';
import type { Dataset } from '../../core/tables/tables.js';
import { encodeFacts } from '../coverage/fact-encoding.js';
import { toAddAction } from '../delta/actions.js';
import { partitionColumns, storedColumns } from '../delta/schema.js';
import type { Engine } from '../parquet/engine.js';
import { discard, publish, toLiveFile, writeParquet } from '../parquet/parquet-files.js';
import type { WrittenFile } from '../parquet/parquet-files.js';
import { quoteIdentifier, quoteLiteral } from '../parquet/sql.js';
import { buildTableSource } from '../parquet/table-source.js';
import type { WritableTables } from '../writer/writable-tables.js';
import { moveFile, quarantinePath, releaseParameter } from './quarantine-files.js';
import type { QuarantineFile } from './quarantine-files.js';
import { findRowFacts, groupMovedRows, returnFacts } from './row-facts.js';

export interface ReleaseResult {
  readonly id: string;
  readonly dataset: Dataset;
  readonly rows: number;
  /** Rows in whose place the table has newer ones: they stay out of it. */
  readonly superseded: number;
}

const returned = 'released_rows';

/** Puts the rows of a quarantined file back into their table, in one commit. The caller holds the lock of the quarantine. */
export async function releaseRows(
  tables: WritableTables,
  author: CommitInfo,
  { dataset, id, path }: QuarantineFile,
): Promise<ReleaseResult> {
  const { context, folder } = tables;
  const engine = await context.engine();
  const log = tables.log(dataset);
  const { version } = await log.refresh();
  const moving = quarantinePath(folder, dataset, id, 'releasing', version ?? -1);
  await moveFile(path, moving);
  let written: readonly WrittenFile[] = [];
  let result: ReleaseResult = { id, dataset, rows: 0, superseded: 0 };
  const snapshot = await log.append(async (current) => {
    await discard(log.folder, written);
    written = [];
    const files = [...current.files.values()];
    const held = files.length === 0 ? null : buildTableSource(dataset, log.folder, files);
    const keys = rowKeyColumns(dataset).map((name) => `kept."${name}" IS NOT DISTINCT FROM held."${name}"`);
    const newer = held === null ? '' : ` ANTI JOIN ${held} AS held ON (${keys.join(' AND ')})`;
    await engine.run(
      `CREATE OR REPLACE TABLE ${returned} AS SELECT * FROM read_parquet(${quoteLiteral(moving)}, hive_partitioning = false) AS kept${newer}`,
      moving,
    );
    const [total] = await engine.queryRows(
      `SELECT count(*)::DOUBLE AS n FROM read_parquet(${quoteLiteral(moving)}, hive_partitioning = false)`,
      moving,
    );
    const moved = await groupMovedRows(engine, dataset, returned);
    const rows = moved.reduce((sum, group) => sum + group.rows, 0);
    result = { id, dataset, rows, superseded: Number(total?.['n']) - rows };
    if (rows === 0) return null;
    written = await writeReturned(engine, tables, dataset);
    await publish(log.folder, written);
    const facts = returnFacts(dataset, moved, await findRowFacts(log.folder, moved));
    return {
      author,
      operation: 'WRITE',
      parameters: { mode: 'Append', [releaseParameter]: id },
      coverage: encodeFacts(facts, context.getTimeZone),
      buildLines: (next) => written.map((file) => toAddAction(toLiveFile(file, context.now(), [next]), true)),
    };
  });
  await engine.run(`DROP TABLE IF EXISTS ${returned}`, 'memory');
  if (snapshot === null) await moveFile(moving, path);
  else {
    await moveFile(moving, quarantinePath(folder, dataset, id, 'released'));
    await tables.afterCommit(dataset, snapshot);
  }
  return result;
}

/** Writes one file for each folder of the table. */
async function writeReturned(
  engine: Engine,
  { context }: WritableTables,
  dataset: Dataset,
): Promise<readonly WrittenFile[]> {
  const folders = partitionColumns(dataset);
  const columns = Object.keys(storedColumns(dataset)).map(quoteIdentifier).join(', ');
  const values =
    folders.length === 0
      ? [{}]
      : await engine.queryRows(`SELECT DISTINCT ${folders.map(quoteIdentifier).join(', ')} FROM ${returned}`, 'memory');
  const written: WrittenFile[] = [];
  for (const row of values) {
    const partitionValues = Object.fromEntries(folders.map((name) => [name, String(Reflect.get(row, name))]));
    const where = folders.map((name) => `${quoteIdentifier(name)} = ${quoteLiteral(partitionValues[name] ?? '')}`);
    const query = `SELECT ${columns} FROM ${returned} WHERE ${['true', ...where].join(' AND ')}`;
    const file = await writeParquet(engine, { dataset, query, isSorted: false, partitionValues }, context.names);
    if (file !== null) written.push(file);
  }
  return written;
}
