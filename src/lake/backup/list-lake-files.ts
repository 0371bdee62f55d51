import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { isNotFound } from '../../platform/error-message.js';
import { toLakeError } from '../lake-error.js';
import { listTable } from './list-table.js';
import type { SourceFile } from './list-table.js';

/** The files of a lake at one moment: every table at a version, and the small files around them. */
export interface LakeListing {
  readonly versions: Readonly<Record<string, number>>;
  readonly files: readonly SourceFile[];
  /** Files of logs that are missing or damaged. */
  readonly damaged: readonly string[];
}

/** Folders that belong to running processes or to one machine. */
const excludedFolders: ReadonlySet<string> = new Set(['_locks', '_in_flight', '_writing', '_pacing']);

/**
 * Lists the files of a lake while runs write to it. The spool comes first: what it loses afterwards is in the commits that are
 * read later, and a recovery recognizes what is in both.
 */
export async function listLakeFiles(lake: string): Promise<LakeListing> {
  const names = (await listFolders(lake)).filter((name) => !excludedFolders.has(name));
  const files: SourceFile[] = [];
  const damaged: string[] = [];
  const versions: Record<string, number> = {};
  const states = names
    .filter((name) => name.startsWith('_'))
    .sort((a, b) => Number(b === '_spool') - Number(a === '_spool'));
  for (const name of states)
    for (const path of await listTree(lake, name))
      files.push({ path, isImmutable: false, isRequired: false, live: null });
  for (const name of names.filter((one) => !one.startsWith('_'))) {
    const listed = await listTable(lake, name);
    if (listed === null) continue;
    versions[name] = listed.version;
    files.push(...listed.files);
    damaged.push(...listed.damaged);
  }
  return { versions, files, damaged };
}

/** The folders in a folder; `lake.duckdb` and other files beside them can be computed again. */
async function listFolders(folder: string): Promise<readonly string[]> {
  const names = await listNames(folder);
  const isFolder = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => found.isDirectory(),
        () => false,
      ),
    ),
  );
  return names.filter((_, index) => isFolder[index] === true);
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw toLakeError(error, folder);
  }
}

/** The files below a folder, relative to the base; files that disappear meanwhile are left out. */
export async function listTree(base: string, below: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(base, below), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(base.length + 1))
      .filter((path) => !path.endsWith('.tmp'))
      .sort();
  } catch (error) {
    if (isNotFound(error)) return [];
    throw toLakeError(error, join(base, below));
  }
}
