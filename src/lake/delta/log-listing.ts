import { readFile } from '../../platform/files/read-file.js';
import { listFolder } from '../list-folder.js';
import { errorCode } from '../../platform/error-message.js';
import { isRecord } from '../../platform/json.js';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { toLakeError, malformedError } from '../lake-error.js';
import { corruptCommitError, readSeal } from './commit-file.js';
import { parseCheckpointName, checkpointPath, commitPath, logFolder, nextVersion, parseCommitName } from './paths.js';

/** A checkpoint of which every part exists. */
export interface CheckpointRef {
  readonly version: number;
  readonly parts: number;
}

/** The file that names the newest checkpoint, by the Delta protocol. */
export const lastCheckpointFile = '_last_checkpoint';

/** The number of commits beyond the end that are looked up one by one; a checkpoint is never further behind. */
const maxLookAhead = 64;

/**
 * The checkpoint to start from; null to start from the first commit. A reader seldom notices a flipped bit in Parquet: a
 * checkpoint with another checksum, or of another log, is ignored as long as the commits before it exist. The folder is listed
 * only without them: listing the log of years costs more than reading the newest commits.
 */
export async function findCheckpoint(table: string): Promise<CheckpointRef | null> {
  const lastCheckpoint = await readLastCheckpoint(table);
  if (lastCheckpoint !== null && (await isIntactCheckpoint(table, lastCheckpoint))) return lastCheckpoint;
  return existsSync(commitPath(table, 0)) ? null : findListedCheckpoint(table);
}

/** The tags of a checkpoint in `_last_checkpoint`: with them a reader verifies that it is intact and of this log. */
export async function computeCheckpointTags(table: string, version: number): Promise<Readonly<Record<string, string>>> {
  return { [checksumTag]: (await checkpointChecksum(table, version)) ?? '' };
}

const checksumTag = 'pipe.crc32';

async function isIntactCheckpoint(table: string, { version, parts, checksum }: LastCheckpoint): Promise<boolean> {
  return parts === 1 && checksum !== null && checksum === (await checkpointChecksum(table, version));
}

/** The checksum of a checkpoint's bytes, seeded with the seal of its commit; null without the checkpoint or the commit. */
async function checkpointChecksum(table: string, version: number): Promise<string | null> {
  const seal = await readSeal(table, version);
  if (seal === null) return null;
  const path = checkpointPath(table, version);
  try {
    return crc32(await readFile(path), crc32(seal))
      .toString(16)
      .padStart(8, '0');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EISDIR') return null;
    throw toLakeError(error, path);
  }
}

/** A version that a table has certainly reached; null if finding one requires the whole log. */
export async function readKnownVersion(table: string): Promise<number | null> {
  const lastCheckpoint = await readLastCheckpoint(table);
  return lastCheckpoint !== null && existsSync(commitPath(table, lastCheckpoint.version))
    ? lastCheckpoint.version
    : null;
}

/**
 * Throws if commits exist beyond the first missing version: a commit in the middle of the log has been removed. Throws also for a
 * table without commits that has a coverage checkpoint: a new log would forget its data without a word.
 */
export async function expectLogEnd(table: string, version: number | null): Promise<void> {
  const next = nextVersion(version);
  if (version === null && (await hasCoverageCheckpoint(table)) && !existsSync(commitPath(table, next)))
    throw corruptCommitError(table, next, 'the log has no commits, but a checkpoint of its coverage exists');
  if (await hasCommitsFrom(table, next))
    throw corruptCommitError(table, next, 'this commit is missing while later ones exist');
}

/** The folder of the coverage checkpoints of a table. */
export const coverageFolder = '_pipe';

