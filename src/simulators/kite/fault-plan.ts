import type { Action } from '../../config/scenario/scenario.js';
import { emptyContent, toErrorContent, truncateContent, notFoundContent } from './http/response-content.js';
import type { ResponseContent } from './http/response-content.js';
import { createScenarioError } from './errors.js';
import type { Duration } from '../../core/time/time.js';

/** What becomes of one request by the actions that apply to it. */
export interface FaultPlan {
  readonly delay: Duration;
  /** Whether all logins end before it is looked at. */
  readonly endsLogins: boolean;
  /** Whether the whole source goes away, and for how long. */
  readonly restart: Duration | null;
  readonly wireFault: WireFault;
  /** What the answer says in the end. */
  transform(content: ResponseContent): ResponseContent;
}

/** How an answer gets onto the wire, or does not. */
export type WireFault = 'whole' | 'garbage' | 'silence' | 'half-open' | 'drop' | 'drop-in-the-middle';

const defaultPlan: FaultPlan = {
  delay: 0,
  endsLogins: false,
  restart: null,
  wireFault: 'whole',
  transform: (content) => content,
};

/** Puts actions together, in their order: what changes the answer adds up, and the last one to end it decides how. */
export function planFaults(actions: readonly Action[]): FaultPlan {
  return actions.reduce((plan, action) => applyAction(plan, action), defaultPlan);
}

function applyAction(plan: FaultPlan, action: Action): FaultPlan {
  const withTransform = (transform: (content: ResponseContent) => ResponseContent): FaultPlan => ({
    ...plan,
    transform: (content) => transform(plan.transform(content)),
  });
  switch (action.kind) {
    case 'delay':
    case 'slow-accept':
      return { ...plan, delay: plan.delay + action.duration };
    case 'empty':
      return withTransform(emptyContent);
    case 'unknown':
    case 'expired':
      return withTransform(notFoundContent);
    case 'truncate':
      return withTransform((content) => truncateContent(content, action.keepFraction));
    case 'error':
      return withTransform(() => toErrorContent(createScenarioError(action.code, action.message, action.status)));
    case 'garbage':
    case 'silence':
    case 'half-open':
      return { ...plan, wireFault: action.kind };
    case 'drop':
      return { ...plan, wireFault: action.midMessage ? 'drop-in-the-middle' : 'drop' };
    case 'refuse':
      return { ...plan, wireFault: 'drop' };
    case 'restart':
      return { ...plan, restart: action.duration };
    case 'logged-out':
      return { ...plan, endsLogins: true };
    case 'link-lost':
    case 'farm-down':
    case 'rows':
    case 'failure':
      // Words of other sources: a scenario with them is not for Kite.
      return plan;
  }
}
