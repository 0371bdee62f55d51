import type { Failure } from '../../core/failure.js';
import type { Dataset } from '../../core/tables.js';
import type { Instant } from '../../core/time.js';
import type { Action, Director } from '../../scenario/scenario.js';
import { joinedWith } from '../../core/joined-signals.js';

/** The way of one request: whether it still leads to an answer. */
export interface Passage {
  /** Aborts with the request's own signal, and when the way is cut. */
  readonly signal: AbortSignal;
  /** Why the way was cut; null as long as it is not. */
  cut(): Failure | null;
}

/** What has become of the whole source, by its scenario: restarts, lost links, farms that are down, logins that ended. */
export interface SourceState {
  /** A client comes in anew: it logs in, and its line is a living one. */
  connect(): void;
  /** Lets all happen that was due by now. */
  catchUp(now: Instant): void;
  /** When something happens next without being asked for. */
  nextMoment(): Instant;
  /** Does to the whole source what an action does to it; most actions are about one answer only. */
  apply(action: Action, at: Instant): void;
  /** Why nothing can be asked now. */
  obstacle(now: Instant): Failure | null;
  /** Until when requests for a table stay unanswered. */
  heldUntil(dataset: Dataset): Instant;
  enter(signal: AbortSignal): Passage;
  /** Cuts the way of every request that is under way. */
  cutAll(why: Failure): void;
}

type Farm = Extract<Action, { kind: 'farm-down' }>['farm'];

/** Which farm answers for a table; what is known of instruments comes from neither. */
const farmOf: Readonly<Record<Dataset, Farm | null>> = {
  contracts: null,
  chains: null,
  equity_bars: 'historical',
  option_bars: 'historical',
  history_starts: 'historical',
  quotes: 'market',
  option_snapshots: 'market',
  overviews: null,
};

const restarting: Failure = { kind: 'retryable', code: 'restarting', message: 'the source is restarting' };
const linkLost: Failure = { kind: 'retryable', code: 'link-lost', message: 'the source has lost its link upstream' };
const loggedOut: Failure = { kind: 'fatal', code: 'logged-out', message: 'the login is no longer valid' };
const dropped: Failure = { kind: 'retryable', code: 'dropped', message: 'the connection was dropped' };

/** The state of a source that started at an instant and has nothing wrong with it yet. */
export function sourceState(director: Director, startedAt: Instant): SourceState {
  const timed = director.timed()[Symbol.iterator]();
  let next = timed.next();
  let awayUntil = -Infinity;
  let linkLostUntil = -Infinity;
  let heldUntil = -Infinity;
  let farmUntil: Readonly<Record<Farm, Instant>> = { historical: -Infinity, market: -Infinity };
  let isLoggedOut = false;
  let isSilent = false;
  let ways = openWays();

  const nextMoment = (): Instant => (next.done === true ? Infinity : startedAt + next.value.after);

  const cutAll = (why: Failure): void => {
    isSilent = false;
    const before = ways;
    ways = openWays();
    before.close(why);
  };

  const apply = (action: Action, at: Instant): void => {
    switch (action.kind) {
      case 'restart':
        awayUntil = Math.max(awayUntil, at + action.for);
        cutAll(restarting);
        return;
      case 'link-lost':
        if (action.dataKept) heldUntil = Math.max(heldUntil, at + action.for);
        else {
          linkLostUntil = Math.max(linkLostUntil, at + action.for);
          cutAll(linkLost);
        }
        return;
      case 'farm-down':
        farmUntil = { ...farmUntil, [action.farm]: Math.max(farmUntil[action.farm], at + action.for) };
        return;
      case 'logged-out':
        isLoggedOut = true;
        cutAll(loggedOut);
        return;
      case 'half-open':
        isSilent = true;
        return;
      default:
        return;
    }
  };

  return {
    nextMoment,
    apply,
    cutAll,
    connect() {
      isLoggedOut = false;
      isSilent = false;
    },
    catchUp(now) {
      while (next.done !== true && startedAt + next.value.after <= now) {
        const { after, action } = next.value;
        next = timed.next();
        if (action.kind === 'drop') cutAll(dropped);
        else apply(action, startedAt + after);
      }
    },
    obstacle(now) {
      if (isLoggedOut) return loggedOut;
      if (now < awayUntil) return restarting;
      return now < linkLostUntil ? linkLost : null;
    },
    heldUntil(dataset) {
      if (isSilent) return Infinity;
      const farm = farmOf[dataset];
      return Math.max(heldUntil, farm === null ? -Infinity : farmUntil[farm]);
    },
    enter: (signal) => ways.enter(signal),
  };
}

/** The ways that are cut together. */
interface Ways {
  enter(signal: AbortSignal): Passage;
  close(why: Failure): void;
}

function openWays(): Ways {
  const controller = new AbortController();
  const joined = joinedWith(controller.signal);
  let reason: Failure | null = null;
  return {
    enter: (signal) => ({ signal: joined(signal), cut: () => reason }),
    close(why) {
      reason = why;
      controller.abort();
    },
  };
}
