import { join } from 'node:path';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { VerifiedFile } from '../api.js';
import { toAddAction } from '../delta/actions.js';
import type { LiveFile } from '../delta/actions.js';
import { tableFolder } from '../delta/table-log.js';
import { isNotFound } from '../../platform/error-message.js';
import { toLakeError } from '../lake-error.js';
import { readChecksum } from '../parquet/checksum.js';
import type { Checksum } from '../parquet/checksum.js';
import { findUnreadablePart, hasChecksum } from '../parquet/read-to-end.js';
import { quarantine } from '../verify/quarantine.js';
import type { WritableTables } from './writable-tables.js';

/**
 * Reads the files that other programs wrote into a table, adds their checksums to the log, and quarantines those that cannot be read:
 * from then on damage of any byte is found.
 */
export async function stampFiles(tables: WritableTables, author: CommitInfo, dataset: Dataset): Promise<void> {
  await tables.expectKnownSchema(dataset);
  const log = tables.log(dataset);
  const { files } = await log.refresh();
  const unstamped = [...files.values()].filter((file) => !hasChecksum(file));
  if (unstamped.length === 0) return;
  const table = tableFolder(tables.folder, dataset);
  const engine = await tables.context.engine();
  const checksums = new Map<string, string>();
  const damaged: VerifiedFile[] = [];
  for (const file of unstamped) {
    const checksum = await readChecksumIfPresent(join(table, file.path));
    // A file that is missing or of another size is repaired like any other.
    if (checksum?.size !== file.size) continue;
    const problem = await findUnreadablePart(engine, table, file);
    if (problem === null) {
      checksums.set(file.path, checksum.crc32);
      continue;
    }
    damaged.push({ dataset, path: file.path, bytes: file.size, damage: { problem: 'unreadable', detail: problem } });
    tables.emit({ type: 'corruption-detected', dataset, path: file.path, problem: 'unreadable' });
  }
  await quarantine(tables.folder, damaged);
  if (checksums.size === 0) return;
  const snapshot = await log.append(({ files: current }) => {
    const stamped = [...current.values()].flatMap((file): LiveFile[] => {
      const crc32 = checksums.get(file.path);
      return crc32 === undefined || hasChecksum(file) ? [] : [{ ...file, tags: { ...file.tags, 'pipe.crc32': crc32 } }];
    });
    if (stamped.length === 0) return Promise.resolve(null);
    return Promise.resolve({
      author,
      operation: 'REPAIR',
      parameters: { reason: 'checksums of files of other programs' },
      coverage: null,
      buildLines: () => stamped.map((file) => toAddAction(file, false)),
    });
  });
  if (snapshot !== null) await tables.afterCommit(dataset, snapshot);
}

async function readChecksumIfPresent(path: string): Promise<Checksum | null> {
  try {
    return await readChecksum(path);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw toLakeError(error, path);
  }
}
