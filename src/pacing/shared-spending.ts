import type { Dataset } from '../core/tables.js';
import { minute, second } from '../core/time.js';
import type { Duration, Instant } from '../core/time.js';
import { pacedSpan } from './charges.js';
import type { Ledger } from './ledger.js';
import type { LedgerRecord, SpendingId } from './ledger-record.js';
import type { PacedRequest } from './paced-request.js';
import type { Pacer } from './pacer.js';

/** Who else may be spending from the same budgets. */
export interface Processes {
  /** This process. */
  readonly self: number;
  isAlive(process: number): boolean;
}

/** A request that the pacer has let go, at an instant. */
export interface Going {
  readonly waiting: { readonly request: PacedRequest };
  readonly at: Instant;
}

/** Keeps a pacer and a ledger in step: what others spend counts here, what is spent here counts there. */
export interface SharedSpending {
  /** Counts what others did since last time. */
  catchUp(now: Instant): void;
  /** Writes down what departs, before it does; answers with those whose room somebody else had taken first. */
  settle<D extends Going>(departures: readonly D[], now: Instant): ReadonlySet<D>;
  /** A request that departed is no longer under way; written down with the next departures. */
  ended(departure: Going): void;
  /** Tells the others that nothing, or nothing for one table, may go before an instant. */
  hold(until: Instant, dataset: Dataset | null, now: Instant): void;
  /** Whether others have requests under way that a budget here counts; their end has to be looked for. */
  othersUnderWay(): boolean;
  close(now: Instant): void;
}

/** What sharing needs. */
export interface Sharing {
  readonly pacer: Pacer;
  readonly ledger: Ledger;
  /** Unique for this opening of the ledger, without spaces. */
  readonly token: string;
  readonly processes: Processes;
  /** Called with a request whose budgets have become free before their time. */
  readonly freed: (request: PacedRequest) => void;
}

/** How far the clocks of two processes on one machine may seem apart because one of them was interrupted. */
export const clockSkew: Duration = second;

/** An answer that takes others longer than this will not come any more. */
const longestAnswer: Duration = 15 * minute;

/** What another process spent. */
interface Foreign {
  readonly request: PacedRequest;
  readonly at: Instant;
  readonly process: number;
}

export function shareSpending({ pacer, ledger, token, processes, freed }: Sharing): SharedSpending {
  const owner = `${processes.self}.${token}`;
  const countsOpen = pacer.budgets.some(({ kind, scope }) => kind === 'open' && scope !== 'connection');
  const longestSpan = Math.max(
    0,
    ...pacer.budgets.map((budget) => (budget.kind === 'rolling' ? pacedSpan(budget) : 0)),
  );
  /** How long a spending of others may still be of interest. */
  const memory = countsOpen ? longestAnswer : clockSkew;
  const foreign = new Map<string, Foreign>();
  /** What is under way from here, as far as others have to know of its end. */
  const ids = new Map<Going, SpendingId>();
  const unwritten: LedgerRecord[] = [];
  let count = 0;
  let sweptAt: Instant = -Infinity;

  const endForeign = (key: string, { request }: Foreign): void => {
    foreign.delete(key);
    if (!countsOpen) return;
    pacer.release(request);
    freed(request);
  };

  const countOne = (record: LedgerRecord, now: Instant): void => {
    switch (record.kind) {
      case 'spend': {
        if (record.at + Math.max(longestSpan, memory) <= now) return;
        const { request } = record;
        const key = keyOf(record.id);
        // A time in the future was written before the clock was set back.
        const at = pacer.spend(request, record.at > now + clockSkew ? now : record.at);
        const entry = { request, at, process: processOf(record.id) };
        foreign.set(key, entry);
        if (countsOpen && !processes.isAlive(entry.process)) endForeign(key, entry);
        return;
      }
      case 'undo': {
        const entry = foreign.get(keyOf(record.id));
        if (entry === undefined) return;
        foreign.delete(keyOf(record.id));
        pacer.takeBack(entry.request, entry.at);
        freed(entry.request);
        return;
      }
      case 'end': {
        const entry = foreign.get(keyOf(record.id));
        if (entry !== undefined) endForeign(keyOf(record.id), entry);
        return;
      }
      case 'hold':
        pacer.hold(record.until, record.dataset);
        return;
      case 'seal':
        return;
    }
  };

  const countAll = (records: readonly LedgerRecord[], now: Instant): void => {
    for (const record of records) countOne(record, now);
  };

  const write = (records: readonly LedgerRecord[], now: Instant): void => {
    const { before, after } = ledger.append(records, now);
    countAll(before, now);
    countAll(after, now);
  };

  const recordFor = (kind: 'undo' | 'end', departure: Going): LedgerRecord[] => {
    const id = ids.get(departure);
    ids.delete(departure);
    return id === undefined ? [] : [{ kind, id }];
  };

  /** Lets go of what others will not end: their process is gone, or the answer is overdue. */
  const sweep = (now: Instant): void => {
    sweptAt = now;
    for (const [key, entry] of foreign) {
      if (entry.at + memory <= now || (countsOpen && !processes.isAlive(entry.process))) endForeign(key, entry);
    }
  };

  return {
    catchUp: (now) => {
      countAll(ledger.news(now), now);
      if (foreign.size > 0 && Math.abs(now - sweptAt) >= clockSkew) sweep(now);
    },

    settle: <D extends Going>(departures: readonly D[], now: Instant) => {
      const lost = new Set<D>();
      const lines = unwritten.splice(0);
      for (const departure of departures) {
        const id = { owner, number: count++ };
        ids.set(departure, id);
        lines.push({ kind: 'spend', id, at: departure.at, request: departure.waiting.request });
      }
      if (lines.length === 0) return lost;
      const { before, after } = ledger.append(lines, now);
      if (before.some(({ kind }) => kind === 'spend' || kind === 'hold')) {
        for (const { waiting, at } of departures.toReversed()) pacer.takeBack(waiting.request, at);
        countAll(before, now);
        for (const departure of departures) {
          const { request } = departure.waiting;
          if (pacer.earliest(request, now) <= now) pacer.spend(request, now);
          else lost.add(departure);
        }
      } else countAll(before, now);
      countAll(after, now);
      const undone = [...lost].flatMap((departure) => recordFor('undo', departure));
      if (undone.length > 0) write(undone, now);
      if (!countsOpen) ids.clear();
      return lost;
    },

    ended: (departure) => {
      unwritten.push(...recordFor('end', departure));
    },

    hold: (until, dataset, now) => write([{ kind: 'hold', until, dataset }], now),
    othersUnderWay: () => countsOpen && foreign.size > 0,

    close: (now) => {
      const lines = [...unwritten.splice(0), ...[...ids.keys()].flatMap((departure) => recordFor('end', departure))];
      if (lines.length > 0) write(lines, now);
      ledger.close();
    },
  };
}

function keyOf({ owner, number }: SpendingId): string {
  return `${owner} ${number}`;
}

function processOf({ owner }: SpendingId): number {
  return Number.parseInt(owner, 10);
}
