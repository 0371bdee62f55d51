import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { acquireLock } from '../../lake/locks/lock.js';
import type { LockTarget } from '../../lake/locks/lock-file.js';
import type { WithAlertLock } from '../../outputs/alerts/alert-store.js';
import type { AppContext } from '../context.js';

/** Longer than reading and writing the alert state, or sending a notification with all its retries, takes. */
const maxLockWait: Duration = 30 * second;

/** Locks the alerts of a pipeline, or one of its channels, against all processes that use the lake. */
export function createAlertLock(
  { dataFolder: folder, clock }: Pick<AppContext, 'dataFolder' | 'clock'>,
  command: string,
): WithAlertLock {
  return async (pipeline, work, notification) => {
    const holder = { runId: 'alerts', command };
    const target: LockTarget =
      notification === undefined
        ? { kind: 'alerts', pipeline }
        : { kind: 'channel', pipeline, channel: notification.channel };
    const signal = notification === undefined ? {} : { signal: notification.signal };
    // Without a lock the notification is sent too: twice is better than never.
    const lock = await acquireLock({ folder, target, clock, holder, wait: maxLockWait, ...signal }).catch(() => null);
    // The process that holds the lock this long sends the notification or warns; the next process sends what remains.
    if (lock?.ok === false && notification !== undefined) return;
    try {
      await work();
    } finally {
      if (lock?.ok === true) await lock.value.release().catch(() => undefined);
    }
  };
}
