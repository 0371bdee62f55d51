import type { BatchRule } from '../core/batch-rule.js';
import type { Budget } from '../core/budget.js';
import type { Duration, Instant } from '../core/time/time.js';
import { createTaskProgress } from './estimated-tasks.js';
import type { EstimatedCall, EstimatedTask } from './estimated-tasks.js';
import { createHeap, peek, push, remove } from './heap.js';
import type { HeapItem } from './heap.js';
import { hashRequest } from './ledger-record.js';
import type { Pacer } from './pacer.js';
import type { PacedRequest } from './paced-request.js';
import { createRequestScheduler } from './request-scheduler.js';
import type { RequestScheduler } from './request-scheduler.js';
import { createSpentPacer } from './spent-budgets.js';
import type { SpentBudgets } from './spent-budgets.js';

/** What decides when the requests to a provider leave. */
export interface EstimatedSource {
  readonly budgets: readonly Budget[];
  /** The maximum number of requests in flight. */
  readonly concurrency: number;
  /** How calls are shared; absent if they are not. */
  readonly batch?: Pick<BatchRule, 'maxInstruments' | 'quietTime' | 'maxWait'>;
  /** What earlier and other runs have spent of the budgets; nothing if absent. */
  readonly spent?: SpentBudgets;
}

export interface EstimatedWork {
  readonly sources: readonly EstimatedSource[];
  readonly tasks: readonly EstimatedTask[];
  /** The number of symbols in progress at once; null for no limit. */
  readonly maxSymbols: number | null;
  /** The time of the first request, by the clock of the spends. */
  readonly startAt: Instant;
}

/** A call to a provider, for one request or for several that share it. */
interface Call {
  readonly source: Source;
  readonly estimated: EstimatedCall;
  readonly request: PacedRequest;
  /** The task of each of its requests. */
  readonly tasks: number[];
  readonly firstAt: Instant;
  lastJoinedAt: Instant;
  instruments: number;
  sentAt: Instant;
}

/** The next moment of a call: it has gathered its requests, or its answer arrives. */
interface CallEvent extends HeapItem {
  readonly at: Instant;
  readonly order: number;
  readonly kind: 'gathered' | 'answered';
  readonly call: Call;
}

/** A provider during the simulation. */
interface Source {
  readonly pacer: Pacer;
  readonly scheduler: RequestScheduler<Call>;
  readonly batch: EstimatedSource['batch'];
  /** True if spends on single contracts still count: the ledger knows contracts by their hashes. */
  readonly usesHashes: boolean;
  readonly hasTransit: boolean;
  /** Calls that requests may still join. */
  readonly open: Set<Call>;
  connectionFreeAt: Instant;
}

/**
 * Estimates the time from the first request to the last answer by simulating the run: its scheduler chooses the requests, under
 * what is left of the budgets.
 */
export function estimateDuration({ sources, tasks, maxSymbols, startAt }: EstimatedWork): Duration {
  const events = createHeap<CallEvent>((a, b) => (a.at === b.at ? a.order < b.order : a.at < b.at));
  const simulated = sources.map((source) => createSource(source, startAt));
  let order = 0;
  let now = startAt;
  let lastAnswerAt = startAt;
  const addEvent = (kind: CallEvent['kind'], at: Instant, call: Call): void => {
    push(events, { index: -1, at, order: order++, kind, call });
  };

  const progress = createTaskProgress(tasks, maxSymbols, (estimated, task) => {
    const source = simulated[estimated.source];
    if (source === undefined || joinCall(source, estimated, task, now)) return;
    const call = createCall(source, estimated, task, now);
    if (source.batch === undefined || estimated.sharedInstruments === undefined) enqueue(call, now);
    else {
      source.open.add(call);
      addEvent('gathered', getGatheringEnd(call, source.batch), call);
    }
  });

  const apply = ({ kind, call }: CallEvent): void => {
    const { source, request, sentAt, tasks: ended } = call;
    const { batch, pacer, scheduler, hasTransit } = source;
    if (kind === 'answered') {
      lastAnswerAt = now;
      if (hasTransit) pacer.move(request, { kind: 'sent', at: sentAt }, { kind: 'arrived', sentAt, at: now });
      scheduler.release(request);
      for (const task of ended) progress.endCall(task);
      return;
    }
    const end = batch === undefined ? now : getGatheringEnd(call, batch);
    if (end > now && call.instruments < (batch?.maxInstruments ?? 0)) addEvent('gathered', end, call);
    else enqueue(call, now);
  };

  const sendWhatMayLeave = (source: Source): void => {
    const { scheduler, pacer, hasTransit } = source;
    for (let next = scheduler.next(now); next !== null; next = scheduler.next(now)) {
      const call = next.waiting.value;
      const { sending, answer } = call.estimated;
      source.open.delete(call);
      call.sentAt = next.at;
      if (hasTransit)
        pacer.move(call.request, { kind: 'arrived', sentAt: next.at, at: next.at }, { kind: 'sent', at: next.at });
      if (sending > 0) source.connectionFreeAt = Math.max(source.connectionFreeAt, now) + sending;
      addEvent('answered', (sending > 0 ? source.connectionFreeAt : now) + answer, call);
    }
  };

  progress.start();
  for (;;) {
    for (const source of simulated) sendWhatMayLeave(source);
    const next = simulated.reduce(
      (earliest, { scheduler }) => Math.min(earliest, scheduler.nextAt()),
      peek(events)?.at ?? Infinity,
    );
    if (next === Infinity) return lastAnswerAt - startAt;
    now = Math.max(now, next);
    for (let event = peek(events); event !== undefined && event.at <= now; event = peek(events)) {
      remove(events, event);
      apply(event);
    }
  }
}

function createSource({ budgets, concurrency, batch, spent }: EstimatedSource, startAt: Instant): Source {
  const limit = Number.isFinite(concurrency)
    ? [{ kind: 'open', name: 'concurrency', scope: 'connection', limit: concurrency } as const]
    : [];
  const { pacer, usesHashes } = createSpentPacer([...budgets, ...limit], spent, startAt);
  return {
    pacer,
    scheduler: createRequestScheduler<Call>(pacer),
    batch,
    usesHashes,
    hasTransit: budgets.some((budget) => budget.kind === 'rolling' && budget.transit !== undefined),
    open: new Set(),
    connectionFreeAt: startAt,
  };
}

function createCall(source: Source, estimated: EstimatedCall, task: number, now: Instant): Call {
  const request = source.usesHashes ? hashRequest(estimated.request) : estimated.request;
  const instruments = estimated.sharedInstruments ?? 1;
  return { source, estimated, request, tasks: [task], firstAt: now, lastJoinedAt: now, instruments, sentAt: now };
}

function enqueue(call: Call, now: Instant): void {
  call.source.scheduler.add(call.request, call, now);
}

/** Adds a request to a call that is not full and has not left; returns false if there is none. */
function joinCall({ batch, open }: Source, { sharedInstruments }: EstimatedCall, task: number, now: Instant): boolean {
  if (batch === undefined || sharedInstruments === undefined) return false;
  for (const call of open) {
    if (call.instruments + sharedInstruments > batch.maxInstruments) continue;
    call.tasks.push(task);
    call.instruments += sharedInstruments;
    call.lastJoinedAt = now;
    return true;
  }
  return false;
}

function getGatheringEnd(
  { firstAt, lastJoinedAt }: Call,
  { quietTime, maxWait }: NonNullable<EstimatedSource['batch']>,
): Instant {
  return Math.min(lastJoinedAt + quietTime, firstAt + maxWait);
}
