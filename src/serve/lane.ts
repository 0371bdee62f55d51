import type { Calendar } from '../core/calendar.js';
import type { Clock } from '../core/clock.js';
import type { ProviderName } from '../core/series.js';
import { minute, second } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';
import type { Pipeline, Schedule } from '../pipeline/pipeline.js';
import { tallying } from './cycle-tally.js';
import type { CycleTally } from './cycle-tally.js';
import { ended, firstState, isFinished, look, nextLook, takeUp } from './cycles.js';
import type { Cycle, CycleRules, CycleState, Step } from './cycles.js';
import { scheduleKey } from './cycle-store.js';
import type { CycleStore } from './cycle-store.js';
import type { ServeEventBody } from './serve-event.js';
import { timetableOf } from './timetable.js';
import type { EndedCycle, StartWorker, Worker, WorkerEnd } from './worker.js';

/** A pipeline with due times. */
export interface ServedPipeline {
  readonly name: string;
  readonly file: string;
  readonly schedule: Schedule;
  readonly metrics: Pipeline['metrics'];
  /** The sources it asks. */
  readonly providers: readonly ProviderName[];
}

/** A run that somebody else has started. */
export interface OtherRun {
  readonly since: Instant;
}

/** What lanes need of the collector they are in. */
export interface LaneParts {
  readonly clock: Clock;
  readonly calendar: (name: string) => Calendar;
  readonly store: CycleStore;
  readonly start: StartWorker;
  /** A run of the pipeline on this machine that the collector has not started; null when none is going. */
  readonly otherRun: (pipeline: string) => Promise<OtherRun | null>;
  readonly emit: (event: ServeEventBody) => void;
}

/** What a lane is doing, for those who ask. */
export interface LaneView {
  readonly pipeline: ServedPipeline;
  readonly running: { readonly cycle: Cycle; readonly startedAt: Instant } | null;
  readonly waiting: number;
  readonly started: number;
  readonly last: EndedCycle | null;
  /** When it is due next; null when it is not any more. */
  readonly next: Instant | null;
}

/** One pipeline of a collector: at most one run at a time, whatever the others do. */
export interface Lane {
  view(): LaneView;
  /** Goes on with another version of the pipeline; a run under way ends as it began. */
  replace(pipeline: ServedPipeline): void;
  /** Starts nothing more and asks the run under way to end; `why` explains to people that it was cut off. */
  stop(why: string): void;
  /** Ends the run under way at once. */
  kill(why: string): void;
  /** Resolves when it will start nothing more and nothing is under way. */
  readonly done: Promise<void>;
}

const longestSleep: Duration = minute;

