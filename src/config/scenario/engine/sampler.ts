import { drawUniform } from '../../../platform/random.js';
import type { Key } from '../../../platform/random.js';
import type { Duration } from '../../../core/time/time.js';
import type { Frequency } from '../scenario.js';

/** How many events a rule has matched, and how often it has acted. */
export interface RuleCount {
  readonly matched: number;
  readonly acted: number;
}

/** Counts the matching events of one rule. */
export interface Sampler {
  /** Returns for each matching event in turn whether the rule acts on it. */
  choose(elapsed: Duration): boolean;
  count(): RuleCount;
}

/** Creates the sampler of a rule that has matched and acted before; `key` seeds its random draws. */
export function createSampler(
  { skip, every, times, chance, from, until }: Frequency,
  key: Key,
  { matched, acted }: RuleCount = { matched: 0, acted: 0 },
): Sampler {
  let matchCount = matched;
  let actionCount = acted;
  return {
    choose(elapsed) {
      if (elapsed < from || (until !== null && elapsed >= until)) return false;
      const index = matchCount++;
      if (index < skip || (index - skip) % every !== 0) return false;
      if (times !== null && actionCount >= times) return false;
      if (chance < 1 && drawUniform(key, index) >= chance) return false;
      actionCount++;
      return true;
    },
    count: () => ({ matched: matchCount, acted: actionCount }),
  };
}
