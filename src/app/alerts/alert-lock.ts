import { second } from '../../core/time/time.js';
import type { Duration } from '../../core/time/time.js';
import { acquireLock } from '../../lake/locks/lock.js';
import type { WithAlertLock } from '../../outputs/alerts/alert-store.js';
import type { CliContext } from '../cli-context.js';

/** Longer than it takes to read and write what is known, or to tell everybody, or to give up on them. */
const maxLockWait: Duration = 30 * second;

/** Turns at the alerts of a pipeline and at its channels, of all processes that know its lake. */
export function createAlertLock({ dataFolder: folder, clock }: CliContext, command: string): WithAlertLock {
  return async (pipeline, work, notification) => {
    const holder = { runId: 'alerts', command };
    // No pipeline can be called so.
    const name =
      notification === undefined ? `(alerts) ${pipeline}` : `(alerts to ${notification.channel}) ${pipeline}`;
    const signal = notification === undefined ? {} : { signal: notification.signal };
    // What cannot be locked is told all the same: better twice than never.
    const lock = await acquireLock({ folder, name, clock, holder, wait: maxLockWait, ...signal }).catch(() => null);
    // Who tells for so long will have told of it, or warn; whatever became of that, the next one tells what is left.
    if (lock?.ok === false && notification !== undefined) return;
    try {
      await work();
    } finally {
      if (lock?.ok === true) await lock.value.release().catch(() => undefined);
    }
  };
}
