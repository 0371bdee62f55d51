import type { Duration } from '../../../core/time/time.js';
import type { Sampler } from './sampler.js';
import type { Action, Rule } from '../scenario.js';

/** An action with the moment it falls due, counted from the start. */
interface TimedAction {
  readonly after: Duration;
  readonly action: Action;
}

/** What the rules that wait for time do, soonest first; of what falls due together, the earlier rule goes first. */
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

/** The moments of one rule. Ends where nothing more can come, so that what recurs is never looked for in vain. */
function* generateOccurrences(
  { match, frequency, action }: Rule,
  sample: Sampler,
): Generator<TimedAction, void, undefined> {
  if (match.kind !== 'time' || !(frequency.chance > 0)) return;
  const every = match.every ?? 0;
  let left = frequency.times ?? Infinity;
  for (let after = match.after; left > 0 && (frequency.until === null || after < frequency.until); after += every) {
    if (sample(after)) {
      yield { after, action };
      left--;
    }
    if (every <= 0) return;
  }
}