/** The version of a coverage checkpoint; null for any other file. */
export function parseCoverageName(name: string): number | null {
  const digits = /^coverage-(\d{20})\.json$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

async function hasCoverageCheckpoint(table: string): Promise<boolean> {
  const names = await listFolder(join(table, coverageFolder), { fileInPlace: 'ignore' });
  return names.some((name) => parseCoverageName(name) !== null);
}

/** The versions from `first` on; looks a few of them up one by one before it lists the folder of a long log. */
export async function findVersionsFrom(table: string, first: number): Promise<readonly number[]> {
  return (await hasCommitsFrom(table, first)) || existsSync(commitPath(table, first))
    ? (await listVersions(table)).filter((version) => version >= first)
    : [];
}

/** Returns whether the commit of a version is missing while later ones exist. */
async function hasCommitsFrom(table: string, next: number): Promise<boolean> {
  // A short log is listed whole, so that a log without its first commits is not taken for a missing table.
  if (next <= maxLookAhead) {
    const names = await listFolder(logFolder(table));
    const versions = names.map(parseCommitName).filter((version) => version !== null);
    // Another process may have added the next commit since this one looked for it.
    return versions.some((version) => version >= next) && !existsSync(commitPath(table, next));
  }
  for (let ahead = 1; ahead < maxLookAhead; ahead++) {
    if (existsSync(commitPath(table, next + ahead))) return !existsSync(commitPath(table, next));
  }
  return false;
}

interface LastCheckpoint extends CheckpointRef {
  /** Null if another program wrote the checkpoint. */
  readonly checksum: string | null;
}

async function readLastCheckpoint(table: string): Promise<LastCheckpoint | null> {
  const path = join(logFolder(table), lastCheckpointFile);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    // Without this file readers start from the first commit.
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT' || errorCode(error) === 'EISDIR') return null;
    throw toLakeError(error, path);
  }
  if (!isRecord(content)) return null;
  const { version, parts = 1, tags } = content;
  if (typeof version !== 'number' || typeof parts !== 'number') return null;
  const checksum = isRecord(tags) ? tags[checksumTag] : null;
  return { version, parts, checksum: typeof checksum === 'string' ? checksum : null };
}

/** The checkpoints with all of their parts, oldest first. */
export async function listCheckpointRefs(table: string): Promise<readonly CheckpointRef[]> {
  const found = new Map<string, CheckpointRef & { readonly found: number }>();
  for (const name of await listFolder(logFolder(table), { fileInPlace: 'ignore' })) {
    const checkpoint = parseCheckpointName(name);
    if (checkpoint === null) continue;
    const key = `${checkpoint.version}/${checkpoint.parts}`;
    found.set(key, { ...checkpoint, found: (found.get(key)?.found ?? 0) + 1 });
  }
  return [...found.values()]
    .filter((checkpoint) => checkpoint.parts === checkpoint.found)
    .map(({ version, parts }) => ({ version, parts }))
    .toSorted((a, b) => a.version - b.version);
}

/** Compares `_last_checkpoint` with the checkpoint that it names; null if they agree or there is no such file. */
export async function findLastCheckpointProblem(table: string): Promise<string | null> {
  const path = join(logFolder(table), lastCheckpointFile);
  if (!existsSync(path)) return null;
  const last = await readLastCheckpoint(table);
  if (last === null) return 'is not valid';
  if (!existsSync(commitPath(table, last.version))) return `names version ${last.version}, which does not exist`;
  const refs = await listCheckpointRefs(table);
  if (!refs.some(({ version, parts }) => version === last.version && parts === last.parts))
    return `names the checkpoint of version ${last.version}, which does not exist`;
  // Checkpoints of other programs have no checksum.
  if (last.checksum === null || last.parts !== 1 || (await isIntactCheckpoint(table, last))) return null;
  return `names a checkpoint of version ${last.version} with another checksum`;
}

async function findListedCheckpoint(table: string): Promise<CheckpointRef | null> {
  const found = new Map<string, CheckpointRef & { readonly found: number }>();
  const commits: number[] = [];
  for (const name of await listFolder(logFolder(table))) {
    const version = parseCommitName(name);
    if (version !== null) commits.push(version);
    const checkpoint = parseCheckpointName(name);
    if (checkpoint === null) continue;
    const key = `${checkpoint.version}/${checkpoint.parts}`;
    found.set(key, { ...checkpoint, found: (found.get(key)?.found ?? 0) + 1 });
  }
  const complete = [...found.values()].filter((checkpoint) => checkpoint.parts === checkpoint.found);
  const newest = complete.reduce<CheckpointRef | null>(
    (best, { version, parts }) => (best !== null && best.version >= version ? best : { version, parts }),
    null,
  );
  const first = commits.reduce((least, version) => Math.min(least, version), Infinity);
  if (newest === null && first > 0 && first < Infinity)
    throw malformedError(logFolder(table), `commits before version ${first} are missing and there is no checkpoint`);
  return newest;
}

/** The versions in the log of a table, oldest first; none if there is no table. */
export async function listVersions(table: string): Promise<readonly number[]> {
  return (await listFolder(logFolder(table), { fileInPlace: 'ignore' }))
    .map(parseCommitName)
    .filter((version) => version !== null)
    .toSorted((a, b) => a - b);
}
