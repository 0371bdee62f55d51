import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitInfo } from '../../core/fetch-result.js';
import { quarantinedRows } from '../../core/loss-reasons.js';
import type { QuarantineRequest, QuarantineResult } from '../../core/quality/quarantine.js';
import { rowKeyColumns } from '../../core/tables/row-key.js';
import { getColumns } from '../../core/tables/tables.js';
import type { Column, Dataset } from '../../core/tables/tables.js';
import { encodeFacts } from '../coverage/fact-encoding.js';
import { toAddAction, toRemoveAction } from '../delta/actions.js';
import type { LiveFile } from '../delta/actions.js';
import { syncFolder } from '../delta/durable-files.js';
import { partitionColumns, storedColumns, timeColumn } from '../delta/schema.js';
import type { Snapshot } from '../delta/snapshot.js';
import type { Rewrite } from '../commit/rewrite-files.js';
import { expectIntact } from '../parquet/checksum.js';
import type { Engine } from '../parquet/engine.js';
import { getRange } from '../parquet/file-statistics.js';
import { discard, getCommits, publish, syncAndHash, toLiveFile, writeParquet } from '../parquet/parquet-files.js';
import type { WrittenFile } from '../parquet/parquet-files.js';
import { quoteIdentifier, quoteLiteral, quoteLiterals } from '../parquet/sql.js';
import { buildTableSource } from '../parquet/table-source.js';
import type { WritableTables } from '../writer/writable-tables.js';
import {
  createQuarantineFolder,
  listQuarantineFiles,
  moveFile,
  quarantineFolder,
  quarantineParameter,
  quarantinePath,
} from './quarantine-files.js';
import { findRowFacts, groupMovedRows, removalFacts } from './row-facts.js';

const noRows: QuarantineResult = { id: null, rows: 0, gaps: 0 };

/** The relation of the rows that are moved. */
const movedRelation = 'quarantined_rows';

/**
 * Moves rows out of a table in one commit. They are on the disk in the quarantine before the commit removes them. The caller holds
 * the lock of the quarantine.
 */
export async function quarantineRows(
  tables: WritableTables,
  author: CommitInfo,
  request: QuarantineRequest,
): Promise<QuarantineResult> {
  const { dataset, rule, keysFile } = request;
  const { context, folder } = tables;
  const log = tables.log(dataset);
  const engine = await context.engine();
  const id = `${author.runId.slice(-12)}-${context.names.next().split('-').at(-1) ?? ''}`;
  await createQuarantineFolder(folder, dataset);
  await engine.run(
    `CREATE OR REPLACE TABLE quarantined_keys AS SELECT DISTINCT * FROM read_parquet(${quoteLiteral(keysFile)})`,
    keysFile,
  );
  const bounds = await readBounds(engine, dataset);
  const pending: { path: string | null } = { path: null };
  let rewrites: readonly Rewrite[] = [];
  let result = noRows;
  try {
    const snapshot = await log.append(async (current) => {
      await discard(log.folder, remainders(rewrites));
      const files = selectFiles(dataset, current, bounds);
      for (const file of files) await expectIntact(join(log.folder, file.path), file);
      await stageMovedRows(engine, tables, request, files);
      const moved = await groupMovedRows(engine, dataset, movedRelation);
      if (moved.length === 0) return null;
      pending.path = await writePending(engine, tables, request, id, current.version ?? -1, pending.path);
      rewrites = await rewriteFiles(engine, tables, dataset, files);
      await publish(log.folder, remainders(rewrites));
      const gaps = moved.filter(({ isGap }) => isGap);
      result = { id, rows: sumRows(moved), gaps: sumRows(gaps) };
      const find = await findRowFacts(log.folder, moved);
      const facts = removalFacts(dataset, moved, find, `${quarantinedRows}${rule}`, author.runId);
      return {
        author,
        operation: 'DELETE',
        parameters: { predicate: `rows that violate the quality rule ${rule}`, [quarantineParameter]: id },
        coverage: encodeFacts(facts, context.getTimeZone),
        buildLines: () => rewrites.flatMap((rewrite) => toLogActions(rewrite, context.now())),
      };
    });
    if (snapshot === null || pending.path === null) return noRows;
    await moveFile(pending.path, quarantinePath(folder, dataset, id, 'quarantined'));
    await tables.afterCommit(dataset, snapshot);
    return result;
  } finally {
    await engine.run(`DROP TABLE IF EXISTS ${movedRelation}; DROP TABLE IF EXISTS quarantined_keys`, 'memory');
  }
}

function sumRows(groups: readonly { readonly rows: number }[]): number {
  return groups.reduce((sum, { rows }) => sum + rows, 0);
}

interface Bounds {
  readonly start: number;
  readonly end: number;
  readonly symbols: ReadonlySet<string>;
}

async function readBounds(engine: Engine, dataset: Dataset): Promise<Bounds> {
  const time = quoteIdentifier(timeColumn(dataset));
  const rows = await engine.queryRows(
    `SELECT symbol, epoch_ms(min(${time}))::DOUBLE AS first_ms, epoch_ms(max(${time}))::DOUBLE AS last_ms FROM quarantined_keys GROUP BY symbol`,
    'memory',
  );
  return {
    start: Math.min(...rows.map((row) => Number(row['first_ms']))),
    end: Math.max(...rows.map((row) => Number(row['last_ms']))),
    symbols: new Set(rows.map((row) => String(row['symbol']))),
  };
}

