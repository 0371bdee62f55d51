import { minute, second } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';
import type { LedgerRecord, SpendingId, SpendRecord } from './ledger-record.js';
import type { PacedRequest } from './paced-request.js';
import { notSentYet } from './pacer.js';
import type { Pacer, SpendState } from './pacer.js';
import { pacedSpan } from './request-cost.js';

/** The processes that share the budgets. */
export interface ProcessTable {
  /** Id of this process. */
  readonly self: number;
  /** Identifies the machine whose process ids these are, without spaces; absent if all processes are of one. */
  readonly machine?: string;
  isAlive(process: number): boolean;
}

/** Maximum apparent difference between the clocks of two processes on one machine, when one of them was suspended. */
export const maxClockSkew: Duration = second;

/** A request of another process that takes longer than this counts as ended. */
const maxAnswerTime: Duration = 15 * minute;

/** Spends of other processes, counted by the pacer of this one. */
export interface ForeignSpends {
  /** True if a budget counts requests in flight of several processes. */
  readonly tracksInFlight: boolean;
  apply(record: LedgerRecord, now: Instant): void;
  /** Ends the requests that other processes will not end, because the process died or the answer is overdue. */
  sweep(now: Instant): void;
  /** Ends all requests that are open, as far as is known. */
  endAll(now: Instant): void;
  /** Returns whether a request is open whose end, or whose sending, this process has to look for. */
  hasOpen(): boolean;
  /** Returns the number of requests that the budget with the longest window still counts. */
  countRecent(now: Instant): number;
}

export interface ForeignSpendsDeps {
  readonly pacer: Pacer;
  readonly processes: ProcessTable;
  readonly onFreed: (request: PacedRequest) => void;
}

interface ForeignSpend {
  readonly request: PacedRequest;
  readonly at: Instant;
  readonly id: SpendingId;
  state: SpendState;
}

