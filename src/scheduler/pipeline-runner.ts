import type { Calendar } from '../core/time/calendar.js';
import type { Clock } from '../core/time/clock.js';
import type { ProviderName } from '../core/series.js';
import { second } from '../core/time/time.js';
import type { Instant } from '../core/time/time.js';
import type { Pipeline, Schedule } from '../config/pipeline/pipeline.js';
import { createRunCounter } from './run-counter.js';
import type { CycleSummary } from './run-counter.js';
import { afterRun, initialState, isFinished, tick, nextTick, resume, startTolerance } from './schedule/cycles.js';
import type { Cycle, CycleRules, CycleState, MissedReason, Transition } from './schedule/cycles.js';
import { computeScheduleKey } from './schedule/cycle-store.js';
import { createCycleSaver } from './schedule/cycle-saver.js';
import type { CycleStore } from './schedule/cycle-store.js';
import { describeCircuit, findBlockingCircuit } from './open-circuits.js';
import type { OpenCircuit } from './open-circuits.js';
import type { RunSlots, SlotTicket } from './run-slots.js';
import type { ServeEventBody } from './serve-event.js';
import { createDueTimes } from './schedule/due-times.js';
import { createSleeper } from './sleeper.js';
import type { EndedCycle, StartWorker, Worker, WorkerEnd } from './worker.js';

export interface ScheduledPipeline {
  readonly name: string;
  readonly file: string;
  readonly schedule: Schedule;
  readonly metrics: Pipeline['metrics'];
  readonly providers: readonly ProviderName[];
  /** The zone of the schedule; null for an interval without market hours. */
  readonly timeZone: string | null;
}

/** A run in progress that this collector did not start. */
export interface ExternalRun {
  readonly since: Instant;
}

export interface PipelineRunnerDeps {
  readonly clock: Clock;
  readonly calendar: (name: string) => Calendar;
  readonly store: CycleStore;
  readonly startWorker: StartWorker;
  /** Shared by all pipelines. */
  readonly slots: RunSlots;
  /** Finds a run of the pipeline in progress on this machine that this collector did not start; null if there is none. */
  readonly findExternalRun: (pipeline: string) => Promise<ExternalRun | null>;
  /** Finds the circuits of whole providers that the pipeline's earlier runs left open. */
  readonly findOpenCircuits: (pipeline: string) => Promise<readonly OpenCircuit[]>;
  readonly emit: (event: ServeEventBody) => void;
}

/** A cycle that is due and waits: until fewer runs of other pipelines are in progress, or for a run that was started by hand. */
export interface QueuedCycle {
  readonly waitsFor: 'free-slot' | 'other-run';
  readonly cycle: Cycle;
  readonly since: Instant;
}

/** The state of one pipeline of the collector. */
export interface PipelineState {
  readonly pipeline: ScheduledPipeline;
  readonly running: { readonly cycle: Cycle; readonly startedAt: Instant } | null;
  /** The cycle that waits for a free slot; null if none does. */
  readonly queued: QueuedCycle | null;
  readonly waiting: number;
  readonly started: number;
  readonly last: EndedCycle | null;
  /** Null if no further run is due. */
  readonly next: Instant | null;
}

/** Runs one pipeline on schedule, one run at a time, independently of other pipelines. */
export interface PipelineRunner {
  getState(): PipelineState;
  /** Switches to another version of the pipeline; a run in progress keeps its version. */
  update(pipeline: ScheduledPipeline): void;
  /** Starts no further run and asks the run in progress to end; `reason` is reported with the cancelled run. */
  stop(reason: string): void;
  /** Kills the run in progress. */
  kill(reason: string): void;
  /** Resolves when no run is in progress and none will be started. */
  readonly done: Promise<void>;
}

