import { createHash } from 'node:crypto';

import { barSizes } from '../core/bars.js';
import type { BarSize, What } from '../core/bars.js';
import { datasets } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import type { Instant } from '../core/time.js';
import type { PacedRequest } from './paced-request.js';

/** Names one spending for all who share a ledger: who spent, and the how-manieth of theirs it was. */
export interface SpendingId {
  readonly owner: string;
  readonly number: number;
}

/**
 * One line of a ledger. Its requests have been through `hashedRequest`. What is recorded of a spending is the request and not its price, so that whoever reads it can
 * count it by budgets of their own.
 */
export type LedgerRecord =
  | { readonly kind: 'spend'; readonly id: SpendingId; readonly at: Instant; readonly request: PacedRequest }
  /** The request did not go after all. */
  | { readonly kind: 'undo'; readonly id: SpendingId }
  /** The request is no longer under way. */
  | { readonly kind: 'end'; readonly id: SpendingId }
  /** Nothing, or nothing for one table, goes before an instant. */
  | { readonly kind: 'hold'; readonly until: Instant; readonly dataset: Dataset | null }
  /** This file is full: what follows it does not count, and the next file goes on. */
  | { readonly kind: 'seal'; readonly at: Instant };

/** The line of a record. Its last word is a full stop, so that a line that was torn is known for one. */
export function ledgerLine(record: LedgerRecord): string {
  return `${wordsOf(record)} .`;
}

function wordsOf(record: LedgerRecord): string {
  switch (record.kind) {
    case 'spend': {
      const { dataset, what, barSize, contract, identical } = record.request;
      const size = barSize?.replace(' ', '_') ?? '-';
      return `s ${idText(record.id)} ${record.at} ${dataset} ${what ?? '-'} ${size} ${contract} ${identical}`;
    }
    case 'undo':
      return `u ${idText(record.id)}`;
    case 'end':
      return `e ${idText(record.id)}`;
    case 'hold':
      return `h ${record.until} ${record.dataset ?? '*'}`;
    case 'seal':
      return `x ${record.at}`;
  }
}

/** A record read back; null for a line that was torn when its writer was killed, whose request never went. */
export function parseLedgerLine(line: string): LedgerRecord | null {
  if (!line.endsWith(' .')) return null;
  const [kind, ...fields] = line.slice(0, -2).split(' ');
  switch (kind) {
    case 's':
      return spendFrom(fields);
    case 'u':
    case 'e': {
      const id = idFrom(fields[0], fields[1]);
      return id === null || fields.length !== 2 ? null : { kind: kind === 'u' ? 'undo' : 'end', id };
    }
    case 'h': {
      const until = numberFrom(fields[0]);
      const dataset = fields[1] === '*' ? null : datasets.find((name) => name === fields[1]);
      return until === null || dataset === undefined ? null : { kind: 'hold', until, dataset };
    }
    case 'x': {
      const at = numberFrom(fields[0]);
      return at === null ? null : { kind: 'seal', at };
    }
    default:
      return null;
  }
}

/** A request with its keys hashed: short, of one length, and without spaces, as they stand in a ledger. */
export function hashedRequest(request: PacedRequest): PacedRequest {
  return { ...request, contract: keyHash(request.contract), identical: keyHash(request.identical) };
}

function keyHash(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 16);
}

function idText({ owner, number }: SpendingId): string {
  return `${owner} ${number}`;
}

function spendFrom(fields: readonly string[]): LedgerRecord | null {
  const [owner, number, time, table, kindOfData, size, contract, identical, ...rest] = fields;
  const id = idFrom(owner, number);
  const at = numberFrom(time);
  const dataset = datasets.find((name) => name === table);
  const what = kindOfData === '-' ? null : kindOfData;
  const barSize = size === '-' ? null : size?.replace('_', ' ');
  if (id === null || at === null || dataset === undefined || !isWhat(what) || !isBarSize(barSize)) return null;
  if (contract === undefined || identical === undefined || rest.length > 0) return null;
  return {
    kind: 'spend',
    id,
    at,
    request: { dataset, what, barSize, contract, identical, connection: null, priority: 0 },
  };
}

function idFrom(owner: string | undefined, number: string | undefined): SpendingId | null {
  const count = numberFrom(number);
  return owner === undefined || count === null ? null : { owner, number: count };
}

function numberFrom(text: string | undefined): number | null {
  const number = text === undefined || text === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

function isWhat(word: string | null | undefined): word is What | null {
  return word === null || (word !== undefined && whats.has(word));
}

function isBarSize(word: string | null | undefined): word is BarSize | null {
  return word === null || (word !== undefined && Object.hasOwn(barSizes, word));
}

const whats: ReadonlySet<string> = new Set<What>(['TRADES', 'MIDPOINT', 'BID', 'ASK', 'BID_ASK']);
