import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { isNotFound } from '../../platform/error-message.js';
import { readFile } from '../../platform/files/read-file.js';
import { isRecord, parseJson } from '../../platform/json.js';
import { parseAction } from '../delta/actions.js';
import type { LiveFile } from '../delta/actions.js';
import { parseCommitLine, readCommit } from '../delta/commit-file.js';
import { lastCheckpointFile } from '../delta/log-listing.js';
import { commitName, logFolder, parseCheckpointName } from '../delta/paths.js';
import { toLakeError } from '../lake-error.js';

/** A file to back up. */
export interface SourceFile {
  /** Relative to the lake, with `/`. */
  readonly path: string;
  /** True if it never changes once it exists, so that a hard link is a copy. */
  readonly isImmutable: boolean;
  /** The file as the log describes it; null for files that the log does not name. */
  readonly live: LiveFile | null;
}

/** The files of a lake at one moment: every table at a version, and the small files around them. */
export interface LakeListing {
  readonly versions: Readonly<Record<string, number>>;
  readonly files: readonly SourceFile[];
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
  const versions: Record<string, number> = {};
  const states = names
    .filter((name) => name.startsWith('_'))
    .sort((a, b) => Number(b === '_spool') - Number(a === '_spool'));
  for (const name of states)
    for (const path of await listTree(lake, name)) files.push({ path, isImmutable: false, live: null });
  for (const name of names.filter((one) => !one.startsWith('_'))) {
    const listed = await listTable(lake, name);
    if (listed === null) continue;
    versions[name] = listed.version;
    files.push(...listed.files);
  }
  return { versions, files };
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

/** The files of a table up to its newest commit; null for a folder that is no table. Later commits are not part of it. */
async function listTable(
  lake: string,
  name: string,
): Promise<{ readonly version: number; readonly files: readonly SourceFile[] } | null> {
  const table = join(lake, name);
  const live = new Map<string, LiveFile>();
  const superseded = new Set<string>();
  const files: SourceFile[] = [];
  let version = 0;
  for (let content = await readCommit(table, version); content !== null; content = await readCommit(table, ++version)) {
    const lines = content.toString('utf8').split('\n');
    const actions = lines.flatMap((line, index) =>
      line.startsWith('{"add"') || line.startsWith('{"remove"')
        ? (parseAction(parseCommitLine(line, table, version, index + 1), `${name}/${String(version)}`) ?? [])
        : [],
    );
    // As in a snapshot: the order of lines within a commit has no meaning.
    for (const action of actions) {
      if (action.type !== 'remove') continue;
      live.delete(action.tombstone.path);
      superseded.add(action.tombstone.path);
    }
    for (const action of actions) if (action.type === 'add') live.set(action.file.path, action.file);
    files.push({ path: `${name}/_delta_log/${commitName(version)}`, isImmutable: true, live: null });
  }
  if (version === 0) return null;
  const last = version - 1;
  for (const [path, file] of live) files.push({ path: `${name}/${path}`, isImmutable: true, live: file });
  // Readers of earlier versions use these as long as they exist.
  for (const path of superseded)
    if (!live.has(path)) files.push({ path: `${name}/${path}`, isImmutable: true, live: null });
  files.push(...(await listDerived(table, name, last)));
  return { version: last, files };
}

/** Checkpoints up to a version: they save reading the log, and can be computed again. */
async function listDerived(table: string, name: string, last: number): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  for (const one of await listNames(logFolder(table))) {
    const checkpoint = parseCheckpointName(one);
    const isUsable =
      (checkpoint !== null && checkpoint.version <= last) ||
      (one === lastCheckpointFile && (await readLastVersion(join(logFolder(table), one))) <= last);
    if (isUsable) files.push({ path: `${name}/_delta_log/${one}`, isImmutable: checkpoint !== null, live: null });
  }
  for (const one of await listNames(join(table, '_pipe'))) {
    const version = /^coverage-(\d+)\.json$/.exec(one)?.[1];
    if (version !== undefined && Number(version) <= last)
      files.push({ path: `${name}/_pipe/${one}`, isImmutable: false, live: null });
  }
  return files;
}

async function readLastVersion(path: string): Promise<number> {
  try {
    const value = parseJson((await readFile(path)).toString('utf8'));
    return isRecord(value) && typeof value['version'] === 'number' ? value['version'] : Infinity;
  } catch {
    return Infinity;
  }
}
