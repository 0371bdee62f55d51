import type { Failure } from '../../core/failure.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import type { Action, ScenarioEngine } from '../../config/scenario/scenario.js';
import { combineSignals } from '../../platform/combine-signals.js';

/** The connection of one request. */
export interface InFlight {
  /** Aborts with the signal of the request, and when the connection ends. */
  readonly signal: AbortSignal;
  /** Returns the reason why the connection ended; null while it is open. */
  abortReason(): Failure | null;
}

/** The state of the source that a scenario changes: restarts, outages, data farms, the login. */
export interface SourceState {
  /** Opens a new connection with a valid login. */
  connect(): void;
  /** Applies the timed actions that are due. */
  advanceTo(now: Instant): void;
  /** Returns the instant at which the next timed action is due. */
  getNextActionTime(): Instant;
  /** Applies an action to the source; actions on a single response have no effect here. */
  apply(action: Action, at: Instant): void;
  /** Returns the reason why no request can be sent now; null if requests can be sent. */
  unavailableReason(now: Instant): Failure | null;
  /** Returns the instant until which requests for a table get no response. */
  heldUntil(dataset: Dataset): Instant;
  track(signal: AbortSignal): InFlight;
  /** Ends the connection of every request in flight. */
  abortAll(failure: Failure): void;
}

type Farm = Extract<Action, { kind: 'farm-down' }>['farm'];

/** The data farm that serves a table; definitions of instruments come from neither. */
const farmByDataset: Readonly<Record<Dataset, Farm | null>> = {
  contracts: null,
  chains: null,
  equity_bars: 'historical',
  option_bars: 'historical',
  history_starts: 'historical',
  quotes: 'market',
  option_snapshots: 'market',
  overviews: null,
  corporate_actions: null,
};

const restarting: Failure = { kind: 'retryable', code: 'restarting', message: 'the source is restarting' };
const upstreamLost: Failure = {
  kind: 'retryable',
  code: 'upstream-lost',
  message: 'the source has lost its upstream connection',
};
const loggedOut: Failure = { kind: 'fatal', code: 'logged-out', message: 'the login is no longer valid' };
const dropped: Failure = { kind: 'retryable', code: 'dropped', message: 'the connection was dropped' };

/** Creates the state of a source without faults that started at an instant. */
export function createSourceState(engine: ScenarioEngine, startedAt: Instant): SourceState {
  const timedActions = engine.timedActions()[Symbol.iterator]();
  let nextTimedAction = timedActions.next();
  let restartingUntil = -Infinity;
  let upstreamLostUntil = -Infinity;
  let heldUntil = -Infinity;
  let farmDownUntil: Readonly<Record<Farm, Instant>> = { historical: -Infinity, market: -Infinity };
  let isLoggedOut = false;
  let isUnresponsive = false;
  let connections = createConnections();

  const getNextActionTime = (): Instant =>
    nextTimedAction.done === true ? Infinity : startedAt + nextTimedAction.value.after;

  const abortAll = (failure: Failure): void => {
    isUnresponsive = false;
    const previous = connections;
    connections = createConnections();
    previous.close(failure);
  };

  const apply = (action: Action, at: Instant): void => {
    switch (action.kind) {
      case 'restart':
        restartingUntil = Math.max(restartingUntil, at + action.duration);
        abortAll(restarting);
        return;
      case 'upstream-lost':
        if (action.dataKept) heldUntil = Math.max(heldUntil, at + action.duration);
        else {
          upstreamLostUntil = Math.max(upstreamLostUntil, at + action.duration);
          abortAll(upstreamLost);
        }
        return;
      case 'farm-down':
        farmDownUntil = { ...farmDownUntil, [action.farm]: Math.max(farmDownUntil[action.farm], at + action.duration) };
        return;
      case 'logged-out':
        isLoggedOut = true;
        abortAll(loggedOut);
        return;
      case 'half-open':
        isUnresponsive = true;
        return;
      default:
        return;
    }
  };

  return {
    getNextActionTime,
    apply,
    abortAll,
    connect() {
      isLoggedOut = false;
      isUnresponsive = false;
    },
    advanceTo(now) {
      while (nextTimedAction.done !== true && startedAt + nextTimedAction.value.after <= now) {
        const { after, action } = nextTimedAction.value;
        nextTimedAction = timedActions.next();
        if (action.kind === 'drop') abortAll(dropped);
        else apply(action, startedAt + after);
      }
    },
    unavailableReason(now) {
      if (isLoggedOut) return loggedOut;
      if (now < restartingUntil) return restarting;
      return now < upstreamLostUntil ? upstreamLost : null;
    },
    heldUntil(dataset) {
      if (isUnresponsive) return Infinity;
      const farm = farmByDataset[dataset];
      return Math.max(heldUntil, farm === null ? -Infinity : farmDownUntil[farm]);
    },
    track: (signal) => connections.track(signal),
  };
}

/** Connections that end together. */
interface Connections {
  track(signal: AbortSignal): InFlight;
  close(failure: Failure): void;
}

function createConnections(): Connections {
  const controller = new AbortController();
  const combine = combineSignals(controller.signal);
  let reason: Failure | null = null;
  return {
    track: (signal) => ({ signal: combine(signal), abortReason: () => reason }),
    close(failure) {
      reason = failure;
      controller.abort();
    },
  };
}
