import type { Duration, Instant } from '../../core/time/time.js';
import { minute } from '../../core/time/time.js';
import type { Schedule } from '../../config/pipeline/pipeline.js';
import type { DueTimeSeries } from './due-times.js';

/** A run of a pipeline for one due time. */
export interface Cycle {
  readonly due: Instant;
  /** Started on time, after the previous run, or to catch up a missed run. */
  readonly trigger: 'due' | 'queued' | 'caught-up';
}

/** Reasons for which a due time gets no run. */
export const missedReasons = [
  'scheduler-down',
  'overlap',
  'no-free-slot',
  'interrupted',
  'market-closed',
  'queue-full',
  'circuit-open',
  'max-cycles-reached',
] as const;
export type MissedReason = (typeof missedReasons)[number];

/** An action that the driver has to perform after a transition. */
export type CycleAction =
  | { readonly kind: 'start'; readonly cycle: Cycle }
  /** Reports consecutive due times that get no run. */
  | {
      readonly kind: 'missed';
      readonly reason: MissedReason;
      readonly count: number;
      readonly first: Instant;
      readonly last: Instant;
    };

/** The state of a pipeline's due times. All of it but `started` is kept across restarts. */
export interface CycleState {
  /** Every due time up to and including this instant is accounted for: run, running, waiting or reported as missed. */
  readonly until: Instant;
  readonly running: Cycle | null;
  /** In the order in which they are run. */
  readonly waiting: readonly Cycle[];
  /** Cycles started since the collector started. */
  readonly started: number;
}

/** The rules of one pipeline. */
export interface CycleRules {
  readonly dueTimes: DueTimeSeries;
  readonly policy: Pick<Schedule, 'catchUp' | 'overlap' | 'maxCycles'>;
}

/** A new state and the actions that it requires, in order. */
export interface Transition {
  readonly state: CycleState;
  readonly actions: readonly CycleAction[];
}

/** A start delayed by no more than this counts as on time: timers are late, and machines are busy. */
export const startTolerance: Duration = minute;

/** Upper bound of the queue; the oldest cycles are dropped first. */
export const maxWaiting = 100;

/** The state of a new pipeline: due times before now do not count as missed. */
export function initialState(now: Instant): CycleState {
  return { until: now, running: null, waiting: [], started: 0 };
}

/** Accounts for the due times since the last tick, and starts the next cycle. */
export function tick(state: CycleState, now: Instant, rules: CycleRules): Transition {
  // A clock that was set back repeats no due time.
  return now <= state.until ? startNext(state, now, rules) : accountFor(state, [], now, rules);
}

/**
 * Takes over the state of an earlier collector, however it ended. Its running and waiting cycles count as missed, like the due
 * times since then; only an orphan run (`isStillRunning`), which outlasted that collector, stays the running one.
 */
export function resume(
  { until, running, waiting }: CycleState,
  now: Instant,
  rules: CycleRules,
  isStillRunning: boolean,
): Transition {
  const orphan = isStillRunning ? running : null;
  const interrupted = [...(running === null || isStillRunning ? [] : [running]), ...waiting].map(({ due }) => due);
  return accountFor({ until: Math.min(until, now), running: orphan, waiting: [], started: 0 }, interrupted, now, rules);
}

/**
 * Runs a due time that has just passed, or queues or reports it while another run is in progress. Earlier due times, missed
 * because the collector was down or the machine asleep, are caught up or reported.
 */
