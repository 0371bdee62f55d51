import type { Duration } from '../../core/time.js';
import type { Action } from '../../scenario/scenario.js';

/** What becomes of one request by the scenario. */
export interface Course {
  /** How long it takes before anything happens. */
  readonly delay: Duration;
  readonly deed: Deed;
  /** What happens to the whole gateway on this occasion. */
  readonly events: readonly GatewayAction[];
}

/** What is done instead of, or with, the plain answer. */
export type Deed = { readonly kind: 'answer' } | Extract<Action, { kind: DeedKind }>;

type DeedKind = 'silence' | 'empty' | 'error' | 'truncate' | 'unknown' | 'expired' | 'garbage' | 'drop' | 'half-open';

/** What can happen to the gateway as a whole. */
export type GatewayAction = Extract<Action, { kind: 'restart' | 'link-lost' | 'farm-down' }>;

/** Delays add up; of what is done to the answer the first counts. */
export function courseOf(actions: readonly Action[]): Course {
  let delay = 0;
  let deed: Deed = { kind: 'answer' };
  const events: GatewayAction[] = [];
  for (const action of actions) {
    switch (action.kind) {
      case 'delay':
        delay += action.for;
        break;
      case 'restart':
      case 'link-lost':
      case 'farm-down':
        events.push(action);
        break;
      case 'silence':
      case 'empty':
      case 'error':
      case 'truncate':
      case 'unknown':
      case 'expired':
      case 'garbage':
      case 'drop':
      case 'half-open':
        if (deed.kind === 'answer') deed = action;
        break;
      case 'refuse':
      case 'slow-accept':
      case 'logged-out':
      case 'rows':
      case 'failure':
        // Not for requests of this source; the scenario's validation says so to its author.
        break;
    }
  }
  return { delay, deed, events };
}

/** How much of a list is left when an answer is cut short. */
export function keptOf<T>(items: readonly T[], deed: Deed): readonly T[] {
  if (deed.kind === 'empty') return [];
  return deed.kind === 'truncate' ? items.slice(0, Math.floor(items.length * deed.keep)) : items;
}
