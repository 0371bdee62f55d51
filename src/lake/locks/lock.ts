import { listFolder } from '../list-folder.js';
import { errorCode } from '../../platform/error-message.js';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackgroundInterval } from '../../core/time/clock.js';
import type { Clock, StartInterval } from '../../core/time/clock.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { putIfAbsent, writeNewFile } from '../delta/durable-files.js';
import { toLakeError } from '../lake-error.js';
import { claimPath, claimPrefix, formatEntry, isLockFileName, lockPath, locksFolder, readEntry } from './lock-file.js';
import type { LockEntry, LockHolder } from './lock-file.js';
import { heartbeatInterval, isAlive, getProcessIdentity } from './process-identity.js';
import { readFileSystemTime, touchHeartbeat } from './heartbeat.js';

/*
 * `<data>/_locks/<name>.lock` is held by the process it describes. It appears whole or not at all.
 *
 * A lock whose holder is gone is taken over in two steps. First the right to do so: a file named after the dead lock's own
 * token, which only one process can create. Then its place: the new lock is renamed over the dead one, once more checked to
 * be that one. So nobody removes a lock that he has not just seen to be dead, however long he slept in between. Should the
 * taker die half-way, the right to act for him passes on in the same manner, by the taker's token.
 */

/** Somebody else holds it. */
export interface LockHeld {
  readonly kind: 'lock-held';
  readonly holder: LockHolder;
}

/** A lock that is ours. */
export interface Lock {
  readonly holder: LockHolder;
  /** Whether it still is: false once another host has taken it over because this one was silent for too long. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

export interface LockOptions {
  /** The lake's folder. */
  readonly folder: string;
  /** What is locked: the name of a pipeline. */
  readonly name: string;
  /** How long to wait for another holder; null gives up at once. */
  readonly wait: Duration | null;
  readonly clock: Clock;
  readonly holder: { readonly runId: string; readonly command: string };
  readonly signal?: AbortSignal;
  readonly tick?: StartInterval;
}

const pollInterval: Duration = second / 4;

/** Takes the lock of one pipeline on one lake. Rejects only with a `LakeError`, or when the signal aborts the waiting. */
export async function acquireLock(options: LockOptions): Promise<Result<Lock, LockHeld>> {
  const { clock, folder, wait } = options;
  const locks = locksFolder(folder);
  const deadline = clock.now() + (wait ?? 0);
  try {
    await mkdir(locks, { recursive: true });
    for (;;) {
      const attempt = await tryAcquire(options);
      if (attempt.ok || clock.now() >= deadline) return attempt;
      await clock.sleepUntil(Math.min(deadline, clock.now() + pollInterval), options.signal);
    }
  } catch (error) {
    throw errorCode(error) === null ? error : toLakeError(error, locks);
  }
}

/** Every lock on a lake but those whose holder is known to be dead, for people to see. */
export async function readLocks(folder: string): Promise<readonly LockHolder[]> {
  const locks = locksFolder(folder);
  const holders: LockHolder[] = [];
  for (const file of (await listFolder(locks)).filter(isLockFileName).toSorted()) {
    const entry = await readEntry(join(locks, file));
    if (entry !== null && isAlive(entry.holder, 0)) holders.push(entry.holder);
  }
  return holders;
}

async function tryAcquire(options: LockOptions): Promise<Result<Lock, LockHeld>> {
  const { folder, name } = options;
  const path = lockPath(folder, name);
  const ownEntry = buildEntry(options);
  for (;;) {
    if (await putIfAbsent(path, formatEntry(ownEntry), temporaryPath(folder, ownEntry)))
      return ok(createLock(options, ownEntry));
    const other = await readEntry(path);
    // Released since: try again.
    if (other === null) continue;
    if (await isHolderAlive(folder, other)) return err({ kind: 'lock-held', holder: other.holder });
    const outcome = await takeOver(folder, name, other, ownEntry);
    if (outcome === 'taken') return ok(createLock(options, ownEntry));
    if (outcome !== 'changed') return err({ kind: 'lock-held', holder: outcome.holder });
  }
}

/** Tries to put our lock in the place of a dead one. Answers with a living process that is doing so, or that things changed. */
async function takeOver(
  folder: string,
  name: string,
  staleEntry: LockEntry,
  ownEntry: LockEntry,
): Promise<'taken' | 'changed' | LockEntry> {
  const path = lockPath(folder, name);
  const tokens = [staleEntry.token];
  let claim = claimPath(folder, name, staleEntry.token);
  while (!(await putIfAbsent(claim, formatEntry(ownEntry), temporaryPath(folder, ownEntry)))) {
    const claimant = await readEntry(claim);
    if (claimant === null) return 'changed';
    if (await isHolderAlive(folder, claimant)) return claimant;
    tokens.push(claimant.token);
    claim = claimPath(folder, name, claimant.token);
  }
  const current = await readEntry(path);
  if (current === null || !tokens.includes(current.token)) {
    await rm(claim, { force: true });
    return 'changed';
  }
  const temporary = temporaryPath(folder, ownEntry);
  await writeNewFile(temporary, formatEntry(ownEntry));
  await rename(temporary, path);
  // Whoever still holds a claim will find our lock where he expects a dead one, and leave.
  for (const file of await listFolder(locksFolder(folder))) {
    if (file.startsWith(claimPrefix(name))) await rm(join(locksFolder(folder), file), { force: true });
  }
  return 'taken';
}

function createLock(options: LockOptions, ownEntry: LockEntry): Lock {
  const { folder, name, tick = startBackgroundInterval } = options;
  const path = lockPath(folder, name);
  const isHeld = async (): Promise<boolean> => (await readEntry(path))?.token === ownEntry.token;
  const stopHeartbeat = tick(heartbeatInterval, () => {
    // A sign of life that cannot be given is no reason to stop working.
    isHeld()
      .then((still) => (still ? touchHeartbeat(path) : undefined))
      .catch(() => undefined);
  });
  return {
    holder: ownEntry.holder,
    isHeld,
    async release() {
      stopHeartbeat();
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

async function isHolderAlive(folder: string, { holder }: LockEntry): Promise<boolean> {
  return isAlive(holder, (await readFileSystemTime(locksFolder(folder))) - holder.heartbeat);
}

let attemptCount = 0;

function buildEntry({ name, clock, holder: { runId, command } }: LockOptions): LockEntry {
  const since = clock.now();
  const identity = getProcessIdentity();
  const token = [runId, identity.host, identity.pid, identity.startedAt ?? since, ++attemptCount].join(' ');
  return { holder: { ...identity, name, runId, command, since, heartbeat: since }, token };
}

function temporaryPath(folder: string, { token }: LockEntry): string {
  return join(locksFolder(folder), `.${encodeURIComponent(token)}.tmp`);
}
