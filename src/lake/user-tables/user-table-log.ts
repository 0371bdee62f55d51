import { listFolder } from '../list-folder.js';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isUserTableName } from '../../core/tables/user-tables.js';
import type { LiveFile } from '../delta/actions.js';
import { corruptCommitError, readCommit } from '../delta/commit-file.js';
import { listVersions } from '../delta/log-listing.js';

/** The names of the tables that users' own steps made, in order. */
export async function listUserTables(lake: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await listFolder(lake)) {
    if (isUserTableName(name) && (await listVersions(join(lake, name))).length > 0) names.push(name);
  }
  return names.sort();
}

/** The text of a commit. */
export async function readCommitText(table: string, version: number): Promise<string> {
  const content = await readCommit(table, version);
  if (content === null) throw corruptCommitError(table, version, 'this commit is gone');
  return content.toString('utf8');
}

/**
 * The version with which the rows of a table last changed, looking back from some version: commits that only merge files or
 * only say what was asked change no rows. Null if there never were any.
 */
export async function readContentVersion(table: string, maxVersion = Infinity): Promise<number | null> {
  for (const version of (await listVersions(table)).toReversed()) {
    if (version > maxVersion) continue;
    if ((await readCommitText(table, version)).includes('"dataChange":true')) return version;
  }
  return null;
}

/** Whether the disk holds a file as the log says, as far as its size tells. */
export async function isFilePresent(table: string, file: LiveFile): Promise<boolean> {
  try {
    return (await stat(join(table, file.path))).size === file.size;
  } catch {
    return false;
  }
}
