import { appendFile, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { backgroundTicker } from '../../core/clock.js';
import type { Ticker } from '../../core/clock.js';
import type { Author } from '../../core/delivery.js';
import type { Duration, Instant } from '../../core/time.js';
import { expectRecord, expectText, isRecord } from '../coverage/columns.js';
import { LakeError, lakeErrorOf, malformed, systemCode } from '../lake-error.js';
import {
  isSegmentName,
  isStagingName,
  ownerFile,
  releasedFile,
  runIdOfFolder,
  takenName,
  takerOfFolder,
} from './layout.js';
import { heartbeatInterval, identityFrom, isAlive } from './owner.js';
import type { ProcessIdentity } from './owner.js';
import { readSegment } from './segment.js';
import type { SegmentContent } from './segment.js';
import { fileSystemTime, giveSignOfLife } from './sign-of-life.js';

/** Whether the process that owns a spool still lives, given how long ago it last gave a sign of life. */
export type IsOwnerAlive = (owner: ProcessIdentity, silentFor: Duration) => boolean;

/** What a run left behind without committing it. */
export interface AbandonedSpool {
  readonly folder: string;
  readonly runId: string;
  /** Whose run it was. */
  readonly author: Author;
  readonly reached: ReachedVersions;
}

/** Versions that tables had reached before a run received anything: what it committed itself comes later. */
export type ReachedVersions = ReadonlyMap<string, number>;

/** An abandoned spool that this process, and no other, may now commit. */
export interface ClaimedSpool {
  readonly runId: string;
  readonly author: Author;
  readonly reached: ReachedVersions;
  /** The deliveries, segment by segment, in the order in which they came. */
  read(): AsyncIterable<SegmentContent>;
  /** Deletes it: everything in it has been committed. */
  remove(): Promise<void>;
  /** Leaves it to somebody else. */
  release(): Promise<void>;
}

/** The spools below `<data>/_spool` that nobody writes to or recovers any more, oldest run first. */
export async function abandonedSpools(
  folder: string,
  isOwnerAlive: IsOwnerAlive = isAlive,
): Promise<readonly AbandonedSpool[]> {
  const found: AbandonedSpool[] = [];
  const names = (await namesIn(folder)).filter((name) => !isStagingName(name)).toSorted();
  if (names.length === 0) return found;
  const now = await fileSystemTime(folder);
  for (const name of names) {
    const path = join(folder, name);
    const state = await stateOf(path, name);
    if (state === null) continue;
    const { owner, author, reached, heartbeat } = state;
    if (owner === 'free' || !isOwnerAlive(owner, now - heartbeat)) {
      found.push({ folder: path, runId: runIdOfFolder(name), author, reached });
    }
  }
  return found;
}

/** Takes a spool over, or answers null when another process was faster. Of many that try at once exactly one succeeds. */
export async function claimSpool(
  spool: AbandonedSpool,
  taker: ProcessIdentity,
  tick: Ticker = backgroundTicker,
): Promise<ClaimedSpool | null> {
  const { runId, author, reached } = spool;
  const parent = join(spool.folder, '..');
  const folder = join(parent, takenName(runId, taker));
  try {
    // Before the rename: from then on the sign of life must be the taker's, or a third process on another host would take over.
    await touch(spool.folder);
    await rename(spool.folder, folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw lakeErrorOf(error, spool.folder);
  }
  const stopHeartbeat = tick(heartbeatInterval, () => {
    touch(folder).catch(() => undefined);
  });
  return {
    runId,
    author,
    reached,
    async *read() {
      const segments = (await namesIn(folder)).filter(isSegmentName).toSorted();
      for (const segment of segments) yield await readSegment(join(folder, segment));
    },
    async remove() {
      stopHeartbeat();
      await rm(folder, { recursive: true, force: true });
    },
    async release() {
      stopHeartbeat();
      await rename(folder, join(parent, takenName(runId, null)));
    },
  };
}

interface SpoolState {
  readonly owner: ProcessIdentity | 'free';
  readonly author: Author;
  readonly reached: ReachedVersions;
  readonly heartbeat: Instant;
}

/** Null when the folder vanished while we looked: another process took it over. */
async function stateOf(path: string, name: string): Promise<SpoolState | null> {
  const taker = takerOfFolder(name);
  for (const file of [ownerFile, releasedFile]) {
    const ownerPath = join(path, file);
    try {
      const { mtimeMs } = await stat(ownerPath);
      const content = expectRecord(parse(await readFile(ownerPath, 'utf8'), ownerPath), ownerPath);
      const owner = taker ?? (file === releasedFile ? 'free' : identityFrom(content, ownerPath));
      const author = authorFrom(content['author'], `${ownerPath}: author`);
      return { owner, author, reached: reachedFrom(content['reached']), heartbeat: mtimeMs };
    } catch (error) {
      if (error instanceof LakeError) break;
      if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw lakeErrorOf(error, ownerPath);
    }
  }
  return unknownState(path, name);
}

/**
 * Whose spool it is cannot be read, or the file that says so is gone: the answers in it are as good as any, and are taken
 * over once nothing in the folder has changed for long enough. Null when there is no such folder.
 */
async function unknownState(path: string, name: string): Promise<SpoolState | null> {
  const owner = takerOfFolder(name) ?? { pid: 0, host: '', space: null, startedAt: null };
  const author = { runId: runIdOfFolder(name), pipeline: { name: 'unknown', hash: '' } };
  try {
    const changed = await Promise.all(['.', ...(await readdir(path))].map((file) => stat(join(path, file))));
    return { owner, author, reached: new Map(), heartbeat: Math.max(...changed.map(({ mtimeMs }) => mtimeMs)) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
    throw lakeErrorOf(error, path);
  }
}

async function touch(folder: string): Promise<void> {
  for (const file of [ownerFile, releasedFile]) {
    try {
      await giveSignOfLife(join(folder, file));
      return;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
  // Gone: an empty one gives the sign just as well.
  await appendFile(join(folder, ownerFile), '');
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(place, 'is torn or is not JSON');
  }
}

function authorFrom(value: unknown, place: string): Author {
  const author = expectRecord(value, place);
  const pipeline = expectRecord(author['pipeline'], `${place}.pipeline`);
  return {
    runId: expectText(author['runId'], `${place}.runId`),
    pipeline: {
      name: expectText(pipeline['name'], `${place}.pipeline.name`),
      hash: expectText(pipeline['hash'], `${place}.pipeline.hash`),
    },
  };
}

/** What is not known is looked for in the whole log. */
function reachedFrom(value: unknown): ReachedVersions {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return new Map(entries.flatMap(([table, version]) => (typeof version === 'number' ? [[table, version]] : [])));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw lakeErrorOf(error, folder);
  }
}