export function createForeignSpends({ pacer, processes, onFreed }: ForeignSpendsDeps): ForeignSpends {
  const tracksInFlight = pacer.budgets.some(({ kind, scope }) => kind === 'open' && scope !== 'connection');
  const maxSpan = Math.max(0, ...pacer.budgets.map((budget) => (budget.kind === 'rolling' ? pacedSpan(budget) : 0)));
  /** The time for which a spend of another process has to be remembered. */
  const retention = tracksInFlight ? maxAnswerTime : maxClockSkew;
  const spends = new Map<string, ForeignSpend>();
  /** Requests that the budget with the longest window counts. */
  const recent = new Map<string, ForeignSpend>();
  const countsLongest = (request: PacedRequest): boolean =>
    pacer.cost(request).all.some(({ budget: index }) => {
      const budget = pacer.budgets[index];
      return budget?.kind === 'rolling' && pacedSpan(budget) === maxSpan;
    });
  let notSentCount = 0;
  let lastSweepAt: Instant = -Infinity;

  /** A process of another machine cannot be looked up: only time ends its requests. */
  const isAlive = (id: SpendingId): boolean => {
    const machine = parseMachine(id);
    const isForeign = machine !== null && processes.machine !== undefined && machine !== processes.machine;
    return isForeign || processes.isAlive(parseProcessId(id));
  };

  const markSent = (spend: ForeignSpend, at: Instant): void => {
    if (spend.state.kind !== 'not-sent') return;
    const sent: SpendState = { kind: 'sent', at };
    pacer.move(spend.request, spend.state, sent);
    spend.state = sent;
    notSentCount--;
    if (pacer.hasNarrowWindows) onFreed(spend.request);
  };

  const end = (key: string, spend: ForeignSpend, now: Instant): void => {
    markSent(spend, now);
    spends.delete(key);
    if (!tracksInFlight) return;
    pacer.release(spend.request);
    onFreed(spend.request);
  };

  const addSpend = ({ kind, id, at: spentAt, request }: SpendRecord, now: Instant): void => {
    const isReserved = kind === 'reserve';
    // A reserved request counts from its sending, which may be as late as its answer.
    const horizon = isReserved ? maxAnswerTime + maxSpan : Math.max(maxSpan, retention);
    if (spentAt + horizon <= now) return;
    const key = formatSpendingKey(id);
    // A time in the future was written before the clock was set back.
    const at = pacer.spend(request, spentAt > now + maxClockSkew ? now : spentAt);
    const spend: ForeignSpend = {
      request,
      at,
      id,
      state: { kind: 'arrived', sentAt: at, at },
    };
    if (isReserved) {
      pacer.move(request, spend.state, notSentYet);
      spend.state = notSentYet;
      notSentCount++;
    }
    spends.set(key, spend);
    if (countsLongest(request)) recent.set(key, spend);
    // Whether a reserved request was sent may follow in the next lines.
    if (tracksInFlight && !isReserved && !isAlive(id)) end(key, spend, now);
  };

  const dropExpired = (now: Instant): void => {
    for (const [key, { state }] of recent)
      if (state.kind !== 'not-sent' && state.at + maxSpan <= now && !spends.has(key)) recent.delete(key);
  };

  return {
    tracksInFlight,
    apply(record, now) {
      switch (record.kind) {
        case 'spend':
        case 'reserve':
          addSpend(record, now);
          return;
        case 'sent': {
          const spend = spends.get(formatSpendingKey(record.id));
          if (spend !== undefined) markSent(spend, Math.min(record.at, now + maxClockSkew));
          return;
        }
        case 'undo': {
          const key = formatSpendingKey(record.id);
          const spend = spends.get(key);
          if (spend === undefined) return;
          spends.delete(key);
          recent.delete(key);
          if (spend.state.kind === 'not-sent') notSentCount--;
          pacer.move(spend.request, spend.state, { kind: 'arrived', sentAt: spend.at, at: spend.at });
          pacer.refund(spend.request, spend.at);
          onFreed(spend.request);
          return;
        }
        case 'end': {
          const spend = spends.get(formatSpendingKey(record.id));
          if (spend !== undefined) end(formatSpendingKey(record.id), spend, now);
          return;
        }
        case 'hold':
          pacer.hold(toHoldEnd(record, now), record.dataset);
          return;
        case 'seal':
      }
    },
    sweep(now) {
      if (recent.size + spends.size === 0 || Math.abs(now - lastSweepAt) < maxClockSkew) return;
      lastSweepAt = now;
      dropExpired(now);
      for (const [key, spend] of spends) {
        const isOpen = spend.state.kind === 'not-sent' || tracksInFlight;
        const lastInstant = spend.at + (isOpen ? maxAnswerTime : retention);
        // A request of a dead process may have left at any time until the process died, which is unknown.
        if (lastInstant <= now || (isOpen && !isAlive(spend.id))) end(key, spend, Math.min(now, lastInstant));
      }
    },
    endAll(now) {
      for (const [key, spend] of spends) end(key, spend, now);
    },
    countRecent(now) {
      dropExpired(now);
      return recent.size;
    },
    hasOpen: () => (tracksInFlight && spends.size > 0) || notSentCount > 0,
  };
}

/** The end of a hold. One from the future was written before the clock was set back; only its length still counts. */
function toHoldEnd({ until, at }: Extract<LedgerRecord, { kind: 'hold' }>, now: Instant): Instant {
  return at !== null && at > now + maxClockSkew ? now + (until - at) : until;
}

function formatSpendingKey({ owner, number }: SpendingId): string {
  return `${owner} ${number}`;
}

function parseProcessId({ owner }: SpendingId): number {
  return Number.parseInt(owner, 10);
}

/** The machine of a writer; null in ledgers of earlier versions, which did not name it. */
function parseMachine({ owner }: SpendingId): string | null {
  const separator = owner.indexOf('@');
  return separator === -1 ? null : owner.slice(separator + 1);
}
