import type { Dataset } from '../core/tables/tables.js';
import { minute, second } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';
import { pacedSpan } from './request-cost.js';
import type { Ledger } from './ledger.js';
import type { LedgerRecord, SpendingId } from './ledger-record.js';
import type { PacedRequest } from './paced-request.js';
import type { Pacer } from './pacer.js';

/** Who else may be spending from the same budgets. */
export interface ProcessTable {
  /** This process. */
  readonly self: number;
  isAlive(process: number): boolean;
}

/** A request that the pacer has let go, at an instant. */
export interface InFlight {
  readonly waiting: { readonly request: PacedRequest };
  readonly at: Instant;
}

/** Keeps a pacer and a ledger in step: what others spend counts here, what is spent here counts there. */
export interface SharedSpending {
  /** Counts what others did since last time. */
  sync(now: Instant): void;
  /** Writes down what departs, before it does; answers with those whose room somebody else had taken first. */
  recordDispatches<D extends InFlight>(dispatches: readonly D[], now: Instant): ReadonlySet<D>;
  /** A request that departed is no longer under way; written down with the next departures. */
  recordEnd(dispatch: InFlight): void;
  /** Tells the others that nothing, or nothing for one table, may go before an instant. */
  hold(until: Instant, dataset: Dataset | null, now: Instant): void;
  /** Whether others have requests under way that a budget here counts; their end has to be looked for. */
  hasForeignInFlight(): boolean;
  close(now: Instant): void;
}

/** What sharing needs. */
export interface SharedSpendingDeps {
  readonly pacer: Pacer;
  readonly ledger: Ledger;
  /** Unique for this opening of the ledger, without spaces. */
  readonly token: string;
  readonly processes: ProcessTable;
  /** Called with a request whose budgets have become free before their time. */
  readonly onFreed: (request: PacedRequest) => void;
}

/** How far the clocks of two processes on one machine may seem apart because one of them was interrupted. */
export const maxClockSkew: Duration = second;

/** An answer that takes others longer than this will not come any more. */
const maxAnswerTime: Duration = 15 * minute;

/** What another process spent. */
interface ForeignSpend {
  readonly request: PacedRequest;
  readonly at: Instant;
  readonly process: number;
}

export function createSharedSpending({ pacer, ledger, token, processes, onFreed }: SharedSpendingDeps): SharedSpending {
  const owner = `${processes.self}.${token}`;
  const tracksInFlight = pacer.budgets.some(({ kind, scope }) => kind === 'open' && scope !== 'connection');
  const maxSpan = Math.max(0, ...pacer.budgets.map((budget) => (budget.kind === 'rolling' ? pacedSpan(budget) : 0)));
  /** How long a spending of others may still be of interest. */
  const retention = tracksInFlight ? maxAnswerTime : maxClockSkew;
  const foreign = new Map<string, ForeignSpend>();
  /** What is under way from here, as far as others have to know of its end. */
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

  /** Lets go of what others will not end: their process is gone, or the answer is overdue. */
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
