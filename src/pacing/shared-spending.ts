import type { Dataset } from '../core/tables/tables.js';
import { minute, second } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';
import { pacedSpan } from './request-cost.js';
import type { Ledger } from './ledger.js';
import type { LedgerRecord, SpendingId } from './ledger-record.js';
import type { PacedRequest } from './paced-request.js';
import type { Pacer } from './pacer.js';

/** The processes that share the budgets. */
export interface ProcessTable {
  /** Id of this process. */
  readonly self: number;
  isAlive(process: number): boolean;
}

/** A request that was sent at an instant. */
export interface InFlight {
  readonly waiting: { readonly request: PacedRequest };
  readonly at: Instant;
}

/** Synchronizes a pacer with a ledger: spends of other processes count here, and spends of this one count there. */
export interface SharedSpending {
  /** Applies the records of other processes since the last call. */
  sync(now: Instant): void;
  /** Records requests before they are sent. Returns those whose budget another process used up first. */
  recordDispatches<D extends InFlight>(dispatches: readonly D[], now: Instant): ReadonlySet<D>;
  /** Records that a request is no longer in flight, together with the next dispatches. */
  recordEnd(dispatch: InFlight): void;
  /** Shares a hold with the other processes. */
  hold(until: Instant, dataset: Dataset | null, now: Instant): void;
  /** Whether other processes have requests in flight that a budget counts, so that their end has to be polled. */
  hasForeignInFlight(): boolean;
  close(now: Instant): void;
}

export interface SharedSpendingDeps {
  readonly pacer: Pacer;
  readonly ledger: Ledger;
  /** Unique for this ledger of this process, without spaces. */
  readonly token: string;
  readonly processes: ProcessTable;
  /** Called with a request whose budgets are free before their time. */
  readonly onFreed: (request: PacedRequest) => void;
}

/** Maximum apparent difference between the clocks of two processes on one machine, when one of them was suspended. */
export const maxClockSkew: Duration = second;

/** A request of another process that takes longer than this counts as ended. */
const maxAnswerTime: Duration = 15 * minute;

interface ForeignSpend {
  readonly request: PacedRequest;
  readonly at: Instant;
  readonly process: number;
}

export function createSharedSpending({ pacer, ledger, token, processes, onFreed }: SharedSpendingDeps): SharedSpending {
  const owner = `${processes.self}.${token}`;
  const tracksInFlight = pacer.budgets.some(({ kind, scope }) => kind === 'open' && scope !== 'connection');
  const maxSpan = Math.max(0, ...pacer.budgets.map((budget) => (budget.kind === 'rolling' ? pacedSpan(budget) : 0)));
  /** How long a spend of another process has to be remembered. */
  const retention = tracksInFlight ? maxAnswerTime : maxClockSkew;
  const foreign = new Map<string, ForeignSpend>();
  /** Requests in flight of this process whose end other processes have to know. */
  const ids = new Map<InFlight, SpendingId>();
  const pendingRecords: LedgerRecord[] = [];
  let count = 0;
  let lastSweepAt: Instant = -Infinity;

  const endForeign = (key: string, { request }: ForeignSpend): void => {
    foreign.delete(key);
    if (!tracksInFlight) return;
    pacer.release(request);
    onFreed(request);
  };

  const applyRecord = (record: LedgerRecord, now: Instant): void => {
    switch (record.kind) {
      case 'spend': {
        if (record.at + Math.max(maxSpan, retention) <= now) return;
        const { request } = record;
        const key = formatSpendingKey(record.id);
        // A time in the future was written before the clock was set back.
        const at = pacer.spend(request, record.at > now + maxClockSkew ? now : record.at);
        const entry = { request, at, process: parseProcessId(record.id) };
        foreign.set(key, entry);
        if (tracksInFlight && !processes.isAlive(entry.process)) endForeign(key, entry);
        return;
      }
      case 'undo': {
        const entry = foreign.get(formatSpendingKey(record.id));
        if (entry === undefined) return;
        foreign.delete(formatSpendingKey(record.id));
        pacer.refund(entry.request, entry.at);
        onFreed(entry.request);
        return;
      }
      case 'end': {
        const entry = foreign.get(formatSpendingKey(record.id));
        if (entry !== undefined) endForeign(formatSpendingKey(record.id), entry);
        return;
      }
      case 'hold':
        pacer.hold(record.until, record.dataset);
        return;
      case 'seal':
        return;
    }
  };

  const applyRecords = (records: readonly LedgerRecord[], now: Instant): void => {
    for (const record of records) applyRecord(record, now);
  };

  const appendRecords = (records: readonly LedgerRecord[], now: Instant): void => {
    const { before, after } = ledger.append(records, now);
    applyRecords(before, now);
    applyRecords(after, now);
  };

  const takeRecord = (kind: 'undo' | 'end', dispatch: InFlight): LedgerRecord[] => {
    const id = ids.get(dispatch);
    ids.delete(dispatch);
    return id === undefined ? [] : [{ kind, id }];
  };

  /** Ends the requests that other processes will not end, because the process died or the answer is overdue. */
  const sweepForeign = (now: Instant): void => {
    lastSweepAt = now;
    for (const [key, entry] of foreign) {
      if (entry.at + retention <= now || (tracksInFlight && !processes.isAlive(entry.process))) endForeign(key, entry);
    }
  };

  return {
    sync: (now) => {
      applyRecords(ledger.readNew(now), now);
      if (foreign.size > 0 && Math.abs(now - lastSweepAt) >= maxClockSkew) sweepForeign(now);
    },

    recordDispatches: <D extends InFlight>(dispatches: readonly D[], now: Instant) => {
      const rejected = new Set<D>();
      const newRecords = pendingRecords.splice(0);
      for (const dispatch of dispatches) {
        const id = { owner, number: count++ };
        ids.set(dispatch, id);
        newRecords.push({ kind: 'spend', id, at: dispatch.at, request: dispatch.waiting.request });
      }
      if (newRecords.length === 0) return rejected;
      const { before, after } = ledger.append(newRecords, now);
      if (before.some(({ kind }) => kind === 'spend' || kind === 'hold')) {
        for (const { waiting, at } of dispatches.toReversed()) pacer.refund(waiting.request, at);
        applyRecords(before, now);
        for (const dispatch of dispatches) {
          const { request } = dispatch.waiting;
          if (pacer.earliest(request, now) <= now) pacer.spend(request, now);
          else rejected.add(dispatch);
        }
      } else applyRecords(before, now);
      applyRecords(after, now);
      const refunds = [...rejected].flatMap((dispatch) => takeRecord('undo', dispatch));
      if (refunds.length > 0) appendRecords(refunds, now);
      if (!tracksInFlight) ids.clear();
      return rejected;
    },

    recordEnd: (dispatch) => {
      pendingRecords.push(...takeRecord('end', dispatch));
    },

    hold: (until, dataset, now) => appendRecords([{ kind: 'hold', until, dataset }], now),
    hasForeignInFlight: () => tracksInFlight && foreign.size > 0,

    close: (now) => {
      const newRecords = [
        ...pendingRecords.splice(0),
        ...[...ids.keys()].flatMap((dispatch) => takeRecord('end', dispatch)),
      ];
      if (newRecords.length > 0) appendRecords(newRecords, now);
      ledger.close();
    },
  };
}

function formatSpendingKey({ owner, number }: SpendingId): string {
  return `${owner} ${number}`;
}

function parseProcessId({ owner }: SpendingId): number {
  return Number.parseInt(owner, 10);
}
