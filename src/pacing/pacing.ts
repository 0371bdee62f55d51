import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

import { toError } from '../platform/error-message.js';
import { processExists, readPidNamespace } from '../platform/process-alive.js';
import type { Budget } from '../core/budget.js';
import { abortReason } from '../core/time/clock.js';
import type { Clock } from '../core/time/clock.js';
import type { Dataset } from '../core/tables/tables.js';
import { day, hour, second } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';
import { createAbortWatch } from './abort-watch.js';
import { pacedSpan } from './request-cost.js';
import { openLedger } from './ledger.js';
import { hashRequest } from './ledger-record.js';
import { createPacer, notSentYet } from './pacer.js';
import type { RemainingBudget, Pacer, SpendState } from './pacer.js';
import type { PacedRequest } from './paced-request.js';
import { createRequestScheduler } from './request-scheduler.js';
import type { Dispatch, RequestScheduler } from './request-scheduler.js';
import { maxClockSkew } from './foreign-spends.js';
import type { ProcessTable } from './foreign-spends.js';
import { createSharedSpending } from './shared-spending.js';
import type { SharedSpending } from './shared-spending.js';
import type { WaitingRequest } from './request-tree.js';
import { takeOverLedger } from './take-over-ledger.js';
import { createWakeUp } from './wake-up.js';

export interface PacingOptions {
  /** Folder of the ledgers. */
  readonly folder: string;
  readonly provider: string;
  /** The account at the provider that the budgets belong to. */
  readonly account: string;
  /** The folder and the account of a ledger that this one replaces; what still counts in it is taken over. */
  readonly earlier?: { readonly folder: string; readonly account: string } | null;
  readonly budgets: readonly Budget[];
  readonly clock: Clock;
  /** Requests in flight of this process; no limit by default. */
  readonly concurrency?: number;
  /** Distinguishes several ledgers opened by one process; the time of opening by default. */
  readonly token?: string;
  readonly processes?: ProcessTable;
  /** Reports that requests begin to wait for ten seconds or longer. */
  readonly onLongWait?: (wait: LongWait) => void;
  /** Size in bytes above which a new ledger file starts; 1,000,000 by default. */
  readonly maxLedgerFileBytes?: number;
}

/** Requests that a budget delays. */
export interface LongWait {
  readonly budget: string;
  readonly requests: number;
  /** When the next of them may be sent. */
  readonly until: Instant;
}

/** Permission to send one request now. */
export interface Permit {
  readonly at: Instant;
  readonly waitedMs: Duration;
  /** The budget it waited for longest, or `hold`; null when it did not wait. */
  readonly budget: string | null;
  /** Records that a request that `leavesLater` has left. Safe to call twice. */
  sent(): void;
  /** Records that the request is no longer in flight. Safe to call twice. */
  release(): void;
}

/** How a request is sent. */
export interface Sending {
  readonly signal?: AbortSignal;
  /**
   * True if the request leaves some time after its permit: when a connection is set up, or when a list has been downloaded.
   * It counts as if it might leave at any time until `sent` is called, or until its permit is released.
   */
  readonly leavesLater?: boolean;
}

/** Grants permits when the budgets allow it. */
export interface Pacing {
  /**
   * Resolves when the request may be sent. Send it at once, unless it `leavesLater`: it is counted already, and stays counted
   * if this process dies. The next of all waiting requests is the one that minimizes the total time, so acquire permits for
   * all requests and not for a few at a time. Rejects with the reason of the signal when that aborts first.
   */
  acquire(request: PacedRequest, sending?: Sending): Promise<Permit>;
  /** Holds all requests, or those for one table, until an instant, after a pacing violation. */
  hold(until: Instant, dataset?: Dataset | null): void;
  remaining(): readonly RemainingBudget[];
  /** Returns the number of requests of other runs that the budget with the longest window still counts. */
  foreignRequests(): number;
  /** Rejects all waiting requests. */
  close(): Promise<void>;
}

interface Waiter {
  grant(permit: Permit): void;
  reject(reason: Error): void;
  readonly signal: AbortSignal | undefined;
  readonly leavesLater: boolean;
}

/** Shorter waits are not reported while they last. */
const longWait: Duration = 10 * second;

/** The interval between checks whether another process ended a request that delays one of this process. */
const pollInterval: Duration = 250;

