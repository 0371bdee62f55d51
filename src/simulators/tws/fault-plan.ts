import type { Duration } from '../../core/time/time.js';
import type { Action } from '../../config/scenario/scenario.js';

/** What becomes of one request by the scenario. */
export interface FaultPlan {
  /** How long it takes before anything happens. */
  readonly delay: Duration;
  readonly fault: Fault;
  /** What happens to the whole gateway on this occasion. */
  readonly gatewayActions: readonly GatewayAction[];
}

/** What is done instead of, or with, the plain answer. */
export type Fault = { readonly kind: 'answer' } | Extract<Action, { kind: FaultKind }>;

type FaultKind = 'silence' | 'empty' | 'error' | 'truncate' | 'unknown' | 'expired' | 'garbage' | 'drop' | 'half-open';

/** What can happen to the gateway as a whole. */
export type GatewayAction = Extract<Action, { kind: 'restart' | 'link-lost' | 'farm-down' }>;

/** Delays add up; of what is done to the answer the first counts. */
export function planFaults(actions: readonly Action[]): FaultPlan {
  let delay = 0;
  let fault: Fault = { kind: 'answer' };
  const gatewayActions: GatewayAction[] = [];
  for (const action of actions) {
    switch (action.kind) {
      case 'delay':
        delay += action.duration;
        break;
      case 'restart':
      case 'link-lost':
      case 'farm-down':
        gatewayActions.push(action);
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
        if (fault.kind === 'answer') fault = action;
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
  return { delay, fault, gatewayActions };
}

/** How much of a list is left when an answer is cut short. */
export function applyTruncation<T>(items: readonly T[], fault: Fault): readonly T[] {
  if (fault.kind === 'empty') return [];
  return fault.kind === 'truncate' ? items.slice(0, Math.floor(items.length * fault.keepFraction)) : items;
}
