import type { Duration } from '../core/time.js';
import type { Chooser } from './chooser.js';
import type { Action, Rule } from './scenario.js';

/** An action with the moment it falls due, counted from the start. */
interface Due {
  readonly after: Duration;
  readonly action: Action;
}

/** What the rules that wait for time do, soonest first; of what falls due together, the earlier rule goes first. */
export function* timedActions(
  rules: readonly Rule[],
  chooserOf: (rule: Rule, index: number) => Chooser,
): Generator<Due, void, undefined> {
  const waiting = rules.map((rule, index) => dues(rule, chooserOf(rule, index)));
  const heads = waiting.map((due) => due.next());
  for (;;) {
    let soonest: { readonly due: Due; readonly rule: number } | null = null;
    for (const [rule, head] of heads.entries()) {
      if (head.done !== true && (soonest === null || head.value.after < soonest.due.after))
        soonest = { due: head.value, rule };
    }
    if (soonest === null) return;
    yield soonest.due;
    const next = waiting[soonest.rule]?.next();
    if (next !== undefined) heads[soonest.rule] = next;
  }
}

/** The moments of one rule. Ends where nothing more can come, so that what recurs is never looked for in vain. */
function* dues({ about, often, act }: Rule, choose: Chooser): Generator<Due, void, undefined> {
  if (about.kind !== 'time' || !(often.chance > 0)) return;
  const every = about.every ?? 0;
  let left = often.times ?? Infinity;
  for (let after = about.after; left > 0 && (often.until === null || after < often.until); after += every) {
    if (choose(after)) {
      yield { after, action: act };
      left--;
    }
    if (every <= 0) return;
  }
}
