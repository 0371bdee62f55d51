import type { Action } from '../../scenario/scenario.js';
import { emptied, errorContent, truncated, unknown } from './content.js';
import type { Content } from './content.js';
import { errorNamed } from './errors.js';
import type { Duration } from '../../core/time.js';

/** What becomes of one request by the actions that apply to it. */
export interface Fate {
  readonly delay: Duration;
  /** Whether all logins end before it is looked at. */
  readonly loggedOut: boolean;
  /** Whether the whole source goes away, and for how long. */
  readonly restart: Duration | null;
  readonly ending: Ending;
  /** What the answer says in the end. */
  change(content: Content): Content;
}

/** How an answer gets onto the wire, or does not. */
export type Ending = 'whole' | 'garbage' | 'silence' | 'half-open' | 'drop' | 'drop-in-the-middle';

const ordinary: Fate = {
  delay: 0,
  loggedOut: false,
  restart: null,
  ending: 'whole',
  change: (content) => content,
};

/** Puts actions together, in their order: what changes the answer adds up, and the last one to end it decides how. */
export function fateOf(actions: readonly Action[]): Fate {
  return actions.reduce((fate, action) => joined(fate, action), ordinary);
}

function joined(fate: Fate, action: Action): Fate {
  const then = (change: (content: Content) => Content): Fate => ({
    ...fate,
    change: (content) => change(fate.change(content)),
  });
  switch (action.kind) {
    case 'delay':
    case 'slow-accept':
      return { ...fate, delay: fate.delay + action.for };
    case 'empty':
      return then(emptied);
    case 'unknown':
    case 'expired':
      return then(unknown);
    case 'truncate':
      return then((content) => truncated(content, action.keep));
    case 'error':
      return then(() => errorContent(errorNamed(action.code, action.message, action.status)));
    case 'garbage':
    case 'silence':
    case 'half-open':
      return { ...fate, ending: action.kind };
    case 'drop':
      return { ...fate, ending: action.midMessage ? 'drop-in-the-middle' : 'drop' };
    case 'refuse':
      return { ...fate, ending: 'drop' };
    case 'restart':
      return { ...fate, restart: action.for };
    case 'logged-out':
      return { ...fate, loggedOut: true };
    case 'link-lost':
    case 'farm-down':
    case 'rows':
    case 'failure':
      // Words of other sources: a scenario with them is not for Kite.
      return fate;
  }
}
