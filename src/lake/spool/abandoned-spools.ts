import { listFolder } from '../list-folder.js';
import { errorCode } from '../../platform/error-message.js';
import { expectRecord, expectText } from '../expect-json.js';
import { isCount, isRecord } from '../../platform/json.js';
import { appendFile, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackgroundInterval } from '../../core/time/clock.js';
import type { StartInterval } from '../../core/time/clock.js';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { LakeError, toLakeError, malformedError } from '../lake-error.js';
import { isSegmentName, isStagingName, ownerFile, releasedFile, parseRunId, claimName, claimOwner } from './layout.js';
import { heartbeatInterval, parseIdentity, isAlive } from '../locks/process-identity.js';
import type { ProcessIdentity } from '../locks/process-identity.js';
import { readSegment } from './segment.js';
import type { SegmentContent } from './segment.js';
import { readFileSystemTime, touchHeartbeat } from '../locks/heartbeat.js';

/** Whether the process that owns a spool still lives, given how long ago it last gave a sign of life. */
export type IsOwnerAlive = (owner: ProcessIdentity, heartbeatAge: Duration) => boolean;

/** What a run left behind without committing it. */
export interface AbandonedSpool {
  readonly folder: string;
  readonly runId: string;
  /** Whose run it was. */
  readonly author: CommitInfo;
  readonly startVersions: StartVersions;
}

/** Versions that tables had reached before a run received anything: what it committed itself comes later. */
export type StartVersions = ReadonlyMap<string, number>;

/** An abandoned spool that this process, and no other, may now commit. */
export interface ClaimedSpool {
  readonly runId: string;
  readonly author: CommitInfo;
  readonly startVersions: StartVersions;
  /** The deliveries, segment by segment, in the order in which they came. */
  read(): AsyncIterable<SegmentContent>;
  /** Deletes it: everything in it has been committed. */
  remove(): Promise<void>;
  /** Leaves it to somebody else. */
  release(): Promise<void>;
}

/** The spools below `<data>/_spool` that nobody writes to or recovers any more, oldest run first. */
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
    if (owner === 'free' || !isOwnerAlive(owner, now - heartbeat)) {
      found.push({ folder: path, runId: parseRunId(name), author, startVersions });
    }
  }
  return found;
}

/** Takes a spool over, or answers null when another process was faster. Of many that try at once exactly one succeeds. */
export async function claimSpool(
  spool: AbandonedSpool,
  claimant: ProcessIdentity,
  tick: StartInterval = startBackgroundInterval,
): Promise<ClaimedSpool | null> {
  const { runId, author, startVersions } = spool;
  const parent = join(spool.folder, '..');
  const folder = join(parent, claimName(runId, claimant));
  try {
    // Before the rename: from then on the sign of life must be the taker's, or a third process on another host would take over.
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

interface SpoolState {
  readonly owner: ProcessIdentity | 'free';
  readonly author: CommitInfo;
  readonly startVersions: StartVersions;
  readonly heartbeat: Instant;
}

/** Null when the folder vanished while we looked: another process took it over. */
async function readSpoolState(path: string, name: string): Promise<SpoolState | null> {
  const claimant = claimOwner(name);
  for (const file of [ownerFile, releasedFile]) {
    const ownerPath = join(path, file);
    try {
      const { mtimeMs } = await stat(ownerPath);
      const content = expectRecord(parseJson(await readFile(ownerPath, 'utf8'), ownerPath), ownerPath);
      const owner = claimant ?? (file === releasedFile ? 'free' : parseIdentity(content, ownerPath));
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
 * Whose spool it is cannot be read, or the file that says so is gone: the answers in it are as good as any, and are taken
 * over once nothing in the folder has changed for long enough. Null when there is no such folder.
 */
async function inferSpoolState(path: string, name: string): Promise<SpoolState | null> {
  const owner = claimOwner(name) ?? { pid: 0, host: '', space: null, startedAt: null };
  const author = { runId: parseRunId(name), pipeline: { name: 'unknown', hash: '' } };
  try {
    const fileStats = await Promise.all(['./', ...(await readdir(path))].map((file) => stat(join(path, file))));
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
  // Gone: an empty one gives the sign just as well.
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
  return {
    runId: expectText(author['runId'], `${location}.runId`),
    pipeline: {
      name: expectText(pipeline['name'], `${location}.pipeline.name`),
      hash: expectText(pipeline['hash'], `${location}.pipeline.hash`),
    },
  };
}

/** What is not known is looked for in the whole log. */
function parseStartVersions(value: unknown): StartVersions {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return new Map(entries.flatMap(([table, version]) => (isCount(version) ? [[table, version]] : [])));
}