/** Opens the budgets of one account, with the spends of earlier and of other processes of this machine. */
export async function openPacing(options: PacingOptions): Promise<Pacing> {
  const budgets = withConcurrency(options);
  return budgets.length === 0 ? unlimitedPacing(options.clock) : createPacing(budgets, options);
}

/** Without budgets, requests are neither counted nor delayed. */
function unlimitedPacing(clock: Clock): Pacing {
  return {
    acquire: async (_, { signal } = {}) => {
      if (signal?.aborted === true) throw abortReason(signal);
      return { at: clock.now(), waitedMs: 0, budget: null, sent: () => undefined, release: () => undefined };
    },
    hold: () => undefined,
    remaining: () => [],
    foreignRequests: () => 0,
    close: async () => undefined,
  };
}

function createPacing(budgets: readonly Budget[], options: PacingOptions): Pacing {
  const { clock } = options;
  const pacer = createPacer(budgets);
  const scheduler = createRequestScheduler<Waiter>(pacer);
  const shared = isShared(budgets) ? openSharedSpending(pacer, scheduler, options) : null;
  const waiting = new Set<WaitingRequest<Waiter>>();
  let isPumpScheduled = false;
  let reportedUntil: Instant = -Infinity;
  let endReason: Error | null = null;
  let closed = false;

  const aborts = createAbortWatch<WaitingRequest<Waiter>>((items, signal) => {
    for (const item of items) {
      scheduler.drop(item);
      waiting.delete(item);
      item.value.reject(abortReason(signal));
    }
    schedulePump();
  });

  const removeWaiter = (item: WaitingRequest<Waiter>): void => {
    waiting.delete(item);
    if (item.value.signal !== undefined) aborts.unwatch(item, item.value.signal);
  };

  const failAll = (reason: Error): void => {
    endReason = reason;
    wakeUp.cancel();
    for (const item of [...waiting]) {
      removeWaiter(item);
      item.value.reject(reason);
    }
  };

  const release = (dispatch: Dispatch<Waiter>): void => {
    scheduler.release(dispatch.waiting.request);
    shared?.recordEnd(dispatch);
    schedulePump();
  };

  const grant = (dispatch: Dispatch<Waiter>, now: Instant): void => {
    const { waiting: item, at } = dispatch;
    const { leavesLater } = item.value;
    let state: SpendState = { kind: 'arrived', sentAt: at, at };
    const moveTo = (next: SpendState): void => {
      pacer.move(item.request, state, next);
      state = next;
      if (pacer.hasNarrowWindows) scheduler.wakeMatching(item.request);
    };
    if (leavesLater) moveTo(notSentYet);
    const sent = (): void => {
      if (state.kind !== 'not-sent') return;
      const sentAt = clock.now();
      shared?.recordSent(dispatch, sentAt);
      moveTo({ kind: 'sent', at: sentAt });
      schedulePump();
    };
    let isInFlight = true;
    const waitedMs = now - item.enqueuedAt;
    removeWaiter(item);
    item.value.grant({
      at: now,
      waitedMs,
      budget: waitedMs > 0 ? dispatch.blockedBy : null,
      sent,
      release: () => {
        if (!isInFlight) return;
        isInFlight = false;
        sent();
        if (state.kind === 'sent') moveTo({ kind: 'arrived', sentAt: state.at, at: clock.now() });
        release(dispatch);
      },
    });
  };

  /**
   * Dispatches the requests that may be sent now. Returns true when another process used up the budget of some requests
   * first.
   */
  const dispatchReady = (now: Instant): boolean => {
    const dispatches: Dispatch<Waiter>[] = [];
    for (let next = scheduler.next(now); next !== null; next = scheduler.next(now)) {
      next.leavesLater = next.waiting.value.leavesLater;
      dispatches.push(next);
    }
    const rejected = shared?.recordDispatches(dispatches, now) ?? new Set<Dispatch<Waiter>>();
    for (const dispatch of dispatches) {
      if (rejected.has(dispatch)) scheduler.requeue(dispatch.waiting);
      else grant(dispatch, now);
    }
    return rejected.size > 0;
  };

  const pump = (): void => {
    isPumpScheduled = false;
    if (endReason !== null) return;
    const now = clock.now();
    try {
      if (now < pacer.lastSpentAt() - maxClockSkew) pacer.onClockSetBack(now);
      do shared?.sync(now);
      while (dispatchReady(now));
    } catch (error) {
      failAll(toError(error));
      return;
    }
    reportLongWait(now);
    wakeUp.set(getNextPumpTime(now));
  };

  const schedulePump = (): void => {
    if (isPumpScheduled || endReason !== null) return;
    isPumpScheduled = true;
    queueMicrotask(pump);
  };

  /** Reports each wait once: the pump also runs when answers arrive meanwhile. */
  const reportLongWait = (now: Instant): void => {
    const until = scheduler.nextAt();
    if (waiting.size === 0 || until === Infinity || until - now < longWait || now < reportedUntil) return;
    for (const { request } of waiting) {
      if (pacer.earliest(request, now) > until) continue;
      const budget = pacer.blockedBy(request, now);
      reportedUntil = until;
      if (budget !== null) options.onLongWait?.({ budget, requests: waiting.size, until });
      return;
    }
  };

  const getNextPumpTime = (now: Instant): Instant => {
    if (waiting.size === 0) return Infinity;
    const earliest = scheduler.nextAt();
    return shared?.hasForeignOpen() === true ? Math.min(earliest, now + pollInterval) : earliest;
  };

  const wakeUp = createWakeUp(clock, pump, failAll);

  return {
    acquire: (request, { signal, leavesLater = false } = {}) =>
      new Promise((resolve, reject) => {
        const rejection = endReason ?? (signal?.aborted === true ? abortReason(signal) : null);
        if (rejection !== null) {
          reject(rejection);
          return;
        }
        const waiter: Waiter = { grant: resolve, reject, signal, leavesLater };
        const item = scheduler.add(shared === null ? request : hashRequest(request), waiter, clock.now());
        waiting.add(item);
        if (signal !== undefined) aborts.watch(item, signal);
        schedulePump();
      }),

    hold: (until, dataset = null) => {
      if (endReason !== null) return;
      pacer.hold(until, dataset);
      shared?.hold(until, dataset, clock.now());
    },

    remaining: () => {
      const now = clock.now();
      if (endReason === null) shared?.sync(now);
      return pacer.remaining(now);
    },

    foreignRequests: () => {
      const now = clock.now();
      if (endReason === null) shared?.sync(now);
      return shared?.countForeign(now) ?? 0;
    },

    close: async () => {
      if (closed) return;
      closed = true;
      failAll(endReason ?? new Error('pacing was closed'));
      shared?.close(clock.now());
    },
  };
}

