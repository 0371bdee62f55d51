import { minute, second } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';
import type { LedgerRecord, SpendingId } from './ledger-record.js';
import type { PacedRequest } from './paced-request.js';
import type { Pacer } from './pacer.js';
import { pacedSpan } from './request-cost.js';

/** The processes that share the budgets. */
export interface ProcessTable {
  /** Id of this process. */
  readonly self: number;
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
  hasInFlight(): boolean;
}

export interface ForeignSpendsDeps {
  readonly pacer: Pacer;
  readonly processes: ProcessTable;
  readonly onFreed: (request: PacedRequest) => void;
}

interface ForeignSpend {
  readonly request: PacedRequest;
  readonly at: Instant;
  readonly process: number;
}

export function createForeignSpends({ pacer, processes, onFreed }: ForeignSpendsDeps): ForeignSpends {
  const tracksInFlight = pacer.budgets.some(({ kind, scope }) => kind === 'open' && scope !== 'connection');
  const maxSpan = Math.max(0, ...pacer.budgets.map((budget) => (budget.kind === 'rolling' ? pacedSpan(budget) : 0)));
  /** The time for which a spend of another process has to be remembered. */
  const retention = tracksInFlight ? maxAnswerTime : maxClockSkew;
  const spends = new Map<string, ForeignSpend>();
  let lastSweepAt: Instant = -Infinity;

  const end = (key: string, { request }: ForeignSpend): void => {
    spends.delete(key);
    if (!tracksInFlight) return;
    pacer.release(request);
    onFreed(request);
  };

  const addSpend = ({ id, at: spentAt, request }: Extract<LedgerRecord, { kind: 'spend' }>, now: Instant): void => {
    if (spentAt + Math.max(maxSpan, retention) <= now) return;
    const key = formatSpendingKey(id);
    // A time in the future was written before the clock was set back.
    const at = pacer.spend(request, spentAt > now + maxClockSkew ? now : spentAt);
    const spend = { request, at, process: parseProcessId(id) };
    spends.set(key, spend);
    if (tracksInFlight && !processes.isAlive(spend.process)) end(key, spend);
  };

  return {
    tracksInFlight,
    apply(record, now) {
      switch (record.kind) {
        case 'spend':
          addSpend(record, now);
          return;
        case 'undo': {
          const key = formatSpendingKey(record.id);
          const spend = spends.get(key);
          if (spend === undefined) return;
          spends.delete(key);
          pacer.refund(spend.request, spend.at);
          onFreed(spend.request);
          return;
        }
        case 'end': {
          const spend = spends.get(formatSpendingKey(record.id));
          if (spend !== undefined) end(formatSpendingKey(record.id), spend);
          return;
        }
        case 'hold':
          pacer.hold(record.until, record.dataset);
          return;
        case 'seal':
      }
    },
    sweep(now) {
      if (spends.size === 0 || Math.abs(now - lastSweepAt) < maxClockSkew) return;
      lastSweepAt = now;
      for (const [key, spend] of spends) {
        if (spend.at + retention <= now || (tracksInFlight && !processes.isAlive(spend.process))) end(key, spend);
      }
    },
    hasInFlight: () => tracksInFlight && spends.size > 0,
  };
}

function formatSpendingKey({ owner, number }: SpendingId): string {
  return `${owner} ${number}`;
}

function parseProcessId({ owner }: SpendingId): number {
  return Number.parseInt(owner, 10);
}
