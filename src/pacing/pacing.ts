import { join } from 'node:path';

import type { Budget } from '../core/budget.js';
import type { Clock } from '../core/clock.js';
import type { Dataset } from '../core/tables.js';
import { day } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';
import { createAbortWatch } from './abort-watch.js';
import { pacedSpan } from './charges.js';
import { openLedger } from './ledger.js';
import { hashedRequest } from './ledger-record.js';
import { createPacer } from './pacer.js';
import type { BudgetLeft, Pacer } from './pacer.js';
import type { PacedRequest } from './paced-request.js';
import { createScheduler } from './scheduler.js';
import type { Departure, Scheduler } from './scheduler.js';
import { clockSkew, shareSpending } from './shared-spending.js';
import type { Processes, SharedSpending } from './shared-spending.js';
import type { Waiting } from './waiting.js';

/** What pacing is opened with. */
export interface PacingOptions {
  /** The folder of the lake; the ledger is kept in `_pacing` in it. */
  readonly folder: string;
  readonly provider: string;
  /** Whose budgets they are at the provider. */
  readonly account: string;
  readonly budgets: readonly Budget[];
  readonly clock: Clock;
  /** How many requests this process may have under way at once; no limit when absent. */
  readonly concurrency?: number;
  /** Tells this opening of the ledger from every other one by this process; the time of opening when absent. */
  readonly token?: string;
  readonly processes?: Processes;
  /** The size in bytes past which a new file of the ledger is begun; a million when absent. */
  readonly sealAt?: number;
}

/** Leave to send one request, now. */
export interface Permit {
  readonly at: Instant;
  readonly waited: Duration;
  /** The budget it waited for longest, or `hold`; null when it did not wait. */
  readonly budget: string | null;
  /** The request is no longer under way. Safe to call twice. */
  release(): void;
}

/** Lets requests go when their budgets allow it. */
export interface Pacing {
  /**
   * Resolves when the request may go, and the request should go at once: it is counted already, and remembered even if
   * this process dies. Of all that wait, the one that goes is chosen so that the whole ends soonest; so ask for everything
   * that is to be sent and not for a few at a time. Rejects with the signal's reason when that aborts first.
   */
  acquire(request: PacedRequest, signal?: AbortSignal): Promise<Permit>;
  /** Lets nothing go, or nothing for one table, before an instant: what a source that complains is answered with. */
  hold(until: Instant, dataset?: Dataset | null): void;
  /** What is left of each budget now. */
  left(): readonly BudgetLeft[];
  /** Whoever still waits is turned away. */
  close(): Promise<void>;
}

interface Asker {
  grant(permit: Permit): void;
  refuse(reason: Error): void;
  readonly signal: AbortSignal | undefined;
}

/** How often to look whether others have ended a request that has to end first. */
const lookEvery: Duration = 250;

/** Opens the budgets of one account, with all that was spent of them before and is spent elsewhere on this machine. */
export async function openPacing(options: PacingOptions): Promise<Pacing> {
  const budgets = withConcurrency(options);
  return budgets.length === 0 ? unpaced(options.clock) : pacedBy(budgets, options);
}

/** Without budgets nothing is counted and nothing waits. */
function unpaced(clock: Clock): Pacing {
  return {
    acquire: async (_, signal) => {
      if (signal?.aborted === true) throw reasonOf(signal);
      return { at: clock.now(), waited: 0, budget: null, release: () => undefined };
    },
    hold: () => undefined,
    left: () => [],
    close: async () => undefined,
  };
}