function withConcurrency({ budgets, concurrency }: PacingOptions): readonly Budget[] {
  if (concurrency === undefined) return budgets;
  return [...budgets, { kind: 'open', name: 'concurrency', scope: 'connection', limit: concurrency }];
}

/** Budgets of a connection are per process; all others are persisted. */
function isShared(budgets: readonly Budget[]): boolean {
  return budgets.some(({ scope }) => scope !== 'connection');
}

function openSharedSpending(pacer: Pacer, scheduler: RequestScheduler<Waiter>, options: PacingOptions): SharedSpending {
  const {
    folder,
    provider,
    account,
    earlier = null,
    clock,
    budgets,
    processes = localProcesses,
    maxLedgerFileBytes = 1_000_000,
  } = options;
  const maxSpan = Math.max(0, ...budgets.map((budget) => (budget.kind === 'rolling' ? pacedSpan(budget) : 0)));
  const ledgerOptions = {
    folder,
    name: formatLedgerName(provider, account),
    retention: Math.max(day, maxSpan),
    maxFileBytes: maxLedgerFileBytes,
  };
  if (earlier !== null) {
    const name = formatLedgerName(provider, earlier.account);
    takeOverLedger({ folder: earlier.folder, name }, ledgerOptions, maxSpan + hour, clock.now());
  }
  const ledger = openLedger(ledgerOptions);
  const token = options.token ?? clock.now().toString(36);
  const shared = createSharedSpending({ pacer, ledger, token, processes, onFreed: scheduler.wakeMatching });
  shared.sync(clock.now());
  return shared;
}

/** Returns the name of the files of a ledger, before their number. */
export function formatLedgerName(provider: string, account: string): string {
  return encodeURIComponent(`${provider}-${account}`);
}

/** Several machines, or containers with one host name, may share a folder of ledgers. */
const localProcesses: ProcessTable = {
  self: process.pid,
  machine: createHash('sha256')
    .update(`${hostname()} ${readPidNamespace() ?? ''}`)
    .digest('base64url')
    .slice(0, 12),
  isAlive: processExists,
};
