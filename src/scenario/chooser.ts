import { uniform } from '../core/random.js';
import type { Key } from '../core/random.js';
import type { Duration } from '../core/time.js';
import type { Often } from './scenario.js';

/** Tells of one matching occasion after the other whether it counts. */
export type Chooser = (since: Duration) => boolean;

/** Counts the matching occasions of one rule; `key` is where its chance is drawn from. */
export function chooser({ skip, every, times, chance, from, until }: Often, key: Key): Chooser {
  let matched = 0;
  let happened = 0;
  return (since) => {
    if (since < from || (until !== null && since >= until)) return false;
    const number = matched++;
    if (number < skip || (number - skip) % every !== 0) return false;
    if (times !== null && happened >= times) return false;
    if (chance < 1 && uniform(key, number) >= chance) return false;
    happened++;
    return true;
  };
}
