import { drawUniform } from '../../../platform/random.js';
import type { Key } from '../../../platform/random.js';
import type { Duration } from '../../../core/time/time.js';
import type { Frequency } from '../scenario.js';

/** Returns for each matching event in turn whether the rule acts on it. */
export type Sampler = (elapsed: Duration) => boolean;

/** Counts the matching events of one rule; `key` seeds its random draws. */
export function createSampler({ skip, every, times, chance, from, until }: Frequency, key: Key): Sampler {
  let matchCount = 0;
  let firedCount = 0;
  return (elapsed) => {
    if (elapsed < from || (until !== null && elapsed >= until)) return false;
    const index = matchCount++;
    if (index < skip || (index - skip) % every !== 0) return false;
    if (times !== null && firedCount >= times) return false;
    if (chance < 1 && drawUniform(key, index) >= chance) return false;
    firedCount++;
    return true;
  };
}
