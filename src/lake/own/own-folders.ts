import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwnTableName } from '../../core/own-tables.js';
import type { LiveFile } from '../delta/actions.js';
import { brokenCommit, readCommit } from '../delta/commit-file.js';
import { logFolder, versionOfCommitName } from '../delta/paths.js';
import { lakeErrorOf, systemCode } from '../lake-error.js';

/** The names of the tables that users' own steps made, in order. */
export async function ownTableNames(lake: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await namesIn(lake)) {
    if (isOwnTableName(name) && (await versionsOf(join(lake, name))).length > 0) names.push(name);
  }
  return names.sort();
}

/** The versions in the log of a table, oldest first; none where there is no table. */
export async function versionsOf(table: string): Promise<readonly number[]> {
  return (await namesIn(logFolder(table)))
    .map(versionOfCommitName)
    .filter((version) => version !== null)
    .sort((a, b) => a - b);
}

/** The text of a commit. */
export async function commitText(table: string, version: number): Promise<string> {
  const content = await readCommit(table, version);
  if (content === null) throw brokenCommit(table, version, 'this commit is gone');
  return content.toString('utf8');
}

/**
 * The version with which the rows of a table last changed, looking back from some version: commits that only merge files or
 * only say what was asked change no rows. -1 where there never were any.
 */
export async function contentVersion(table: string, from = Infinity): Promise<number> {
  for (const version of (await versionsOf(table)).toReversed()) {
    if (version > from) continue;
    if ((await commitText(table, version)).includes('"dataChange":true')) return version;
  }
  return -1;
}

/** Whether the disk holds a file as the log says, as far as its size tells. */
export async function isPresent(table: string, file: LiveFile): Promise<boolean> {
  try {
    return (await stat(join(table, file.path))).size === file.size;
  } catch {
    return false;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw lakeErrorOf(error, folder);
  }
}
