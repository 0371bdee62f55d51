import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lakeErrorOf, malformed, systemCode } from '../lake-error.js';
import { isObject } from './actions.js';
import { checkpointOfName, checkpointPaths, commitPath, logFolder, versionOfCommitName } from './paths.js';

/** A checkpoint of which every part is there. */
export interface CheckpointPlace {
  readonly version: number;
  readonly parts: number;
}

/** What Delta calls the file that names the newest checkpoint. */
export const lastCheckpointFile = '_last_checkpoint';

/** So many commits from the end are looked for one by one; a checkpoint is never so far behind. */
const farthestLook = 64;

/** The checkpoint to begin with; null for a log without one. Listing a log of years costs more than reading what is new. */
export async function checkpointOf(table: string): Promise<CheckpointPlace | null> {
  const named = await namedCheckpoint(table);
  if (named !== null && checkpointPaths(table, named.version, named.parts).every((path) => existsSync(path)))
    return named;
  return listedCheckpoint(table);
}

/** A version that a table has certainly reached; -1 where nothing is known without a look at the whole log. */
export async function reachedVersion(table: string): Promise<number> {
  return (await namedCheckpoint(table))?.version ?? -1;
}

/** Fails when there are commits beyond the end that reading has come to: one of those between them is gone. */
export async function expectLogEnd(table: string, version: number): Promise<void> {
  if (await hasLaterCommits(table, version))
    throw malformed(commitPath(table, version + 1), 'this commit is missing while later ones exist');
}

async function hasLaterCommits(table: string, version: number): Promise<boolean> {
  // A short log is listed whole, so that one whose beginning is gone does not count as no log at all.
  if (version < farthestLook) {
    const names = await namesIn(logFolder(table));
    // The very next one has come since it was looked for.
    return (
      names.some((name) => (versionOfCommitName(name) ?? -1) > version) && !existsSync(commitPath(table, version + 1))
    );
  }
  for (let ahead = 2; ahead <= farthestLook; ahead++) {
    if (existsSync(commitPath(table, version + ahead))) return !existsSync(commitPath(table, version + 1));
  }
  return false;
}

async function namedCheckpoint(table: string): Promise<CheckpointPlace | null> {
  const path = join(logFolder(table), lastCheckpointFile);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    // It only saves a look at the folder.
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return null;
    throw lakeErrorOf(error, path);
  }
  if (!isObject(content)) return null;
  const { version, parts = 1 } = content;
  return typeof version === 'number' && typeof parts === 'number' ? { version, parts } : null;
}

async function listedCheckpoint(table: string): Promise<CheckpointPlace | null> {
  const found = new Map<string, CheckpointPlace & { readonly found: number }>();
  const commits: number[] = [];
  for (const name of await namesIn(logFolder(table))) {
    const version = versionOfCommitName(name);
    if (version !== null) commits.push(version);
    const checkpoint = checkpointOfName(name);
    if (checkpoint === null) continue;
    const key = `${checkpoint.version}/${checkpoint.parts}`;
    found.set(key, { ...checkpoint, found: (found.get(key)?.found ?? 0) + 1 });
  }
  const whole = [...found.values()].filter((checkpoint) => checkpoint.parts === checkpoint.found);
  const newest = whole.reduce<CheckpointPlace | null>(
    (best, { version, parts }) => (best !== null && best.version >= version ? best : { version, parts }),
    null,
  );
  const first = commits.reduce((least, version) => Math.min(least, version), Infinity);
  if (newest === null && first > 0 && first < Infinity)
    throw malformed(logFolder(table), `commits before version ${first} are gone and there is no checkpoint`);
  return newest;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw lakeErrorOf(error, folder);
  }
}