/** The live files that may hold some of the rows, by their folder and their times. */
function selectFiles(dataset: Dataset, { files }: Snapshot, { start, end, symbols }: Bounds): readonly LiveFile[] {
  const hasSymbolFolders = partitionColumns(dataset).includes('symbol');
  return [...files.values()].filter((file) => {
    if (hasSymbolFolders && !symbols.has(file.partitionValues['symbol'] ?? '')) return false;
    const times = getRange(file.stats, timeColumn(dataset));
    return times === null || (Date.parse(String(times.min)) <= end && Date.parse(String(times.max)) >= start);
  });
}

function matchKeys(dataset: Dataset, left: string, right: string, names = identifyingNames(dataset)): string {
  return names.map((name) => `${left}."${name}" IS NOT DISTINCT FROM ${right}."${name}"`).join(' AND ');
}

function identifyingNames(dataset: Dataset): readonly string[] {
  return [...rowKeyColumns(dataset), 'request_id'];
}

/** The columns that show whether the provider has sent the same row again. */
function valueNames(dataset: Dataset): readonly string[] {
  const columns = Object.entries<Column>(getColumns(dataset));
  const answers = columns.filter(([, { from }]) => from === 'answer').map(([name]) => name);
  return [...new Set([...rowKeyColumns(dataset), ...answers])];
}

/**
 * Stages the rows to move with the column `is_gap`. Rows that were released stay in the table. Rows that the provider sends again
 * after they were quarantined are its answer: they are no gap any more.
 */
async function stageMovedRows(
  engine: Engine,
  { folder }: WritableTables,
  { dataset, isGap }: QuarantineRequest,
  files: readonly LiveFile[],
): Promise<void> {
  const held = await listQuarantineFiles(folder);
  const earlier = held.filter((file) => file.dataset === dataset);
  const released = earlier.filter(({ state }) => state === 'released').map(({ path }) => path);
  const quarantined = earlier.filter(({ state }) => state === 'quarantined').map(({ path }) => path);
  const same = matchKeys(dataset, 'held', 'known', valueNames(dataset));
  const known = (paths: readonly string[]): string =>
    `read_parquet(${quoteLiterals(paths)}, hive_partitioning = false, union_by_name = true) AS known`;
  const source = files.length === 0 ? null : buildTableSource(dataset, join(folder, dataset), files);
  if (source === null) {
    await engine.run(
      `CREATE OR REPLACE TABLE ${movedRelation} AS SELECT *, false AS is_gap FROM quarantined_keys LIMIT 0`,
      folder,
    );
    return;
  }
  const gap = isGap
    ? quarantined.length === 0
      ? 'true'
      : `NOT EXISTS (SELECT 1 FROM ${known(quarantined)} WHERE ${same})`
    : 'false';
  const kept = released.length === 0 ? '' : ` ANTI JOIN ${known(released)} ON (${same})`;
  await engine.run(
    `CREATE OR REPLACE TABLE ${movedRelation} AS SELECT *, ${gap} AS is_gap FROM (
       SELECT held.* FROM ${source} AS held
       SEMI JOIN quarantined_keys AS bad ON (${matchKeys(dataset, 'held', 'bad')})
     ) AS held${kept}`,
    folder,
  );
}

/** Writes the rows to the quarantine, durably. */
async function writePending(
  engine: Engine,
  { context, folder }: WritableTables,
  { dataset, rule }: QuarantineRequest,
  id: string,
  version: number,
  previous: string | null,
): Promise<string> {
  const staged = join(context.names.staging, `${id}.parquet`);
  await engine.run(
    `COPY (SELECT *, ${quoteLiteral(rule)} AS quality_rule, make_timestamptz(${String(context.now())} * 1000) AS quarantined_at FROM ${movedRelation})
     TO ${quoteLiteral(staged)} (FORMAT parquet, COMPRESSION zstd)`,
    staged,
  );
  await syncAndHash(staged);
  const target = quarantinePath(folder, dataset, id, 'pending', version);
  // One file at a time: the file of an attempt that another commit has overtaken is replaced.
  if (previous !== null && previous !== target) await moveFile(previous, target);
  await rename(staged, target);
  await syncFolder(quarantineFolder(folder, dataset));
  return target;
}

/** Writes the other rows of every file that holds some of the moved ones. */
async function rewriteFiles(
  engine: Engine,
  { context, folder }: WritableTables,
  dataset: Dataset,
  files: readonly LiveFile[],
): Promise<readonly Rewrite[]> {
  const rewrites: Rewrite[] = [];
  const table = join(folder, dataset);
  const match = matchKeys(dataset, 'held', 'moved');
  const columns = Object.keys(storedColumns(dataset)).map(quoteIdentifier).join(', ');
  for (const file of files) {
    const source = buildTableSource(dataset, table, [file]);
    const [found] = await engine.queryRows(
      `SELECT count(*)::DOUBLE AS hit FROM ${source} AS held SEMI JOIN ${movedRelation} AS moved ON (${match})`,
      table,
    );
    if (Number(found?.['hit'] ?? 0) === 0) continue;
    const query = `SELECT ${columns} FROM ${source} AS held ANTI JOIN ${movedRelation} AS moved ON (${match})`;
    const content = { dataset, query, isSorted: true, partitionValues: file.partitionValues };
    rewrites.push({ file, remainder: await writeParquet(engine, content, context.names) });
  }
  return rewrites;
}

function remainders(rewrites: readonly Rewrite[]): readonly WrittenFile[] {
  return rewrites.flatMap(({ remainder }) => (remainder === null ? [] : [remainder]));
}

function toLogActions({ file, remainder }: Rewrite, now: number): readonly object[] {
  const remove = toRemoveAction(file, now, true);
  return remainder === null ? [remove] : [remove, toAddAction(toLiveFile(remainder, now, getCommits(file)), true)];
}
