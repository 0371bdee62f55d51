import { join } from 'node:path';
import type { Dataset } from '../core/tables.js';
import { bytesText, countText, plural } from '../core/words.js';
import type { FileDamage, VerifiedFile } from './contract.js';
import type { LiveFile } from './delta/actions.js';
import { advanceSnapshot } from './delta/snapshot.js';
import type { Snapshot } from './delta/snapshot.js';
import { tableFolder } from './delta/table-log.js';
import { lakeErrorOf, systemCode } from './lake-error.js';
import { blockSize, checksumAt } from './parquet/checksum.js';
import type { Engine } from './parquet/engine.js';
import { literals } from './parquet/sql.js';
import { rowsOf } from './parquet/statistics.js';

/** What looking at files needs. */
export interface Verification {
  /** The lake's folder. */
  readonly folder: string;
  readonly dataset: Dataset;
  readonly snapshot: Snapshot;
  readonly engine: () => Promise<Engine>;
}

/** Files whose footers DuckDB is asked for in one go. */
const batch = 256;

/** Files that are read at once: enough to keep the disk busy while one is hashed. */
const readAtOnce = 4;

/**
 * Reads every live file of a table: its size and its checksum against the log, then what its footer says about rows against
 * the log's statistics. A file that another process has taken out of the table meanwhile is passed over.
 */
export async function* verifyTable(verification: Verification): AsyncGenerator<VerifiedFile, void, undefined> {
  const { folder, dataset, snapshot } = verification;
  const table = tableFolder(folder, dataset);
  const files = [...snapshot.files.values()];
  let latest = snapshot;
  for (let from = 0; from < files.length; from += batch) {
    const some = files.slice(from, from + batch);
    const damage = await verifyContents(table, some);
    const whole = some.filter(({ path }) => !damage.has(path));
    for (const [path, problem] of await verifyFooters(verification, whole)) damage.set(path, problem);
    if (damage.size > 0) latest = await advanceSnapshot(table, latest);
    for (const { path, size } of some) {
      if (!latest.files.has(path)) continue;
      yield { dataset, path, bytes: size, damage: damage.get(path) ?? null };
    }
  }
}

async function verifyContents(table: string, files: readonly LiveFile[]): Promise<Map<string, FileDamage>> {
  const damage = new Map<string, FileDamage>();
  const waiting = files.values();
  const work = async (): Promise<void> => {
    const block = Buffer.allocUnsafe(blockSize);
    for (const file of waiting) {
      const problem = await verifyContent(join(table, file.path), file, block);
      if (problem !== null) damage.set(file.path, problem);
    }
  };
  await Promise.all(Array.from({ length: readAtOnce }, work));
  return damage;
}

async function verifyContent(
  path: string,
  { size, tags }: LiveFile,
  block: Buffer<ArrayBuffer>,
): Promise<FileDamage | null> {
  let found;
  try {
    found = await checksumAt(path, block);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { problem: 'missing', detail: `${bytesText(size)} are gone` };
    if (code === 'EIO') return { problem: 'unreadable', detail: 'the disk cannot read it' };
    throw lakeErrorOf(error, path);
  }
  if (found.size !== size) {
    return { problem: 'wrong size', detail: `${plural(found.size, 'byte')} instead of ${countText(size)}` };
  }
  const written = tags['pipe.crc32'];
  // Files of other programs carry no checksum; their footers are looked at all the same.
  if (written === undefined || written === found.crc32) return null;
  return { problem: 'wrong content', detail: `its checksum is ${found.crc32} instead of ${written}` };
}

/** Compares the rows that footers tell with those of the log. */
async function verifyFooters(
  verification: Verification,
  files: readonly LiveFile[],
): Promise<ReadonlyMap<string, FileDamage>> {
  if (files.length === 0) return new Map();
  const table = tableFolder(verification.folder, verification.dataset);
  const paths = new Map(files.map((file) => [join(table, file.path), file]));
  const damage = new Map<string, FileDamage>();
  let footers;
  try {
    const engine = await verification.engine();
    footers = await engine.rows(
      `SELECT file_name, num_rows FROM parquet_file_metadata(${literals(paths.keys())})`,
      table,
    );
  } catch (error) {
    const [only] = files;
    if (files.length === 1 && only !== undefined)
      return damage.set(only.path, { problem: 'unreadable', detail: messageOf(error) });
    for (const file of files)
      for (const [path, found] of await verifyFooters(verification, [file])) damage.set(path, found);
    return damage;
  }
  for (const footer of footers) {
    const file = paths.get(String(footer['file_name']));
    const rows = Number(footer['num_rows']);
    if (file === undefined || file.stats === null || rows === rowsOf(file.stats)) continue;
    damage.set(file.path, {
      problem: 'wrong row count',
      detail: `${plural(rows, 'row')} instead of ${countText(rowsOf(file.stats))}`,
    });
  }
  return damage;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
