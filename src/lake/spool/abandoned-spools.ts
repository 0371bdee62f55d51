import { readFile } from '../../platform/files/read-file.js';
import { appendFile } from '../../platform/files/write-file.js';
import { listFolder } from '../list-folder.js';
import { errorCode } from '../../platform/error-message.js';
import { expectRecord, expectText } from '../expect-json.js';
import { isCount, isRecord } from '../../platform/json.js';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackgroundInterval } from '../../core/time/clock.js';
import type { StartInterval } from '../../core/time/clock.js';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { LakeError, toLakeError, malformedError } from '../lake-error.js';
import { isSegmentName, isStagingName, ownerFile, releasedFile, parseRunId, claimName, claimOwner } from './layout.js';
import { heartbeatInterval, parseIdentity, isAlive, ownerTimeout } from '../locks/process-identity.js';
import type { ProcessIdentity } from '../locks/process-identity.js';
import { readSegment } from './segment.js';
import type { SegmentContent } from './segment.js';
import { readFileSystemTime, touchHeartbeat } from '../locks/heartbeat.js';

/** Returns whether the process that owns a spool is alive, given the age of its last heartbeat. */
export type IsOwnerAlive = (owner: ProcessIdentity, heartbeatAge: Duration) => boolean;

/** A spool whose run has ended without committing it. */
export interface AbandonedSpool {
  readonly folder: string;
  readonly runId: string;
  readonly author: CommitInfo;
  readonly startVersions: StartVersions;
}

/** Versions that tables had reached before a run received anything: its own commits come later. */
export type StartVersions = ReadonlyMap<string, number>;

/** An abandoned spool that this process, and no other, may now commit. */
export interface ClaimedSpool {
  readonly runId: string;
  readonly author: CommitInfo;
  readonly startVersions: StartVersions;
  /** The fetch results, segment by segment, in the order in which they were received. */
  read(): AsyncIterable<SegmentContent>;
  /** Deletes the spool: everything in it has been committed. */
  remove(): Promise<void>;
  /** Releases the spool for another process. */
  release(): Promise<void>;
}

/** The spools below `<data>/_spool` that no process writes to or recovers, oldest run first. */
export async function findAbandonedSpools(
  folder: string,
  isOwnerAlive: IsOwnerAlive = isAlive,
): Promise<readonly AbandonedSpool[]> {
  const found: AbandonedSpool[] = [];
  const names = (await listFolder(folder)).filter((name) => !isStagingName(name)).toSorted();
  if (names.length === 0) return found;
  const now = await readFileSystemTime(folder);
  for (const name of names) {
    const path = join(folder, name);
    const state = await readSpoolState(path, name);
    if (state === null) continue;
    const { owner, author, startVersions, heartbeat } = state;
    if (isAbandoned(owner, now - heartbeat, isOwnerAlive)) {
      found.push({ folder: path, runId: parseRunId(name), author, startVersions });
    }
  }
  return found;
}

function isAbandoned(owner: SpoolOwner, heartbeatAge: Duration, isOwnerAlive: IsOwnerAlive): boolean {
  if (owner === 'released') return true;
  return owner === 'unknown' ? heartbeatAge > ownerTimeout : !isOwnerAlive(owner, heartbeatAge);
}

/** Takes over a spool; null if another process was faster. Of many processes that try at once exactly one succeeds. */
export async function claimSpool(
  spool: AbandonedSpool,
  claimant: ProcessIdentity,
  tick: StartInterval = startBackgroundInterval,
): Promise<ClaimedSpool | null> {
  const { runId, author, startVersions } = spool;
  const parent = join(spool.folder, '..');
  const folder = join(parent, claimName(runId, claimant));
  try {
    // The heartbeat must be recent at the rename, or a third process on another host would take the spool over.
    await touchOwnerFile(spool.folder);
    await rename(spool.folder, folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw toLakeError(error, spool.folder);
  }
  const stopHeartbeat = tick(heartbeatInterval, () => {
    touchOwnerFile(folder).catch(() => undefined);
  });
  return {
    runId,
    author,
    startVersions,
    async *read() {
      const segments = (await listFolder(folder)).filter(isSegmentName).toSorted();
      for (const segment of segments) yield await readSegment(join(folder, segment));
    },
    async remove() {
      stopHeartbeat();
      await rm(folder, { recursive: true, force: true });
    },
    async release() {
      stopHeartbeat();
      await rename(folder, join(parent, claimName(runId, null)));
    },
  };
}

/** `released`: the owner has ended and left the spool to others. `unknown`: no file says which process it is. */
type SpoolOwner = ProcessIdentity | 'released' | 'unknown';

interface SpoolState {
  readonly owner: SpoolOwner;
  readonly author: CommitInfo;
  readonly startVersions: StartVersions;
  readonly heartbeat: Instant;
}

/** Null if the folder disappeared meanwhile: another process took it over. */
async function readSpoolState(path: string, name: string): Promise<SpoolState | null> {
  const claimant = claimOwner(name);
  for (const file of [ownerFile, releasedFile]) {
    const ownerPath = join(path, file);
    try {
      const { mtimeMs } = await stat(ownerPath);
      const content = expectRecord(parseJson(await readFile(ownerPath, 'utf8'), ownerPath), ownerPath);
      const owner = claimant ?? (file === releasedFile ? 'released' : parseIdentity(content, ownerPath));
      const author = parseAuthor(content['author'], `${ownerPath}: author`);
      return { owner, author, startVersions: parseStartVersions(content['reached']), heartbeat: mtimeMs };
    } catch (error) {
      if (error instanceof LakeError) break;
      if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw toLakeError(error, ownerPath);
    }
  }
  return inferSpoolState(path, name);
}

/**
 * The state of a spool whose owner file is missing or damaged. Its results are as good as any others: they are taken over once
 * nothing in the folder has changed for long enough. Null if there is no such folder.
 */
async function inferSpoolState(path: string, name: string): Promise<SpoolState | null> {
  const owner = claimOwner(name) ?? 'unknown';
  const author = { runId: parseRunId(name), pipeline: { name: 'unknown', hash: null } };
  try {
    const fileStats = await Promise.all(['.', ...(await readdir(path))].map((file) => stat(join(path, file))));
    return { owner, author, startVersions: new Map(), heartbeat: Math.max(...fileStats.map(({ mtimeMs }) => mtimeMs)) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw toLakeError(error, path);
  }
}

async function touchOwnerFile(folder: string): Promise<void> {
  for (const file of [ownerFile, releasedFile]) {
    try {
      await touchHeartbeat(join(folder, file));
      return;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  // The file is missing: an empty one has a modification time too.
  await appendFile(join(folder, ownerFile), '');
}

function parseJson(text: string, location: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedError(location, 'is torn or is not JSON');
  }
}

function parseAuthor(value: unknown, location: string): CommitInfo {
  const author = expectRecord(value, location);
  const pipeline = expectRecord(author['pipeline'], `${location}.pipeline`);
  const { hash } = pipeline;
  return {
    runId: expectText(author['runId'], `${location}.runId`),
    pipeline: {
      name: expectText(pipeline['name'], `${location}.pipeline.name`),
      hash: hash === null ? null : expectText(hash, `${location}.pipeline.hash`),
    },
  };
}

/** A table without a version here is searched in its whole log. */
function parseStartVersions(value: unknown): StartVersions {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return new Map(entries.flatMap(([table, version]) => (isCount(version) ? [[table, version]] : [])));
}
