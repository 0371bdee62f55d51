import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isUserTableName } from '../../core/tables/user-tables.js';
import type { LiveFile } from '../delta/actions.js';
import { corruptCommitError, readCommit } from '../delta/commit-file.js';
import { logFolder, parseCommitName } from '../delta/paths.js';
import { toLakeError, getErrorCode } from '../lake-error.js';

/** The names of the tables that users' own steps made, in order. */
export async function listUserTables(lake: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await listNames(lake)) {
    if (isUserTableName(name) && (await listVersions(join(lake, name))).length > 0) names.push(name);
  }
  return names.sort();
}

/** The versions in the log of a table, oldest first; none where there is no table. */
export async function listVersions(table: string): Promise<readonly number[]> {
  return (await listNames(logFolder(table)))
    .map(parseCommitName)
    .filter((version) => version !== null)
    .sort((a, b) => a - b);
}

/** The text of a commit. */
export async function readCommitText(table: string, version: number): Promise<string> {
  const content = await readCommit(table, version);
  if (content === null) throw corruptCommitError(table, version, 'this commit is gone');
  return content.toString('utf8');
}

/**
 * The version with which the rows of a table last changed, looking back from some version: commits that only merge files or
 * only say what was asked change no rows. -1 where there never were any.
 */
export async function readContentVersion(table: string, maxVersion = Infinity): Promise<number> {
  for (const version of (await listVersions(table)).toReversed()) {
    if (version > maxVersion) continue;
    if ((await readCommitText(table, version)).includes('"dataChange":true')) return version;
  }
  return -1;
}

/** Whether the disk holds a file as the log says, as far as its size tells. */
export async function isFilePresent(table: string, file: LiveFile): Promise<boolean> {
  try {
    return (await stat(join(table, file.path))).size === file.size;
  } catch {
    return false;
  }
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = getErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw toLakeError(error, folder);
  }
}