function accountFor(
  state: CycleState,
  interrupted: readonly Instant[],
  now: Instant,
  { dueTimes, policy }: CycleRules,
): Transition {
  const { actions, add } = createMissReporter(dueTimes);
  const toCatchUp: { readonly due: Instant; readonly reason: MissedReason }[] = [];
  const maxCaughtUp = policy.catchUp === 'last' ? 1 : maxWaiting;
  const miss = (due: Instant, reason: MissedReason): void => {
    if (policy.catchUp === 'none') {
      add(reason, due);
      return;
    }
    if (!dueTimes.isTimely(due, now)) {
      add('market-closed', due);
      return;
    }
    toCatchUp.push({ due, reason });
    const dropped = toCatchUp.length > maxCaughtUp ? toCatchUp.shift() : undefined;
    if (dropped !== undefined) add(policy.catchUp === 'last' ? dropped.reason : 'queue-full', dropped.due);
  };

  for (const due of interrupted) miss(due, 'interrupted');
  const isBusy = state.running !== null || state.waiting.length > 0;
  let last: Instant | null = null;
  for (const due of dueTimes.due(state.until, now)) {
    // A tick that is a little late, on a busy machine, does not make the collector down.
    if (last !== null && isBusy && policy.overlap === 'skip' && now - last <= startTolerance) add('overlap', last);
    else if (last !== null) miss(last, 'scheduler-down');
    last = due;
  }
  const onTime = last !== null && now - last <= startTolerance ? last : null;
  if (last !== null && onTime === null) miss(last, 'scheduler-down');
  // A run requests everything that is missing: one that starts now leaves nothing to catch up.
  if (onTime !== null && policy.catchUp === 'last') for (const { due, reason } of toCatchUp.splice(0)) add(reason, due);

  const waiting: Cycle[] = [...state.waiting, ...toCatchUp.map(({ due }): Cycle => ({ due, trigger: 'caught-up' }))];
  if (onTime !== null) {
    if (isBusy && policy.overlap === 'skip') add('overlap', onTime);
    else waiting.push({ due: onTime, trigger: isBusy || waiting.length > 0 ? 'queued' : 'due' });
  }
  for (const { due } of waiting.splice(0, Math.max(0, waiting.length - maxWaiting))) add('queue-full', due);
  const transition = startNext({ ...state, until: now, waiting }, now, { dueTimes, policy });
  return { state: transition.state, actions: [...actions, ...transition.actions] };
}

/** Ends the running cycle, and starts the next one that waits. */
export function afterRun(state: CycleState, now: Instant, rules: CycleRules): Transition {
  return startNext({ ...state, running: null }, now, rules);
}

/** The instant of the next tick: the next due time; null if there is none or no cycle may start any more. */
export function nextTick(state: CycleState, { dueTimes, policy }: CycleRules): Instant | null {
  return hasReachedLimit(state, policy) ? null : dueTimes.next(state.until);
}

/** Returns whether no cycle is running and none can start any more. */
export function isFinished(state: CycleState, { policy, dueTimes }: CycleRules): boolean {
  if (state.running !== null) return false;
  return hasReachedLimit(state, policy) || (state.waiting.length === 0 && dueTimes.next(state.until) === null);
}

function hasReachedLimit({ started }: CycleState, { maxCycles }: CycleRules['policy']): boolean {
  return maxCycles !== null && started >= maxCycles;
}

function startNext(state: CycleState, now: Instant, { dueTimes, policy }: CycleRules): Transition {
  const { actions, add } = createMissReporter(dueTimes);
  let { waiting, running, started } = state;
  while (running === null && waiting.length > 0) {
    const [next, ...rest] = waiting;
    if (next === undefined) break;
    waiting = rest;
    if (hasReachedLimit({ ...state, started }, policy)) add('max-cycles-reached', next.due);
    else if (next.trigger !== 'due' && !dueTimes.isTimely(next.due, now)) add('market-closed', next.due);
    else {
      running = next;
      started++;
    }
  }
  const start: readonly CycleAction[] =
    running === null || running === state.running ? [] : [{ kind: 'start', cycle: running }];
  return { state: { ...state, waiting, running, started }, actions: [...actions, ...start] };
}

/** Merges consecutive due times that were missed for the same reason: a year of them is reported in one line. */
function createMissReporter(dueTimes: DueTimeSeries): {
  readonly actions: CycleAction[];
  readonly add: (reason: MissedReason, due: Instant) => void;
} {
  const actions: CycleAction[] = [];
  return {
    actions,
    add(reason, due) {
      const previous = actions.at(-1);
      // Due times missed while the collector was down arrive in order, so the costly lookup of the next one is not needed.
      const isConsecutive = (last: Instant): boolean => reason === 'scheduler-down' || dueTimes.next(last) === due;
      if (previous?.kind === 'missed' && previous.reason === reason && isConsecutive(previous.last)) {
        actions[actions.length - 1] = { ...previous, count: previous.count + 1, last: due };
      } else actions.push({ kind: 'missed', reason, count: 1, first: due, last: due });
    },
  };
}
