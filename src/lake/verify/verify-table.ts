import { join } from 'node:path';
import { errorMessage, errorCode } from '../../platform/error-message.js';
import { formatBytes, formatCount, pluralize } from '../../platform/format.js';
import type { FileDamage, VerifiedFile } from '../api.js';
import type { LiveFile } from '../delta/actions.js';
import { advanceSnapshot } from '../delta/snapshot.js';
import type { Snapshot } from '../delta/snapshot.js';
import { expectArchive } from '../archive/archived-files.js';
import { toLakeError } from '../lake-error.js';
import { blockSize, readChecksum } from '../parquet/checksum.js';
import type { Engine } from '../parquet/engine.js';
import { findUnreadablePart, hasChecksum } from '../parquet/read-to-end.js';
import { quoteLiterals } from '../parquet/sql.js';
import { getRowCount } from '../parquet/file-statistics.js';

export interface VerifyOptions {
  /** The lake's folder. */
  readonly folder: string;
  /** A table, also of a custom step. */
  readonly dataset: string;
  readonly snapshot: Snapshot;
  readonly engine: () => Promise<Engine>;
}

/** The number of files whose footers one query reads. */
const footerBatchSize = 256;

/** Enough to keep the disk busy while one file is hashed. */
const maxConcurrentReads = 4;

/**
 * Reads every live file of a table and compares its size and checksum with the log, then the number of rows in its footer with
 * the log's statistics; decodes files without a checksum. Skips files that another process has removed from the table meanwhile.
 */
export async function* verifyTable(options: VerifyOptions): AsyncGenerator<VerifiedFile, void, undefined> {
  const { folder, dataset, snapshot } = options;
  const table = join(folder, dataset);
  const files = [...snapshot.files.values()];
  let latest = snapshot;
  for (let from = 0; from < files.length; from += footerBatchSize) {
    const chunk = files.slice(from, from + footerBatchSize);
    const damage = await verifyContents(table, chunk);
    const intactFiles = chunk.filter(({ path }) => !damage.has(path));
    for (const [path, problem] of await verifyFooters(options, intactFiles)) damage.set(path, problem);
    for (const file of intactFiles) {
      if (hasChecksum(file) || damage.has(file.path)) continue;
      const problem = await findUnreadablePart(await options.engine(), table, file);
      if (problem !== null) damage.set(file.path, { problem: 'unreadable', detail: problem });
    }
    if (damage.size > 0) latest = await advanceSnapshot(table, latest);
    for (const { path, size } of chunk) {
      if (!latest.files.has(path)) continue;
      yield { dataset, path, bytes: size, damage: damage.get(path) ?? null };
    }
  }
}

async function verifyContents(table: string, files: readonly LiveFile[]): Promise<Map<string, FileDamage>> {
  const damage = new Map<string, FileDamage>();
  const queue = files.values();
  const runWorker = async (): Promise<void> => {
    const block = Buffer.allocUnsafe(blockSize);
    for (const file of queue) {
      const problem = await verifyContent(join(table, file.path), file, block);
      if (problem !== null) damage.set(file.path, problem);
    }
  };
  await Promise.all(Array.from({ length: maxConcurrentReads }, runWorker));
  return damage;
}

async function verifyContent(
  path: string,
  { size, tags }: LiveFile,
  block: Buffer<ArrayBuffer>,
): Promise<FileDamage | null> {
  let found;
  try {
    found = await readChecksum(path, block);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      expectArchive(path);
      return { problem: 'missing', detail: `${formatBytes(size)} are missing` };
    }
    if (code === 'EISDIR' || code === 'EFTYPE' || code === 'ELOOP')
      return { problem: 'unreadable', detail: 'not a file' };
    if (code === 'EIO') return { problem: 'unreadable', detail: 'the disk reported a read error' };
    throw toLakeError(error, path);
  }
  if (found.size !== size) {
    return { problem: 'size-mismatch', detail: `${pluralize(found.size, 'byte')} instead of ${formatCount(size)}` };
  }
  const expectedCrc32 = tags['pipe.crc32'];
  // Files of other programs have no checksum: they are decoded to their end, which costs more.
  if (expectedCrc32 === undefined || expectedCrc32 === found.crc32) return null;
  return { problem: 'checksum-mismatch', detail: `checksum ${found.crc32} instead of ${expectedCrc32}` };
}

/** Compares the number of rows in footers with the log. */
async function verifyFooters(
  options: VerifyOptions,
  files: readonly LiveFile[],
): Promise<ReadonlyMap<string, FileDamage>> {
  if (files.length === 0) return new Map();
  const table = join(options.folder, options.dataset);
  const paths = new Map(files.map((file) => [join(table, file.path), file]));
  const damage = new Map<string, FileDamage>();
  let footers;
  try {
    const engine = await options.engine();
    footers = await engine.queryRows(
      `SELECT file_name, num_rows FROM parquet_file_metadata(${quoteLiterals(paths.keys())})`,
      table,
    );
  } catch (error) {
    const [only] = files;
    if (files.length === 1 && only !== undefined)
      return damage.set(only.path, { problem: 'unreadable', detail: errorMessage(error) });
    for (const file of files) for (const [path, found] of await verifyFooters(options, [file])) damage.set(path, found);
    return damage;
  }
  for (const footer of footers) {
    const file = paths.get(String(footer['file_name']));
    const rows = Number(footer['num_rows']);
    if (file === undefined || file.stats === null || rows === getRowCount(file.stats)) continue;
    damage.set(file.path, {
      problem: 'row-count-mismatch',
      detail: `${pluralize(rows, 'row')} instead of ${formatCount(getRowCount(file.stats))}`,
    });
  }
  return damage;
}
