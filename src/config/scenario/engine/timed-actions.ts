import type { Duration } from '../../../core/time/time.js';
import type { Sampler } from './sampler.js';
import type { Action, Rule } from '../scenario.js';

/** An action with its time after the start of the source. */
interface TimedAction {
  readonly after: Duration;
  readonly action: Action;
}

/** Yields the actions of timed rules by time; at equal times, the earlier rule is first. */
export function* generateTimedActions(
  rules: readonly Rule[],
  getSampler: (rule: Rule, index: number) => Sampler,
): Generator<TimedAction, void, undefined> {
  const queues = rules.map((rule, index) => generateOccurrences(rule, getSampler(rule, index)));
  const heads = queues.map((timedAction) => timedAction.next());
  for (;;) {
    let earliest: { readonly timedAction: TimedAction; readonly rule: number } | null = null;
    for (const [rule, head] of heads.entries()) {
      if (head.done !== true && (earliest === null || head.value.after < earliest.timedAction.after))
        earliest = { timedAction: head.value, rule };
    }
    if (earliest === null) return;
    yield earliest.timedAction;
    const next = queues[earliest.rule]?.next();
    if (next !== undefined) heads[earliest.rule] = next;
  }
}

/** Yields the times of one rule. Ends when no further action is possible, so that a repetition never loops forever. */
function* generateOccurrences(
  { match, frequency, action }: Rule,
  sampler: Sampler,
): Generator<TimedAction, void, undefined> {
  if (match.kind !== 'time' || !(frequency.chance > 0)) return;
  const every = match.every ?? 0;
  let left = frequency.times ?? Infinity;
  for (let after = match.after; left > 0 && (frequency.until === null || after < frequency.until); after += every) {
    if (sampler.choose(after)) {
      yield { after, action };
      left--;
    }
    if (every <= 0) return;
  }
}
