import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { lakeErrorOf, malformed, systemCode } from '../lake-error.js';
import { isObject } from './actions.js';
import { brokenCommit, sealOf } from './commit-file.js';
import { checkpointOfName, checkpointPath, commitPath, logFolder, versionOfCommitName } from './paths.js';

/** A checkpoint of which every part is there. */
export interface CheckpointPlace {
  readonly version: number;
  readonly parts: number;
}

/** What Delta calls the file that names the newest checkpoint. */
export const lastCheckpointFile = '_last_checkpoint';

/** So many commits from the end are looked for one by one; a checkpoint is never so far behind. */
const farthestLook = 64;

/**
 * The checkpoint to begin with; null where reading begins with the first commit. A flipped bit in Parquet is seldom an error
 * for its reader: a checkpoint that is not what was written, or not of this log, is passed over for as long as there are the
 * commits that it was made from. Listing a log of years costs more than reading what is new.
 */
export async function checkpointOf(table: string): Promise<CheckpointPlace | null> {
  const named = await namedCheckpoint(table);
  if (named !== null && (await isWhole(table, named))) return named;
  return existsSync(commitPath(table, 0)) ? null : listedCheckpoint(table);
}

/** What goes beside the name of a checkpoint of ours: with it a reader can tell that it is whole and of this log. */
export async function checkpointTags(table: string, version: number): Promise<Readonly<Record<string, string>>> {
  return { [checksumTag]: (await checkpointChecksum(table, version)) ?? '' };
}

const checksumTag = 'pipe.crc32';

async function isWhole(table: string, { version, parts, checksum }: NamedCheckpoint): Promise<boolean> {
  return parts === 1 && checksum !== null && checksum === (await checkpointChecksum(table, version));
}

/** Of the checkpoint's bytes, seeded with the commit that it was made at; null where either is not to be had. */
async function checkpointChecksum(table: string, version: number): Promise<string | null> {
  const seal = await sealOf(table, version);
  if (seal === null) return null;
  const path = checkpointPath(table, version);
  try {
    return crc32(await readFile(path), crc32(seal))
      .toString(16)
      .padStart(8, '0');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'EISDIR') return null;
    throw lakeErrorOf(error, path);
  }
}

/** A version that a table has certainly reached; -1 where nothing is known without a look at the whole log. */
export async function reachedVersion(table: string): Promise<number> {
  const version = (await namedCheckpoint(table))?.version ?? -1;
  return existsSync(commitPath(table, version)) ? version : -1;
}

/** Fails when there are commits beyond the end that reading has come to: one of those between them is gone. */
export async function expectLogEnd(table: string, version: number): Promise<void> {
  if (await hasLaterCommits(table, version))
    throw brokenCommit(table, version + 1, 'this commit is missing while later ones exist');
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

interface NamedCheckpoint extends CheckpointPlace {
  /** Null where another program wrote it. */
  readonly checksum: string | null;
}

async function namedCheckpoint(table: string): Promise<NamedCheckpoint | null> {
  const path = join(logFolder(table), lastCheckpointFile);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    // It only saves reading.
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT' || systemCode(error) === 'EISDIR') return null;
    throw lakeErrorOf(error, path);
  }
  if (!isObject(content)) return null;
  const { version, parts = 1, tags } = content;
  if (typeof version !== 'number' || typeof parts !== 'number') return null;
  const checksum = isObject(tags) ? tags[checksumTag] : null;
  return { version, parts, checksum: typeof checksum === 'string' ? checksum : null };
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
