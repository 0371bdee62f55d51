import { second } from '../core/time.js';
import type { Duration } from '../core/time.js';
import { acquireLock } from '../lake/lock.js';
import type { Exclusively } from '../tell/alert-store.js';
import type { Surroundings } from './surroundings.js';

/** Longer than it takes to read and write what is known, or to tell everybody, or to give up on them. */
const longestWait: Duration = 30 * second;

/** Turns at the alerts of a pipeline and at its channels, of all processes that know its lake. */
export function alertTurns({ dataFolder: folder, clock }: Surroundings, command: string): Exclusively {
  return async (pipeline, work, telling) => {
    const holder = { runId: 'alerts', command };
    // No pipeline can be called so.
    const name = telling === undefined ? `(alerts) ${pipeline}` : `(alerts to ${telling.channel}) ${pipeline}`;
    const signal = telling === undefined ? {} : { signal: telling.signal };
    // What cannot be locked is told all the same: better twice than never.
    const lock = await acquireLock({ folder, name, clock, holder, wait: longestWait, ...signal }).catch(() => null);
    // Who tells for so long will have told of it, or warn; whatever became of that, the next one tells what is left.
    if (lock?.ok === false && telling !== undefined) return;
    try {
      await work();
    } finally {
      if (lock?.ok === true) await lock.value.release().catch(() => undefined);
    }
  };
}
