import type { Calendar } from '../core/time/calendar.js';
import type { Clock } from '../core/time/clock.js';
import type { ProviderName } from '../core/series.js';
import { minute, second } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';
import type { Pipeline, Schedule } from '../config/pipeline/pipeline.js';
import { createRunCounter } from './run-counter.js';
import type { CycleSummary } from './run-counter.js';
import { afterRun, initialState, isFinished, tick, nextTick, resume } from './schedule/cycles.js';
import type { Cycle, CycleRules, CycleState, Transition } from './schedule/cycles.js';
import { computeScheduleKey } from './schedule/cycle-store.js';
import type { CycleStore } from './schedule/cycle-store.js';
import type { ServeEventBody } from './serve-event.js';
import { createDueTimes } from './schedule/due-times.js';
import type { EndedCycle, StartWorker, Worker, WorkerEnd } from './worker.js';

/** A pipeline with due times. */
export interface ScheduledPipeline {
  readonly name: string;
  readonly file: string;
  readonly schedule: Schedule;
  readonly metrics: Pipeline['metrics'];
  /** The sources it asks. */
  readonly providers: readonly ProviderName[];
}

/** A run that somebody else has started. */
export interface ExternalRun {
  readonly since: Instant;
}

/** What lanes need of the collector they are in. */
export interface PipelineRunnerDeps {
  readonly clock: Clock;
  readonly calendar: (name: string) => Calendar;
  readonly store: CycleStore;
  readonly startWorker: StartWorker;
  /** A run of the pipeline on this machine that the collector has not started; null when none is going. */
  readonly findExternalRun: (pipeline: string) => Promise<ExternalRun | null>;
  readonly emit: (event: ServeEventBody) => void;
}

/** What a lane is doing, for those who ask. */
export interface PipelineState {
  readonly pipeline: ScheduledPipeline;
  readonly running: { readonly cycle: Cycle; readonly startedAt: Instant } | null;
  readonly waiting: number;
  readonly started: number;
  readonly last: EndedCycle | null;
  /** When it is due next; null when it is not any more. */
  readonly next: Instant | null;
}

/** One pipeline of a collector: at most one run at a time, whatever the others do. */
export interface PipelineRunner {
  getState(): PipelineState;
  /** Goes on with another version of the pipeline; a run under way ends as it began. */
  update(pipeline: ScheduledPipeline): void;
  /** Starts nothing more and asks the run under way to end; `why` explains to people that it was cut off. */
  stop(why: string): void;
  /** Ends the run under way at once. */
  kill(why: string): void;
  /** Resolves when it will start nothing more and nothing is under way. */
  readonly done: Promise<void>;
}

const maxSleep: Duration = minute;