/** Takes up a pipeline where the collector before left it. */
export async function openLane(first: ServedPipeline, parts: LaneParts): Promise<Lane> {
  const { clock, store, emit } = parts;
  let pipeline = first;
  let rules = rulesOf(pipeline, parts);
  const kept = await store.read(pipeline.name);
  let state: CycleState = firstState(clock.now());
  let worker: Worker | null = null;
  let startedAt: Instant = clock.now();
  let last: EndedCycle | null = null;
  let stopping = false;
  /** Why the run under way was made to end; null while it was not. */
  let askedToEnd: string | null = null;
  let wasKilled = false;
  let wake = new AbortController();
  let saving: Promise<void> = Promise.resolve();

  const save = (): Promise<void> => {
    const now = { schedule: scheduleKey(pipeline.schedule), state };
    const { name } = pipeline;
    saving = saving
      .then(() => store.write(name, now))
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        emit({ type: 'state-unwritten', pipeline: name, message });
      });
    return saving;
  };

  const apply = async (step: Step): Promise<void> => {
    const before = state;
    state = step.state;
    let cycle: Cycle | null = null;
    for (const action of step.actions) {
      if (action.kind === 'start') cycle = action.cycle;
      else {
        const { reason, count, first: from, last: to } = action;
        emit({ type: 'cycles-missed', pipeline: pipeline.name, reason, count, first: from, last: to });
      }
    }
    // What is not remembered before it begins would be forgotten by a death right after.
    if (step.actions.length > 0 || before.running !== state.running) await save();
    if (cycle !== null) await begin(cycle);
  };

  const begin = async (cycle: Cycle): Promise<void> => {
    // A signal may have come while the state was written: then it counts as cut off.
    if (stopping) return;
    const { name, file, schedule } = pipeline;
    if (schedule.overlap === 'skip' && (await parts.otherRun(name)) !== null) {
      const { due } = cycle;
      emit({ type: 'cycles-missed', pipeline: name, reason: 'overlap', count: 1, first: due, last: due });
      await apply(ended({ ...state, started: state.started - 1 }, clock.now(), rules));
      return;
    }
    startedAt = clock.now();
    emit({ type: 'cycle-started', pipeline: name, cycle });
    const tally = tallying();
    const own = parts.start({ pipeline: name, file, waits: schedule.overlap === 'queue' }, (event) => {
      tally.take(event);
      emit({ type: 'run-event', pipeline: name, event });
    });
    worker = own;
    own.ended.then((end) => finish(cycle, end, tally.tally())).catch(fail);
  };

  const finish = async (cycle: Cycle, said: WorkerEnd, tally: CycleTally): Promise<void> => {
    worker = null;
    const end = endOf(said);
    const endedAt = clock.now();
    last = { due: cycle.due, startedAt, endedAt, ...end, ...tally };
    // A run that was stopped half-way is left in the memory: the next collector makes up for it.
    const isCutOff = stopping && (end.outcome === 'interrupted' || end.outcome === 'crashed');
    const step: Step = isCutOff || stopping ? { state, actions: [] } : ended(state, endedAt, rules);
    if (stopping && !isCutOff) state = { ...state, running: null };
    const next = stopping ? null : nextLook(step.state, rules);
    emit({ type: 'cycle-ended', pipeline: pipeline.name, why: cycle.why, next, ...last });
    if (stopping) await save();
    else await apply(step);
    wake.abort();
  };

  /** Waits for a run that has outlived its collector; what is due meanwhile overlaps with it. */
  const outwait = async (cycle: Cycle, { since }: OtherRun): Promise<void> => {
    const { name } = pipeline;
    const over = new AbortController();
    const giveUp = (): void => over.abort();
    worker = { ended: new Promise(() => undefined), stop: giveUp, kill: giveUp };
    startedAt = since;
    emit({ type: 'run-outlived', pipeline: name, cycle, since });
    while (!over.signal.aborted && (await parts.otherRun(name)) !== null)
      await clock.sleepUntil(clock.now() + second, over.signal).catch(() => undefined);
    worker = null;
    // One that goes on still when this collector ends is left to the next one.
    if (!over.signal.aborted) {
      const step = ended(state, clock.now(), rules);
      emit({ type: 'outlived-ended', pipeline: name, cycle, next: nextLook(step.state, rules) });
      await apply(step);
    }
    wake.abort();
  };

  /** One that was killed has not crashed, whatever its process says. */
  const endOf = ({ outcome, reason }: WorkerEnd): WorkerEnd => {
    if (wasKilled && outcome === 'crashed') return { outcome: 'interrupted', reason: askedToEnd };
    return { outcome, reason: outcome === 'interrupted' ? (reason ?? askedToEnd) : reason };
  };

  let fail: (error: unknown) => void = () => undefined;

  const isDone = (): boolean => worker === null && (stopping || isFinished(state, rules));

  /** Sleeps from due time to due time; woken early by the end of a run, an edit, and the end of everything. */
  const live = async (): Promise<void> => {
    const now = clock.now();
    const same = kept?.schedule === scheduleKey(pipeline.schedule);
    const left = kept?.state.running ?? null;
    const other = left === null ? null : await parts.otherRun(pipeline.name);
    if (left !== null && other !== null) outwait(left, other).catch(fail);
    if (kept === null) await save();
    else await apply(takeUp(same ? kept.state : { ...kept.state, until: now }, now, rules, other !== null));
    while (!isDone()) {
      const next = stopping ? null : nextLook(state, rules);
      await sleep(next);
      if (!stopping && next !== null && clock.now() >= next) await apply(look(state, clock.now(), rules));
    }
    await saving;
  };

  const sleep = async (until: Instant | null): Promise<void> => {
    const { signal } = wake;
    if (until === null) {
      if (!signal.aborted)
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    } else {
      // In short pieces: a machine that sleeps stops its timers too, and would make up for it afterwards.
      await clock.sleepUntil(Math.min(until, clock.now() + longestSleep), signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
    if (signal.aborted) wake = new AbortController();
  };

  const done = new Promise<void>((resolve, reject) => {
    fail = reject;
    live().then(resolve, reject);
  });

  return {
    done,
    view: () => ({
      pipeline,
      running: worker === null || state.running === null ? null : { cycle: state.running, startedAt },
      waiting: state.waiting.length,
      started: state.started,
      last,
      next: stopping ? null : nextLook(state, rules),
    }),
    replace(changed) {
      const isRescheduled = scheduleKey(changed.schedule) !== scheduleKey(pipeline.schedule);
      pipeline = changed;
      rules = rulesOf(changed, parts);
      // Due times of a schedule that is only now known were never missed.
      if (isRescheduled) state = { ...state, until: Math.max(state.until, clock.now()) };
      void save();
      wake.abort();
    },
    stop(why) {
      stopping = true;
      askedToEnd = why;
      worker?.stop();
      wake.abort();
    },
    kill(why) {
      askedToEnd = why;
      wasKilled = true;
      worker?.kill();
    },
  };
}

function rulesOf({ name, schedule }: ServedPipeline, { calendar }: LaneParts): CycleRules {
  return { timetable: timetableOf({ schedule, name, calendar }), policy: schedule };
}
