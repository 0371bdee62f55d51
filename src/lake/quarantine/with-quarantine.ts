import type { Clock } from '../../core/time/clock.js';
import { minute } from '../../core/time/time.js';
import { LakeError } from '../lake-error.js';
import { acquireLock } from '../locks/lock.js';
import { listQuarantineFiles, settleQuarantine } from './quarantine-files.js';

const maxWait = 10 * minute;

/** Does work that moves rows into quarantine or out of it, while no other process does, after ending what a crash interrupted. */
export async function withQuarantine<T>(
  folder: string,
  runId: string,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  const holder = { runId, command: 'quarantine' };
  const lock = await acquireLock({ folder, target: { kind: 'quarantine' }, wait: maxWait, clock, holder });
  if (!lock.ok)
    throw new LakeError(
      'no-permission',
      folder,
      `${folder}: another process has been moving rows into quarantine for ten minutes`,
      'see which with pipe status; run again when it has ended',
    );
  try {
    await settleQuarantine(folder);
    return await work();
  } finally {
    await lock.value.release();
  }
}

/** Ends what crashed processes have begun; does nothing, and waits for nothing, if there is nothing to end. */
export async function settleAbandoned(folder: string, runId: string, clock: Clock): Promise<void> {
  const files = await listQuarantineFiles(folder);
  if (files.every(({ state }) => state === 'quarantined' || state === 'released')) return;
  await withQuarantine(folder, runId, clock, () => Promise.resolve());
}