/** Takes up a pipeline where the collector before left it. */
export async function startPipelineRunner(first: ScheduledPipeline, deps: PipelineRunnerDeps): Promise<PipelineRunner> {
  const { clock, store, emit } = deps;
  let pipeline = first;
  let rules = createRules(pipeline, deps);
  const saved = await store.read(pipeline.name);
  let state: CycleState = initialState(clock.now());
  let worker: Worker | null = null;
  let startedAt: Instant = clock.now();
  let last: EndedCycle | null = null;
  let stopping = false;
  /** Why the run under way was made to end; null while it was not. */
  let stopReason: string | null = null;
  let wasKilled = false;
  let wake = new AbortController();
  let saving: Promise<void> = Promise.resolve();

  const save = (): Promise<void> => {
    const now = { schedule: computeScheduleKey(pipeline.schedule), state };
    const { name } = pipeline;
    saving = saving
      .then(() => store.write(name, now))
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        emit({ type: 'state-save-failed', pipeline: name, message });
      });
    return saving;
  };

  const applyTransition = async (transition: Transition): Promise<void> => {
    const previous = state;
    state = transition.state;
    let cycle: Cycle | null = null;
    for (const action of transition.actions) {
      if (action.kind === 'start') cycle = action.cycle;
      else {
        const { reason, count, first: from, last: to } = action;
        emit({ type: 'runs-missed', pipeline: pipeline.name, reason, count, first: from, last: to });
      }
    }
    // What is not remembered before it begins would be forgotten by a death right after.
    if (transition.actions.length > 0 || previous.running !== state.running) await save();
    if (cycle !== null) await startCycle(cycle);
  };

  const startCycle = async (cycle: Cycle): Promise<void> => {
    // A signal may have come while the state was written: then it counts as cut off.
    if (stopping) return;
    const { name, file, schedule } = pipeline;
    if (schedule.overlap === 'skip' && (await deps.findExternalRun(name)) !== null) {
      const { due } = cycle;
      emit({ type: 'runs-missed', pipeline: name, reason: 'overlap', count: 1, first: due, last: due });
      await applyTransition(afterRun({ ...state, started: state.started - 1 }, clock.now(), rules));
      return;
    }
    startedAt = clock.now();
    emit({ type: 'cycle-started', pipeline: name, cycle });
    const counter = createRunCounter();
    const startedWorker = deps.startWorker(
      { pipeline: name, file, waitForLock: schedule.overlap === 'queue' },
      (event) => {
        counter.take(event);
        emit({ type: 'run-event', pipeline: name, event });
      },
    );
    worker = startedWorker;
    startedWorker.ended.then((end) => finishCycle(cycle, end, counter.summary())).catch(fail);
  };

  const finishCycle = async (cycle: Cycle, workerEnd: WorkerEnd, summary: CycleSummary): Promise<void> => {
    worker = null;
    const end = resolveEnd(workerEnd);
    const endedAt = clock.now();
    last = { due: cycle.due, startedAt, endedAt, ...end, ...summary };
    // A run that was stopped half-way is left in the memory: the next collector makes up for it.
    const isInterrupted = stopping && (end.outcome === 'interrupted' || end.outcome === 'crashed');
    const transition: Transition = isInterrupted || stopping ? { state, actions: [] } : afterRun(state, endedAt, rules);
    if (stopping && !isInterrupted) state = { ...state, running: null };
    const next = stopping ? null : nextTick(transition.state, rules);
    emit({ type: 'cycle-ended', pipeline: pipeline.name, why: cycle.why, next, ...last });
    if (stopping) await save();
    else await applyTransition(transition);
    wake.abort();
  };

  /** Waits for a run that has outlived its collector; what is due meanwhile overlaps with it. */
  const waitForOrphan = async (cycle: Cycle, { since }: ExternalRun): Promise<void> => {
    const { name } = pipeline;
    const abandoned = new AbortController();
    const abandon = (): void => abandoned.abort();
    worker = { ended: new Promise(() => undefined), stop: abandon, kill: abandon };
    startedAt = since;
    emit({ type: 'orphan-run-found', pipeline: name, cycle, since });
    while (!abandoned.signal.aborted && (await deps.findExternalRun(name)) !== null)
      await clock.sleepUntil(clock.now() + second, abandoned.signal).catch(() => undefined);
    worker = null;
    // One that goes on still when this collector ends is left to the next one.
    if (!abandoned.signal.aborted) {
      const transition = afterRun(state, clock.now(), rules);
      emit({ type: 'orphan-run-ended', pipeline: name, cycle, next: nextTick(transition.state, rules) });
      await applyTransition(transition);
    }
    wake.abort();
  };

  /** One that was killed has not crashed, whatever its process says. */
  const resolveEnd = ({ outcome, reason }: WorkerEnd): WorkerEnd => {
    if (wasKilled && outcome === 'crashed') return { outcome: 'interrupted', reason: stopReason };
    return { outcome, reason: outcome === 'interrupted' ? (reason ?? stopReason) : reason };
  };

  let fail: (error: unknown) => void = () => undefined;

  const isDone = (): boolean => worker === null && (stopping || isFinished(state, rules));

  /** Sleeps from due time to due time; woken early by the end of a run, an edit, and the end of everything. */
  const loop = async (): Promise<void> => {
    const now = clock.now();
    const isSameSchedule = saved?.schedule === computeScheduleKey(pipeline.schedule);
    const savedCycle = saved?.state.running ?? null;
    const externalRun = savedCycle === null ? null : await deps.findExternalRun(pipeline.name);
    if (savedCycle !== null && externalRun !== null) waitForOrphan(savedCycle, externalRun).catch(fail);
    if (saved === null) await save();
    else
      await applyTransition(
        resume(isSameSchedule ? saved.state : { ...saved.state, until: now }, now, rules, externalRun !== null),
      );
    while (!isDone()) {
      const next = stopping ? null : nextTick(state, rules);
      await sleep(next);
      if (!stopping && next !== null && clock.now() >= next) await applyTransition(tick(state, clock.now(), rules));
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
      await clock.sleepUntil(Math.min(until, clock.now() + maxSleep), signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
    if (signal.aborted) wake = new AbortController();
  };

  const done = new Promise<void>((resolve, reject) => {
    fail = reject;
    loop().then(resolve, reject);
  });

  return {
    done,
    getState: () => ({
      pipeline,
      running: worker === null || state.running === null ? null : { cycle: state.running, startedAt },
      waiting: state.waiting.length,
      started: state.started,
      last,
      next: stopping ? null : nextTick(state, rules),
    }),
    update(changed) {
      const isRescheduled = computeScheduleKey(changed.schedule) !== computeScheduleKey(pipeline.schedule);
      pipeline = changed;
      rules = createRules(changed, deps);
      // Due times of a schedule that is only now known were never missed.
      if (isRescheduled) state = { ...state, until: Math.max(state.until, clock.now()) };
      void save();
      wake.abort();
    },
    stop(why) {
      stopping = true;
      stopReason = why;
      worker?.stop();
      wake.abort();
    },
    kill(why) {
      stopReason = why;
      wasKilled = true;
      worker?.kill();
    },
  };
}

function createRules({ name, schedule }: ScheduledPipeline, { calendar }: PipelineRunnerDeps): CycleRules {
  return { dueTimes: createDueTimes({ schedule, name, calendar }), policy: schedule };
}
