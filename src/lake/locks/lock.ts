import { makeFolder } from '../../platform/files/make-folder.js';
import { listFolder } from '../list-folder.js';
import { errorCode } from '../../platform/error-message.js';
import { rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { startBackgroundInterval, systemClock } from '../../core/time/clock.js';
import type { Clock, StartInterval } from '../../core/time/clock.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { second } from '../../core/time/time.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { putIfAbsent, writeNewFile } from '../delta/durable-files.js';
import { toLakeError } from '../lake-error.js';
import {
  claimPath,
  claimPrefix,
  formatEntry,
  isConflictingLock,
  isLockFileName,
  lockPath,
  locksFolder,
  readEntry,
} from './lock-file.js';
import type { HeldEntry, LockEntry, LockHolder, LockTarget } from './lock-file.js';
import { heartbeatInterval, isAlive, getProcessIdentity, ownerTimeout } from './process-identity.js';
import { readFileSystemTime, touchHeartbeat } from './heartbeat.js';

/*
 * The process that `<data>/_locks/<name>.lock` describes holds the lock. The file appears whole or not at all.
 *
 * A lock of a dead holder is taken over in two steps. First the process claims it: it creates a file named after the dead
 * lock's token, which only one process can create. Then it checks once more that the lock is still the dead one, and renames
 * its own lock over it. So a process removes only a lock that it has just seen to be dead, however long it was suspended in
 * between. If the claimant dies before the rename, another process claims the claim in the same way, by the claimant's token.
 */

/** Another process holds the lock. */
export type LockHeld =
  | { readonly kind: 'lock-held'; readonly holder: LockHolder }
  /** The file of the lock is damaged, and its holder may be alive until it is old enough to be taken over. */
  | { readonly kind: 'lock-unreadable'; readonly path: string; readonly until: Instant };

/** A lock that this process has acquired. */
export interface Lock {
  readonly holder: LockHolder;
  /**
   * Returns whether this process still holds the lock; false after a process on another host took it over because
   * heartbeats were missing.
   */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

export interface LockOptions {
  /** The lake's folder. */
  readonly folder: string;
  readonly target: LockTarget;
  /** The maximum wait for another holder; null does not wait. */
  readonly wait: Duration | null;
  readonly clock: Clock;
  readonly holder: { readonly runId: string; readonly command: string };
  readonly signal?: AbortSignal;
  readonly tick?: StartInterval;
}

const pollInterval: Duration = second / 4;

/** Acquires a lock on a lake. Rejects only with a `LakeError`, or when the signal aborts the waiting. */
export async function acquireLock(options: LockOptions): Promise<Result<Lock, LockHeld>> {
  const { clock, folder, wait } = options;
  const locks = locksFolder(folder);
  const began = clock.now();
  const deadline = began + (wait ?? 0);
  try {
    await makeFolder(locks);
    for (;;) {
      const attempt = await tryAcquire(options);
      const end = isRepairStarting(options, attempt) ? Math.max(deadline, began + repairStart) : deadline;
      if (attempt.ok || clock.now() >= end) return attempt;
      await clock.sleepUntil(Math.min(end, clock.now() + pollInterval), options.signal);
    }
  } catch (error) {
    throw errorCode(error) === null ? error : toLakeError(error, locks);
  }
}

/** A repair that finds other work in progress gives its lock up within this time: nothing else must fail because of it. */
const repairStart: Duration = second / 2;

function isRepairStarting({ target }: LockOptions, attempt: Result<Lock, LockHeld>): boolean {
  if (attempt.ok || attempt.error.kind !== 'lock-held' || target.kind === 'repair') return false;
  return attempt.error.holder.target.kind === 'repair';
}

/** The holders of the locks on a lake, without those known to be dead. */
export async function readLocks(folder: string): Promise<readonly LockHolder[]> {
  const locks = locksFolder(folder);
  const holders: LockHolder[] = [];
  for (const file of (await listFolder(locks)).filter(isLockFileName).toSorted()) {
    const entry = await readEntry(join(locks, file));
    if (entry?.kind === 'held' && isAlive(entry.holder, ageForDisplay(entry.holder))) holders.push(entry.holder);
  }
  return holders;
}

/** The clocks of other hosts differ: only heartbeats of this one have an age without the time of the file system. */
function ageForDisplay({ host, heartbeat }: LockHolder): Duration {
  return host === hostname() ? Math.max(0, systemClock.now() - heartbeat) : 0;
}

/** Acquires the lock, unless other work that must not run beside it is in progress. */
async function tryAcquire(options: LockOptions): Promise<Result<Lock, LockHeld>> {
  const lock = await tryAcquireAlone(options);
  // Looked up after the own lock exists: of two processes that start at once, at least one sees the other.
  if (!lock.ok) return lock;
  let conflict: LockEntry | null;
  try {
    conflict = await findConflict(options);
  } catch (error) {
    await lock.value.release();
    throw error;
  }
  if (conflict === null) return lock;
  await lock.value.release();
  return err(toLockHeld(conflict));
}

async function findConflict({ folder, target }: LockOptions): Promise<LockEntry | null> {
  const locks = locksFolder(folder);
  for (const file of await listFolder(locks)) {
    if (!isConflictingLock(target, file)) continue;
    const entry = await readEntry(join(locks, file));
    if (entry !== null && (await isHolderAlive(folder, entry))) return entry;
  }
  return null;
}

async function tryAcquireAlone(options: LockOptions): Promise<Result<Lock, LockHeld>> {
  const { folder, target } = options;
  const path = lockPath(folder, target);
  const ownEntry = buildEntry(options);
  for (;;) {
    if (await putIfAbsent(path, formatEntry(ownEntry), temporaryPath(folder, ownEntry)))
      return ok(createLock(options, ownEntry));
    const other = await readEntry(path);
    // The holder released it after the attempt.
    if (other === null) continue;
    if (await isHolderAlive(folder, other)) return err(toLockHeld(other));
    const outcome = await takeOver(folder, target, other, ownEntry);
    if (outcome === 'taken') return ok(createLock(options, ownEntry));
    if (outcome !== 'changed') return err(toLockHeld(outcome));
  }
}

function toLockHeld(entry: LockEntry): LockHeld {
  return entry.kind === 'held'
    ? { kind: 'lock-held', holder: entry.holder }
    : { kind: 'lock-unreadable', path: entry.path, until: entry.heartbeat + ownerTimeout };
}

/** Tries to replace a dead lock. Returns the claim of a living process if there is one, and `changed` if the lock has changed. */
async function takeOver(
  folder: string,
  target: LockTarget,
  staleEntry: LockEntry,
  ownEntry: HeldEntry,
): Promise<'taken' | 'changed' | LockEntry> {
  const path = lockPath(folder, target);
  const tokens = [staleEntry.token];
  let claim = claimPath(folder, target, staleEntry.token);
  while (!(await putIfAbsent(claim, formatEntry(ownEntry), temporaryPath(folder, ownEntry)))) {
    const claimant = await readEntry(claim);
    if (claimant === null) return 'changed';
    if (await isHolderAlive(folder, claimant)) return claimant;
    tokens.push(claimant.token);
    claim = claimPath(folder, target, claimant.token);
  }
  const current = await readEntry(path);
  if (current === null || !tokens.includes(current.token)) {
    await rm(claim, { force: true });
    return 'changed';
  }
  await replaceLock(folder, path, ownEntry);
  // A process with one of these claims finds the new lock in place of the dead one and gives up.
  for (const file of await listFolder(locksFolder(folder))) {
    if (file.startsWith(claimPrefix(target))) await rm(join(locksFolder(folder), file), { force: true });
  }
  return 'taken';
}

async function replaceLock(folder: string, path: string, entry: HeldEntry): Promise<void> {
  const temporary = temporaryPath(folder, entry);
  await writeNewFile(temporary, formatEntry(entry));
  await rename(temporary, path);
}

function createLock(options: LockOptions, ownEntry: HeldEntry): Lock {
  const { folder, target, tick = startBackgroundInterval } = options;
  const path = lockPath(folder, target);
  const isHeld = async (): Promise<boolean> => (await readEntry(path))?.token === ownEntry.token;
  const renew = async (): Promise<void> => {
    const entry = await readEntry(path);
    if (entry?.token === ownEntry.token) await touchHeartbeat(path);
    // Another process cannot know that the holder of a damaged lock is alive.
    if (entry?.kind === 'unreadable') await replaceLock(folder, path, ownEntry);
  };
  const stopHeartbeat = tick(heartbeatInterval, () => {
    // The work does not depend on the heartbeat.
    renew().catch(() => undefined);
  });
  return {
    holder: ownEntry.holder,
    isHeld,
    async release() {
      stopHeartbeat();
      const entry = await readEntry(path);
      if (entry?.token === ownEntry.token || entry?.kind === 'unreadable') await rm(path, { force: true });
    },
  };
}

async function isHolderAlive(folder: string, entry: LockEntry): Promise<boolean> {
  const now = await readFileSystemTime(locksFolder(folder));
  return entry.kind === 'held'
    ? isAlive(entry.holder, now - entry.holder.heartbeat)
    : // A time in the future was written before the clock was set back.
      !entry.isHolderDead && Math.abs(now - entry.heartbeat) <= ownerTimeout;
}

let attemptCount = 0;

function buildEntry({ target, clock, holder: { runId, command } }: LockOptions): HeldEntry {
  const since = clock.now();
  const identity = getProcessIdentity();
  const token = [runId, identity.host, identity.pid, identity.startedAt ?? since, ++attemptCount].join(' ');
  return { kind: 'held', holder: { ...identity, target, runId, command, since, heartbeat: since }, token };
}

function temporaryPath(folder: string, { token }: HeldEntry): string {
  return join(locksFolder(folder), `.${encodeURIComponent(token)}.tmp`);
}
