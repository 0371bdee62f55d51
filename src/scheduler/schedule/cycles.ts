import type { Duration, Instant } from '../../core/time/time.js';
import { minute } from '../../core/time/time.js';
import type { Schedule } from '../../config/pipeline/pipeline.js';
import type { DueTimeSeries } from './due-times.js';

/** One due time that is run. */
export interface Cycle {
  readonly due: Instant;
  /** Run when it was due, after the run before, or because it was missed. */
  readonly why: 'due' | 'queued' | 'caught-up';
}

/** Why due times are not run. */
export const missedReasons = [
  'not-running',
  'overlap',
  'cut-off',
  'market-closed',
  'too-many',
  'max-cycles-reached',
] as const;
export type MissedReason = (typeof missedReasons)[number];

/** What a collector is to do next about one pipeline. */
export type CycleAction =
  | { readonly kind: 'start'; readonly cycle: Cycle }
  /** Due times that are not run; they follow one another without a gap. */
  | {
      readonly kind: 'missed';
      readonly reason: MissedReason;
      readonly count: number;
      readonly first: Instant;
      readonly last: Instant;
    };

/** What has become of a pipeline's due times. Everything in it is kept over restarts, but for `started`. */
export interface CycleState {
  /** Every due time up to and including this instant is accounted for: run, running, waiting or reported missed. */
  readonly until: Instant;
  readonly running: Cycle | null;
  /** In the order in which they will be run. */
  readonly waiting: readonly Cycle[];
  /** How many cycles were started since the collector was. */
  readonly started: number;
}

/** What holds for the due times of one pipeline. */
export interface CycleRules {
  readonly dueTimes: DueTimeSeries;
  readonly policy: Pick<Schedule, 'catchUp' | 'overlap' | 'maxCycles'>;
}

/** A new state and what it asks to be done, in order. */
export interface Transition {
  readonly state: CycleState;
  readonly actions: readonly CycleAction[];
}

/** So late a start still counts as in time: timers are late, and machines are busy. */
export const startTolerance: Duration = minute;

/** No more cycles wait than this; older ones are given up first. */
export const maxWaiting = 100;

/** A pipeline that nothing is known of: what was due before now is nobody's loss. */
export function initialState(now: Instant): CycleState {
  return { until: now, running: null, waiting: [], started: 0 };
}

/** Accounts for what fell due since the last look, and starts what is to be started. */
export function tick(state: CycleState, now: Instant, rules: CycleRules): Transition {
  // A clock that was set back brings no due time twice.
  return now <= state.until ? startNext(state, now, rules) : accountFor(state, [], now, rules);
}

/**
 * The first look of a collector that takes over from one that has ended, however it did: what was under way or waited then
 * was cut off and counts, like what fell due since, as passed unseen; but for a run that has outlived its collector.
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
 * The due time that has just come is run, or, while another run goes on, queued or reported. What passed unseen (the
 * collector was not there, or the machine slept) is caught up with or reported.
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
    if (dropped !== undefined) add(policy.catchUp === 'last' ? dropped.reason : 'too-many', dropped.due);
  };

  for (const due of interrupted) miss(due, 'cut-off');
  let last: Instant | null = null;
  for (const due of dueTimes.due(state.until, now)) {
    if (last !== null) miss(last, 'not-running');
    last = due;
  }
  const onTime = last !== null && now - last <= startTolerance ? last : null;
  if (last !== null && onTime === null) miss(last, 'not-running');
  // A run asks for all that is missing: with one starting now, nothing is left to make up for.
  if (onTime !== null && policy.catchUp === 'last') for (const { due, reason } of toCatchUp.splice(0)) add(reason, due);

  const waiting: Cycle[] = [...state.waiting, ...toCatchUp.map(({ due }): Cycle => ({ due, why: 'caught-up' }))];
  if (onTime !== null) {
    const isBusy = state.running !== null || state.waiting.length > 0;
    if (isBusy && policy.overlap === 'skip') add('overlap', onTime);
    else waiting.push({ due: onTime, why: isBusy || waiting.length > 0 ? 'queued' : 'due' });
  }
  for (const { due } of waiting.splice(0, Math.max(0, waiting.length - maxWaiting))) add('too-many', due);
  const transition = startNext({ ...state, until: now, waiting }, now, { dueTimes, policy });
  return { state: transition.state, actions: [...actions, ...transition.actions] };
}

/** The run that was under way has ended; the next one that waits, if any, begins. */
export function afterRun(state: CycleState, now: Instant, rules: CycleRules): Transition {
  return startNext({ ...state, running: null }, now, rules);
}

/** When to look again: at the next due time; null when none comes or no cycle may be started any more. */
export function nextTick(state: CycleState, { dueTimes, policy }: CycleRules): Instant | null {
  return hasReachedLimit(state, policy) ? null : dueTimes.next(state.until);
}

/** Whether the collector has done with the pipeline: it may start no more cycles and none is going. */
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
    else if (next.why !== 'due' && !dueTimes.isTimely(next.due, now)) add('market-closed', next.due);
    else {
      running = next;
      started++;
    }
  }
  const start: readonly CycleAction[] =
    running === null || running === state.running ? [] : [{ kind: 'start', cycle: running }];
  return { state: { ...state, waiting, running, started }, actions: [...actions, ...start] };
}

/** Joins neighbouring due times that were missed for the same reason, so that a year of silence is one line. */
function createMissReporter(dueTimes: DueTimeSeries): {
  readonly actions: CycleAction[];
  readonly add: (reason: MissedReason, due: Instant) => void;
} {
  const actions: CycleAction[] = [];
  return {
    actions,
    add(reason, due) {
      const previous = actions.at(-1);
      // What passed while nobody looked comes in one piece; asking would cost as much as finding it.
      const isConsecutive = (last: Instant): boolean => reason === 'not-running' || dueTimes.next(last) === due;
      if (previous?.kind === 'missed' && previous.reason === reason && isConsecutive(previous.last)) {
        actions[actions.length - 1] = { ...previous, count: previous.count + 1, last: due };
      } else actions.push({ kind: 'missed', reason, count: 1, first: due, last: due });
    },
  };
}
