import { readFile } from '../../platform/files/read-file.js';
import { isRecord } from '../../platform/json.js';
import { existsSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toLakeError } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { quoteLiteral, quoteLiterals } from '../parquet/sql.js';
import { toAddAction, toMetadataAction, toProtocolAction, toRemoveAction, toTransactionAction } from './actions.js';
import { syncFolder } from './durable-files.js';
import { computeCheckpointTags, lastCheckpointFile } from './log-listing.js';
import { checkpointPath, checkpointPaths, commitPath, logFolder } from './paths.js';
import type { CheckpointReader, CommittedSnapshot, Snapshot } from './snapshot.js';

/** The number of commits from one checkpoint to the next. */
export const checkpointInterval = 10;

/** The columns of a checkpoint by the Delta protocol. */
const checkpointColumns = {
  txn: 'STRUCT(appId VARCHAR, "version" BIGINT, lastUpdated BIGINT)',
  add:
    'STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, modificationTime BIGINT, ' +
    'dataChange BOOLEAN, tags MAP(VARCHAR, VARCHAR), stats VARCHAR)',
  remove:
    'STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, extendedFileMetadata BOOLEAN, ' +
    'partitionValues MAP(VARCHAR, VARCHAR), size BIGINT)',
  metaData:
    'STRUCT(id VARCHAR, "name" VARCHAR, description VARCHAR, format STRUCT(provider VARCHAR, "options" MAP(VARCHAR, VARCHAR)), ' +
    'schemaString VARCHAR, partitionColumns VARCHAR[], createdTime BIGINT, configuration MAP(VARCHAR, VARCHAR))',
  protocol: 'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER)',
};

/**
 * Reads checkpoints with DuckDB. `live` omits the superseded files: runs every minute leave thousands, and only vacuum and the
 * next checkpoint need them.
 */
export function createCheckpointReader(engine: () => Promise<Engine>, scope: 'live' | 'all'): CheckpointReader {
  return async (table, version, parts) => {
    const paths = checkpointPaths(table, version, parts);
    const opened = await engine();
    const filter = scope === 'live' ? ' WHERE remove IS NULL' : '';
    const query = `SELECT to_json(line) AS line FROM read_parquet(${quoteLiterals(paths)}) AS line${filter}`;
    const rows = await opened.queryRows(query, checkpointPath(table, version));
    return rows.map(({ line }): unknown => (typeof line === 'string' ? JSON.parse(line) : null));
  };
}

/** Writes the checkpoint of a snapshot, without tombstones before `dropTombstonesBefore`: readers no longer use those files. */
export async function writeCheckpoint(
  engine: Engine,
  table: string,
  snapshot: Snapshot,
  dropTombstonesBefore: number,
  staging: string,
): Promise<void> {
  const { version, protocol, metadata } = snapshot;
  if (version === null || protocol === null || metadata === null) return;
  const lines: object[] = [toProtocolAction(protocol), toMetadataAction(metadata)];
  for (const transaction of snapshot.transactions.values()) lines.push(toTransactionAction(transaction));
  for (const file of snapshot.files.values()) lines.push(toAddAction(file, false));
  for (const tombstone of snapshot.tombstones.values()) {
    if (tombstone.deletionTimestamp >= dropTombstonesBefore)
      lines.push(toRemoveAction(tombstone, tombstone.deletionTimestamp, false));
  }
  const jsonPath = join(staging, `checkpoint-${version}.json`);
  const parquetPath = join(staging, `checkpoint-${version}.parquet`);
  const target = checkpointPath(table, version);
  try {
    const texts = lines.map((line) => `${JSON.stringify(line)}\n`);
    await writeFile(jsonPath, texts.join(''));
    // DuckDB reserves twice this much for every thread: a large fixed value would waste memory.
    const maxLineBytes = texts.reduce((max, line) => Math.max(max, Buffer.byteLength(line) + 1), 1 << 16);
    const types = Object.entries(checkpointColumns).map(([name, type]) => `${name}: ${quoteLiteral(type)}`);
    await engine.run(
      `COPY (SELECT * FROM read_json(${quoteLiteral(jsonPath)}, format = 'newline_delimited', maximum_object_size = ${maxLineBytes}, ` +
        `columns = {${types.join(', ')}})) TO ${quoteLiteral(parquetPath)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
      target,
    );
    const size = await syncFile(parquetPath);
    await rename(parquetPath, target);
    await writeLastCheckpoint(table, { ...snapshot, version }, lines.length, size, staging);
    await dropOlderCheckpoints(table, version);
  } catch (error) {
    throw toLakeError(error, target);
  } finally {
    await rm(jsonPath, { force: true });
    await rm(parquetPath, { force: true });
  }
}

/** Readers no longer use older checkpoints. */
const maxCheckpoints = 10;

/**
 * Deletes older checkpoints; the commits, which stay, have the same content. Tries the names of several, in case a process died
 * between writing and deleting: listing the folder would cost more, as it has a file for every commit.
 */
async function dropOlderCheckpoints(table: string, version: number): Promise<void> {
  for (let back = maxCheckpoints; back < 2 * maxCheckpoints; back++) {
    const older = version - back * checkpointInterval;
    if (older > 0) await rm(checkpointPath(table, older), { force: true });
  }
}

async function writeLastCheckpoint(
  table: string,
  { version, files }: CommittedSnapshot,
  size: number,
  sizeInBytes: number,
  staging: string,
): Promise<void> {
  const target = join(logFolder(table), lastCheckpointFile);
  if (await pointsToLaterVersion(table, target, version)) return;
  const temporary = join(staging, `last-checkpoint-${version}`);
  const numOfAddFiles = files.size;
  const tags = await computeCheckpointTags(table, version);
  await writeFile(temporary, JSON.stringify({ version, size, sizeInBytes, numOfAddFiles, tags }));
  await syncFile(temporary);
  await rename(temporary, target);
  await syncFolder(logFolder(table));
}

/** Another process may have written a later checkpoint meanwhile. */
async function pointsToLaterVersion(table: string, path: string, version: number): Promise<boolean> {
  try {
    const content: unknown = JSON.parse(await readFile(path, 'utf8'));
    const namedVersion = isRecord(content) ? Number(content['version']) : NaN;
    // A file that names a version that the table has not reached is damaged.
    return namedVersion > version && existsSync(commitPath(table, namedVersion));
  } catch {
    return false;
  }
}

async function syncFile(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