function pacedBy(budgets: readonly Budget[], options: PacingOptions): Pacing {
  const { clock } = options;
  const pacer = createPacer(budgets);
  const scheduler = createScheduler<Asker>(pacer);
  const shared = isShared(budgets) ? sharedSpending(pacer, scheduler, options) : null;
  const waiting = new Set<Waiting<Asker>>();
  let pumping = false;
  let ended: Error | null = null;
  let closed = false;
  let alarm: { readonly at: Instant; readonly cancel: AbortController } | null = null;

  const aborts = createAbortWatch<Waiting<Asker>>((items, signal) => {
    for (const item of items) {
      scheduler.drop(item);
      waiting.delete(item);
      item.value.refuse(reasonOf(signal));
    }
    pumpSoon();
  });

  const leave = (item: Waiting<Asker>): void => {
    waiting.delete(item);
    if (item.value.signal !== undefined) aborts.unwatch(item, item.value.signal);
  };

  const end = (reason: Error): void => {
    ended = reason;
    alarm?.cancel.abort();
    for (const item of [...waiting]) {
      leave(item);
      item.value.refuse(reason);
    }
  };

  const permitFor = (departure: Departure<Asker>, now: Instant): Permit => {
    const { request, since } = departure.waiting;
    const waited = now - since;
    let underWay = true;
    return {
      at: now,
      waited,
      budget: waited > 0 ? departure.blockedBy : null,
      release: () => {
        if (!underWay) return;
        underWay = false;
        scheduler.release(request);
        shared?.ended(departure);
        pumpSoon();
      },
    };
  };

  /** Lets go whatever may go now; answers whether somebody else was quicker with some of it. */
  const letGo = (now: Instant): boolean => {
    const departures: Departure<Asker>[] = [];
    for (let next = scheduler.next(now); next !== null; next = scheduler.next(now)) departures.push(next);
    const lost = shared?.settle(departures, now) ?? new Set<Departure<Asker>>();
    for (const departure of departures) {
      if (lost.has(departure)) scheduler.putBack(departure.waiting);
      else {
        leave(departure.waiting);
        departure.waiting.value.grant(permitFor(departure, now));
      }
    }
    return lost.size > 0;
  };

  const pump = (): void => {
    pumping = false;
    if (ended !== null) return;
    const now = clock.now();
    try {
      if (now < pacer.latest() - clockSkew) pacer.setBack(now);
      do shared?.catchUp(now);
      while (letGo(now));
    } catch (error) {
      end(errorOf(error));
      return;
    }
    setAlarm(now);
  };

  const pumpSoon = (): void => {
    if (pumping || ended !== null) return;
    pumping = true;
    queueMicrotask(pump);
  };

  const setAlarm = (now: Instant): void => {
    const soonest = waiting.size === 0 ? Infinity : scheduler.nextAt();
    const at = waiting.size > 0 && shared?.othersUnderWay() === true ? Math.min(soonest, now + lookEvery) : soonest;
    if (alarm?.at === at) return;
    alarm?.cancel.abort();
    alarm = null;
    if (at === Infinity) return;
    const cancel = new AbortController();
    alarm = { at, cancel };
    clock.sleepUntil(at, cancel.signal).then(
      () => {
        if (cancel.signal.aborted) return;
        alarm = null;
        pump();
      },
      (error: unknown) => {
        if (!cancel.signal.aborted) end(errorOf(error));
      },
    );
  };

  return {
    acquire: (request, signal) =>
      new Promise((resolve, reject) => {
        const refusal = ended ?? (signal?.aborted === true ? reasonOf(signal) : null);
        if (refusal !== null) {
          reject(refusal);
          return;
        }
        const asker: Asker = { grant: resolve, refuse: reject, signal };
        const item = scheduler.add(shared === null ? request : hashedRequest(request), asker, clock.now());
        waiting.add(item);
        if (signal !== undefined) aborts.watch(item, signal);
        pumpSoon();
      }),

    hold: (until, dataset = null) => {
      if (ended !== null) return;
      pacer.hold(until, dataset);
      shared?.hold(until, dataset, clock.now());
    },

    left: () => {
      const now = clock.now();
      if (ended === null) shared?.catchUp(now);
      return pacer.left(now);
    },

    close: async () => {
      if (closed) return;
      closed = true;
      end(ended ?? new Error('pacing was closed'));
      shared?.close(clock.now());
    },
  };
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}

function withConcurrency({ budgets, concurrency }: PacingOptions): readonly Budget[] {
  if (concurrency === undefined) return budgets;
  return [...budgets, { kind: 'open', name: 'concurrency', scope: 'connection', limit: concurrency }];
}

/** What is counted by connection ends with the process; everything else has to outlive it. */
function isShared(budgets: readonly Budget[]): boolean {
  return budgets.some(({ scope }) => scope !== 'connection');
}

function sharedSpending(pacer: Pacer, scheduler: Scheduler<Asker>, options: PacingOptions): SharedSpending {
  const { folder, provider, account, clock, budgets, processes = processesOfThisMachine, sealAt = 1_000_000 } = options;
  const ledger = openLedger({
    folder: join(folder, '_pacing'),
    name: encodeURIComponent(`${provider}-${account}`),
    keep: Math.max(day, ...budgets.map((budget) => (budget.kind === 'rolling' ? pacedSpan(budget) : 0))),
    sealAt,
  });
  const token = options.token ?? clock.now().toString(36);
  const shared = shareSpending({ pacer, ledger, token, processes, freed: scheduler.stir });
  shared.catchUp(clock.now());
  return shared;
}

const processesOfThisMachine: Processes = {
  self: process.pid,
  isAlive: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // Without permission to signal it there is still somebody.
      return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
  },
};
