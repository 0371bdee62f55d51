import type { Dataset } from '../core/tables/tables.js';
import type { Instant } from '../core/time/time.js';
import { createForeignSpends } from './foreign-spends.js';
import type { ProcessTable } from './foreign-spends.js';
import type { Ledger } from './ledger.js';
import type { LedgerRecord, SpendingId } from './ledger-record.js';
import type { PacedRequest } from './paced-request.js';
import type { Pacer } from './pacer.js';

/** A request that was sent at an instant, or may leave from then on. */
export interface InFlight {
  readonly waiting: { readonly request: PacedRequest };
  /** The instant at which the pacer counts it. */
  at: Instant;
  /** True if the request leaves later, which `recordSent` reports. */
  readonly leavesLater?: boolean;
}

/** Synchronizes a pacer with a ledger: spends of other processes count here, and spends of this one count there. */
export interface SharedSpending {
  /** Applies the records of other processes since the last call. */
  sync(now: Instant): void;
  /** Records requests before they are sent. Returns those whose budget another process used up first. */
  recordDispatches<D extends InFlight>(dispatches: readonly D[], now: Instant): ReadonlySet<D>;
  /** Records that a request has left, together with the next dispatches. */
  recordSent(dispatch: InFlight, at: Instant): void;
  /** Records that a request is no longer in flight, together with the next dispatches. */
  recordEnd(dispatch: InFlight): void;
  /** Shares a hold with the other processes. */
  hold(until: Instant, dataset: Dataset | null, now: Instant): void;
  /**
   * Returns whether other processes have requests open that a budget counts, so that their end has to be polled.
   */
  hasForeignOpen(): boolean;
  /** Returns the number of requests of other processes that still count. */
  countForeign(now: Instant): number;
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

export function createSharedSpending({ pacer, ledger, token, processes, onFreed }: SharedSpendingDeps): SharedSpending {
  const owner = `${processes.self}.${token}${processes.machine === undefined ? '' : `@${processes.machine}`}`;
  const foreign = createForeignSpends({ pacer, processes, onFreed });
  /** Requests in flight of this process whose end other processes have to know. */
  const ids = new Map<InFlight, SpendingId>();
  const pendingRecords: LedgerRecord[] = [];
  let count = 0;

  const applyRecords = (records: readonly LedgerRecord[], now: Instant): void => {
    for (const record of records) foreign.apply(record, now);
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

  const takeNewRecords = (dispatches: readonly InFlight[]): LedgerRecord[] => {
    const newRecords = pendingRecords.splice(0);
    for (const dispatch of dispatches) {
      const id = { owner, number: count++ };
      ids.set(dispatch, id);
      const kind = dispatch.leavesLater === true ? 'reserve' : 'spend';
      newRecords.push({ kind, id, at: dispatch.at, request: dispatch.waiting.request });
    }
    return newRecords;
  };

  return {
    sync: (now) => {
      applyRecords(ledger.readNew(now), now);
      foreign.sweep(now);
    },

    recordDispatches: <D extends InFlight>(dispatches: readonly D[], now: Instant) => {
      const rejected = new Set<D>();
      const newRecords = takeNewRecords(dispatches);
      if (newRecords.length === 0) return rejected;
      const { before, after } = ledger.append(newRecords, now);
      if (before.some(({ kind }) => kind === 'spend' || kind === 'reserve' || kind === 'hold')) {
        for (const { waiting, at } of dispatches.toReversed()) pacer.refund(waiting.request, at);
        applyRecords(before, now);
        for (const dispatch of dispatches) {
          const { request } = dispatch.waiting;
          if (pacer.earliest(request, now) <= now) dispatch.at = pacer.spend(request, now);
          else rejected.add(dispatch);
        }
      } else applyRecords(before, now);
      applyRecords(after, now);
      const refunds = [...rejected].flatMap((dispatch) => takeRecord('undo', dispatch));
      if (refunds.length > 0) appendRecords(refunds, now);
      if (!foreign.tracksInFlight)
        for (const dispatch of dispatches) if (dispatch.leavesLater !== true) ids.delete(dispatch);
      return rejected;
    },

    recordSent: (dispatch, at) => {
      const id = ids.get(dispatch);
      if (id === undefined) return;
      pendingRecords.push({ kind: 'sent', id, at });
      if (!foreign.tracksInFlight) ids.delete(dispatch);
    },

    recordEnd: (dispatch) => {
      if (foreign.tracksInFlight) pendingRecords.push(...takeRecord('end', dispatch));
    },

    hold: (until, dataset, now) => appendRecords([{ kind: 'hold', until, dataset, at: now }], now),
    hasForeignOpen: () => foreign.hasOpen(),
    countForeign: (now) => foreign.countRecent(now),

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
