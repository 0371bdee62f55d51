import type { Duration } from '../../../core/time/time.js';
import type { Action } from '../scenario.js';

/** Combined effect of all rules that match one event. */
export interface FaultPlan {
  /** The sum of all delays. */
  readonly delay: Duration;
  /** Actions on the whole source, in the order of the rules. */
  readonly sourceActions: readonly SourceAction[];
  /** Fault of this connection or response; null if the source answers normally. */
  readonly fault: Fault | null;
}

/** Actions that delay an answer or the start of a connection. */
type DelayAction = Extract<Action, { kind: 'delay' | 'slow-accept' }>;

/** Actions on the whole source, whatever event triggered them. */
export type SourceAction = Extract<Action, { kind: 'restart' | 'upstream-lost' | 'farm-down' | 'logged-out' }>;

/** Actions that decide how one request or one connection is answered. They exclude each other. */
export type Fault = Exclude<Action, DelayAction | SourceAction>;

/**
 * Combines the actions of all matching rules, in the order of the file, for every source alike: delays add up, every action
 * on the source happens, and of several faults the first counts.
 */
export function planFaults(actions: readonly Action[]): FaultPlan {
  let delay = 0;
  let fault: Fault | null = null;
  const sourceActions: SourceAction[] = [];
  for (const action of actions) {
    switch (action.kind) {
      case 'delay':
      case 'slow-accept':
        delay += action.duration;
        break;
      case 'restart':
      case 'upstream-lost':
      case 'farm-down':
      case 'logged-out':
        sourceActions.push(action);
        break;
      default:
        fault ??= action;
    }
  }
  return { delay, sourceActions, fault };
}
