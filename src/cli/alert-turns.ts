import { second } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { acquireLock } from '../lake/lock.js';
import type { Exclusively } from '../tell/alert-store.js';
import type { Surroundings } from './surroundings.js';

/** Longer than it takes to tell everybody, or to give up on them. */
const longestWait: Duration = 30 * second;

/** Turns at the alerts of a pipeline, of all processes that know its lake. */
export function alertTurns({ dataFolder: folder, clock }: Surroundings, command: string): Exclusively {
  return async (pipeline, work) => {
    const holder = { runId: 'alerts', command };
    // No pipeline can be called so.
    const name = `(alerts) ${pipeline}`;
    // What cannot be locked is told all the same: better twice than never.
    const lock = await acquireLock({ folder, name, clock, holder, wait: longestWait }).catch(() => null);
    try {
      await work();
    } finally {
      if (lock?.ok === true) await lock.value.release().catch(() => undefined);
    }
  };
}
