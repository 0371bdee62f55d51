import { listFolder } from '../list-folder.js';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isUserTableName } from '../../core/tables/user-tables.js';
import type { LiveFile } from '../delta/actions.js';
import { corruptCommitError, readCommit } from '../delta/commit-file.js';
import { isDamage } from '../lake-error.js';
import { listVersions } from '../delta/log-listing.js';

/** The names of the tables of custom steps, in order. */
export async function listUserTables(lake: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await listFolder(lake)) {
    if (isUserTableName(name) && (await listVersions(join(lake, name))).length > 0) names.push(name);
  }
  return names.sort();
}

export async function readCommitText(table: string, version: number): Promise<string> {
  const content = await readCommit(table, version);
  if (content === null) throw corruptCommitError(table, version, 'this commit is missing');
  return content.toString('utf8');
}

/**
 * The last version, up to a maximum, that changed the rows of a table: commits that only merge files or only record coverage do
 * not. Null if the table never had rows.
 */
export async function readContentVersion(table: string, maxVersion = Infinity): Promise<number | null> {
  for (const version of (await listVersions(table)).toReversed()) {
    if (version > maxVersion) continue;
    try {
      if ((await readCommitText(table, version)).includes('"dataChange":true')) return version;
    } catch (error) {
      // What a damaged commit changed is unknown: it counts as a change.
      if (!isDamage(error)) throw error;
      return version;
    }
  }
  return null;
}

/** Returns whether the disk holds a file with the size of the log. */
export async function isFilePresent(table: string, file: LiveFile): Promise<boolean> {
  try {
    return (await stat(join(table, file.path))).size === file.size;
  } catch {
    return false;
  }
}
