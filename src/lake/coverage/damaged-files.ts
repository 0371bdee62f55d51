import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Dataset } from '../../core/tables/tables.js';
import type { DamagedFile } from '../api.js';
import type { LiveFile } from '../delta/actions.js';
import { expectArchive } from '../archive/archived-files.js';
import { toLakeError } from '../lake-error.js';

/** After this many files other work gets its turn. */
const yieldInterval = 500;

/** The live files that are missing or have another size than in the log. */
export async function findDamagedFiles(
  tableFolder: string,
  dataset: Dataset,
  files: Iterable<LiveFile>,
): Promise<readonly DamagedFile[]> {
  const damage: DamagedFile[] = [];
  let checkedCount = 0;
  for (const { path, size } of files) {
    if (++checkedCount % yieldInterval === 0) await setImmediate();
    const found = getFileSize(join(tableFolder, path));
    if (found === null) {
      expectArchive(join(tableFolder, path));
      damage.push({ dataset, path, problem: 'missing' });
    }
    if (found !== null && found !== size) damage.push({ dataset, path, problem: 'size-mismatch' });
  }
  return damage;
}

/** Synchronous: for thousands of files, a promise per file costs several times as much as the call. */
function getFileSize(path: string): number | null {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? null;
  } catch (error) {
    throw toLakeError(error, path);
  }
}