/** Starts a runner with the state that an earlier collector saved. */
export async function startPipelineRunner(first: ScheduledPipeline, deps: PipelineRunnerDeps): Promise<PipelineRunner> {
  const { clock, store, emit } = deps;
  let pipeline = first;
  let rules = createRules(pipeline, deps);
  const saved = await store.read(pipeline.name);
  let state: CycleState = initialState(clock.now());
  let worker: Worker | null = null;
  let queued: (QueuedCycle & { readonly withdraw: () => void }) | null = null;
  let startedAt: Instant = clock.now();
  let last: EndedCycle | null = null;
  let stopping = false;
  /** The reason why the run in progress was stopped; null if it was not stopped. */
  let stopReason: string | null = null;
  let wasKilled = false;
  const sleeper = createSleeper(clock);
  const saver = createCycleSaver(store, (name, message) =>
    emit({ type: 'state-save-failed', pipeline: name, message }),
  );
  let fail: (error: unknown) => void = () => undefined;

  const save = (): Promise<void> => saver.save(pipeline, state);

  const applyTransition = async (transition: Transition): Promise<void> => {
    const previous = state;
    state = transition.state;
    let cycle: Cycle | null = null;
    for (const action of transition.actions) {
      if (action.kind === 'start') cycle = action.cycle;
      else {
        const { count, first: from, last: to } = action;
        const reason = action.reason === 'overlap' && queued !== null ? 'no-free-slot' : action.reason;
        emit({ type: 'runs-missed', pipeline: pipeline.name, reason, count, first: from, last: to });
      }
    }
    // Saved before the start: a crash right after it must not lose the cycle.
    if (previous.running !== state.running) await save();
    // Reports that a crash makes the next collector repeat: hundreds of pipelines must not wait for the disk for them.
    else if (transition.actions.length > 0) void save();
    if (cycle !== null) await startCycle(cycle);
  };

  /** Starts a cycle, or queues it until a slot is free. */
  const startCycle = async (cycle: Cycle): Promise<void> => {
    if (stopping || (await skipIfBlocked(cycle))) return;
    // If a signal arrived meanwhile, the cycle counts as interrupted.
    if (isStopping()) return;
    const isOtherRunning =
      pipeline.schedule.overlap === 'queue' && (await deps.findExternalRun(pipeline.name)) !== null;
    if (isOtherRunning) waitForOtherRun(cycle).catch(fail);
    else requestSlot(cycle);
  };

  /** Waits for a run that this collector did not start. Without a slot: it may take hours. */
  const waitForOtherRun = async (cycle: Cycle): Promise<void> => {
    const abandoned = new AbortController();
    queued = { waitsFor: 'other-run', cycle, since: clock.now(), withdraw: () => abandoned.abort() };
    const hasEnded = await waitForExternalRun(pipeline.name, deps, abandoned.signal);
    queued = null;
    if (hasEnded) requestSlot(cycle);
    sleeper.wake();
  };

  const requestSlot = (cycle: Cycle): void => {
    if (stopping) return;
    const ticket = deps.slots.request({ priority: pipeline.schedule.priority, due: cycle.due });
    if (ticket.isGranted()) {
      runCycle(cycle, ticket, null);
      return;
    }
    const since = clock.now();
    queued = { waitsFor: 'free-slot', cycle, since, withdraw: () => ticket.release() };
    emit({ type: 'cycle-queued', pipeline: pipeline.name, cycle, ...deps.slots.usage() });
    ticket.granted.then(() => startQueued(cycle, ticket, since)).catch(fail);
  };

  /** Starts a cycle that waited for a slot, unless something prevents it by now. */
  const startQueued = async (cycle: Cycle, ticket: SlotTicket, since: Instant): Promise<void> => {
    queued = null;
    const now = clock.now();
    let isSkipped = false;
    try {
      if (stopping) return;
      const isLate = now - since > startTolerance && !rules.dueTimes.isTimely(cycle.due, now);
      isSkipped = isLate || (await skipIfBlocked(cycle));
      if (isLate) await skipCycle(cycle, 'market-closed');
    } finally {
      if (isSkipped || isStopping()) ticket.release();
      sleeper.wake();
    }
    if (!isSkipped && !isStopping()) runCycle(cycle, ticket, since);
  };

  /** Skips a cycle that cannot be run now; returns whether it did. */
  const skipIfBlocked = async (cycle: Cycle): Promise<boolean> => {
    const { name, schedule } = pipeline;
    if (schedule.overlap === 'skip' && (await deps.findExternalRun(name)) !== null) {
      await skipCycle(cycle, 'overlap');
      return true;
    }
    const open = await deps.findOpenCircuits(pipeline.name);
    const circuit = findBlockingCircuit(open, pipeline.providers, clock.now(), nextTick(state, rules));
    if (circuit === null) return false;
    await skipCycle(cycle, 'circuit-open', describeCircuit(circuit));
    return true;
  };

  const runCycle = (cycle: Cycle, ticket: SlotTicket, queuedSince: Instant | null): void => {
    const { name, file, schedule } = pipeline;
    startedAt = clock.now();
    const waited = queuedSince === null ? {} : { queuedSince };
    emit({ type: 'cycle-started', pipeline: name, cycle, ...waited });
    const counter = createRunCounter();
    const startedWorker = deps.startWorker(
      { pipeline: name, file, waitForLock: schedule.overlap === 'queue' },
      (event) => {
        counter.handle(event);
        emit({ type: 'run-event', pipeline: name, event });
      },
    );
    worker = startedWorker;
    startedWorker.ended
      .then((end) => {
        ticket.release();
        return finishCycle(cycle, end, counter.summary());
      })
      .catch(fail);
  };

  const skipCycle = async ({ due }: Cycle, reason: MissedReason, detail?: string): Promise<void> => {
    const explained = detail === undefined ? {} : { detail };
    emit({ type: 'runs-missed', pipeline: pipeline.name, reason, count: 1, first: due, last: due, ...explained });
    await applyTransition(afterRun({ ...state, started: state.started - 1 }, clock.now(), rules));
  };

  const finishCycle = async (cycle: Cycle, workerEnd: WorkerEnd, summary: CycleSummary): Promise<void> => {
    worker = null;
    const end = explainStop(workerEnd, stopReason, wasKilled);
    const endedAt = clock.now();
    last = { due: cycle.due, startedAt, endedAt, ...end, ...summary };
    // An interrupted run stays in the saved state, so that the next collector catches it up.
    const isInterrupted = stopping && (end.outcome === 'cancelled' || end.outcome === 'crashed');
    const transition: Transition = stopping ? { state, actions: [] } : afterRun(state, endedAt, rules);
    if (stopping && !isInterrupted) state = { ...state, running: null };
    const next = stopping ? null : nextTick(transition.state, rules);
    emit({ type: 'cycle-ended', pipeline: pipeline.name, trigger: cycle.trigger, next, ...last });
    if (stopping) await save();
    else await applyTransition(transition);
    sleeper.wake();
  };

  /** Waits for a run that outlasted its collector; due times meanwhile overlap with it. */
  const waitForOrphan = async (cycle: Cycle, { since }: ExternalRun): Promise<void> => {
    const { name } = pipeline;
    const abandoned = new AbortController();
    const abandon = (): void => abandoned.abort();
    worker = { ended: new Promise(() => undefined), stop: abandon, kill: abandon };
    startedAt = since;
    const ticket = deps.slots.occupy();
    emit({ type: 'orphan-run-found', pipeline: name, cycle, since });
    const hasEnded = await waitForExternalRun(name, deps, abandoned.signal);
    ticket.release();
    worker = null;
    // If this collector ends first, the next one waits for the run.
    if (hasEnded) {
      const transition = afterRun(state, clock.now(), rules);
      emit({ type: 'orphan-run-ended', pipeline: name, cycle, next: nextTick(transition.state, rules) });
      await applyTransition(transition);
    }
    sleeper.wake();
  };

  const resumeSaved = async (): Promise<void> => {
    if (saved === null) {
      await save();
      return;
    }
    const now = clock.now();
    const isSameSchedule = saved.schedule === computeScheduleKey(pipeline.schedule);
    const cycle = saved.state.running;
    const externalRun = cycle === null ? null : await deps.findExternalRun(pipeline.name);
    if (cycle !== null && externalRun !== null) waitForOrphan(cycle, externalRun).catch(fail);
    const resumed = isSameSchedule ? saved.state : { ...saved.state, until: now };
    await applyTransition(resume(resumed, now, rules, externalRun !== null));
  };

  const isStopping = (): boolean => stopping;

  const isDone = (): boolean => worker === null && queued === null && (stopping || isFinished(state, rules));

  /** Sleeps from due time to due time; the end of a run, an edit and a stop wake it. */
  const loop = async (): Promise<void> => {
    await resumeSaved();
    while (!isDone()) {
      const next = stopping ? null : nextTick(state, rules);
      await sleeper.sleep(next);
      if (!stopping && next !== null && clock.now() >= next) await applyTransition(tick(state, clock.now(), rules));
    }
    await saver.flush();
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
      queued: queued === null ? null : { waitsFor: queued.waitsFor, cycle: queued.cycle, since: queued.since },
      waiting: state.waiting.length,
      started: state.started,
      last,
      next: stopping ? null : nextTick(state, rules),
    }),
    update(changed) {
      const isRescheduled = computeScheduleKey(changed.schedule) !== computeScheduleKey(pipeline.schedule);
      pipeline = changed;
      rules = createRules(changed, deps);
      // Due times of the new schedule before now do not count as missed.
      if (isRescheduled) state = { ...state, until: Math.max(state.until, clock.now()) };
      void save();
      sleeper.wake();
    },
    stop(reason) {
      stopping = true;
      stopReason = reason;
      worker?.stop();
      // The cycle stays in the saved state, so that the next collector catches it up.
      queued?.withdraw();
      queued = null;
      sleeper.wake();
    },
    kill(reason) {
      stopReason = reason;
      wasKilled = true;
      worker?.kill();
    },
  };
}

function createRules({ name, schedule }: ScheduledPipeline, { calendar }: PipelineRunnerDeps): CycleRules {
  return { dueTimes: createDueTimes({ schedule, name, calendar }), policy: schedule };
}

/** Waits for the end of a run that this collector did not start; false if the signal aborted first. */
async function waitForExternalRun(
  pipeline: string,
  { clock, findExternalRun }: PipelineRunnerDeps,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted && (await findExternalRun(pipeline)) !== null)
    await clock.sleepUntil(clock.now() + second, signal).catch(() => undefined);
  return !signal.aborted;
}

/** Reports a killed run as cancelled instead of crashed, and gives a cancelled run the reason of the stop. */
function explainStop({ outcome, reason }: WorkerEnd, stopReason: string | null, wasKilled: boolean): WorkerEnd {
  if (wasKilled && outcome === 'crashed') return { outcome: 'cancelled', reason: stopReason };
  return { outcome, reason: outcome === 'cancelled' ? (reason ?? stopReason) : reason };
}
