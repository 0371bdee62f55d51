import { replaces } from '../../core/coverage-fold.js';
import type { Instant } from '../../core/time/time.js';
import type { CommittedFact } from '../../lake/api.js';

/** An earlier result for an instant, with the result that replaced it. */
export interface ReplacedResult {
  readonly fact: CommittedFact;
  readonly by: CommittedFact;
}

/** The results of all requests for one instant of one series. */
export interface InstantHistory {
  /** The result that counts now; null if the instant was never requested. */
  readonly current: CommittedFact | null;
  /** Newest first. */
  readonly replaced: readonly ReplacedResult[];
  /** Later results that replaced nothing, such as failed repetitions; newest first. */
  readonly ignored: readonly CommittedFact[];
}

/** Resolves an instant of a series of a `span` table from all facts of the series, oldest first. */
export function resolveInstant(facts: Iterable<CommittedFact>, instant: Instant): InstantHistory {
  let current: CommittedFact | null = null;
  const replaced: ReplacedResult[] = [];
  const ignored: CommittedFact[] = [];
  for (const fact of facts) {
    if (fact.window.start > instant || fact.window.end <= instant) continue;
    if (current !== null && !replaces(fact, current)) {
      ignored.push(fact);
      continue;
    }
    if (current !== null) replaced.push({ fact: current, by: fact });
    current = fact;
  }
  return { current, replaced: replaced.reverse(), ignored: ignored.reverse() };
}

/**
 * Resolves the state of a series of a `point` table at an instant: the last result until then, and those before it, which it
 * succeeds without deleting their rows.
 */
export function resolvePoint(facts: Iterable<CommittedFact>, until: Instant): InstantHistory {
  const results = [...facts].filter(({ window }) => window.start <= until);
  const answered = results.filter(({ state }) => state === 'data' || state === 'empty' || state === 'provisional');
  const current = answered.at(-1) ?? results.at(-1) ?? null;
  const replaced: ReplacedResult[] = [];
  for (const [index, fact] of answered.entries()) {
    const by = answered[index + 1];
    if (by !== undefined) replaced.push({ fact, by });
  }
  const position = current === null ? -1 : results.lastIndexOf(current);
  return { current, replaced: replaced.reverse(), ignored: results.slice(position + 1).reverse() };
}
