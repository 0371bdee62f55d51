import { createHash } from 'node:crypto';

import { barSizes } from '../core/tables/bars.js';
import type { BarSize, PriceType } from '../core/tables/bars.js';
import { datasets } from '../core/tables/tables.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Instant } from '../core/time/time.js';
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
export function formatLedgerLine(record: LedgerRecord): string {
  return `${formatFields(record)} .`;
}

function formatFields(record: LedgerRecord): string {
  switch (record.kind) {
    case 'spend': {
      const { dataset, priceType, barSize, contract, identical } = record.request;
      const size = barSize?.replace(' ', '_') ?? '-';
      return `s ${formatId(record.id)} ${record.at} ${dataset} ${priceType ?? '-'} ${size} ${contract} ${identical}`;
    }
    case 'undo':
      return `u ${formatId(record.id)}`;
    case 'end':
      return `e ${formatId(record.id)}`;
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
      return parseSpend(fields);
    case 'u':
    case 'e': {
      const id = parseId(fields[0], fields[1]);
      return id === null || fields.length !== 2 ? null : { kind: kind === 'u' ? 'undo' : 'end', id };
    }
    case 'h': {
      const until = parseNumber(fields[0]);
      const dataset = fields[1] === '*' ? null : datasets.find((name) => name === fields[1]);
      return until === null || dataset === undefined ? null : { kind: 'hold', until, dataset };
    }
    case 'x': {
      const at = parseNumber(fields[0]);
      return at === null ? null : { kind: 'seal', at };
    }
    default:
      return null;
  }
}

/** A request with its keys hashed: short, of one length, and without spaces, as they stand in a ledger. */
export function hashRequest(request: PacedRequest): PacedRequest {
  return { ...request, contract: hashShort(request.contract), identical: hashShort(request.identical) };
}

function hashShort(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 16);
}

function formatId({ owner, number }: SpendingId): string {
  return `${owner} ${number}`;
}

function parseSpend(fields: readonly string[]): LedgerRecord | null {
  const [owner, number, time, table, priceTypeField, size, contract, identical, ...rest] = fields;
  const id = parseId(owner, number);
  const at = parseNumber(time);
  const dataset = datasets.find((name) => name === table);
  const priceType = priceTypeField === '-' ? null : priceTypeField;
  const barSize = size === '-' ? null : size?.replace('_', ' ');
  if (id === null || at === null || dataset === undefined || !isPriceType(priceType) || !isBarSize(barSize))
    return null;
  if (contract === undefined || identical === undefined || rest.length > 0) return null;
  return {
    kind: 'spend',
    id,
    at,
    request: { dataset, priceType, barSize, contract, identical, connection: null, priority: 0 },
  };
}

function parseId(owner: string | undefined, number: string | undefined): SpendingId | null {
  const count = parseNumber(number);
  return owner === undefined || count === null ? null : { owner, number: count };
}

function parseNumber(text: string | undefined): number | null {
  const number = text === undefined || text === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

function isPriceType(word: string | null | undefined): word is PriceType | null {
  return word === null || (word !== undefined && priceTypes.has(word));
}

function isBarSize(word: string | null | undefined): word is BarSize | null {
  return word === null || (word !== undefined && Object.hasOwn(barSizes, word));
}

const priceTypes: ReadonlySet<string> = new Set<PriceType>(['TRADES', 'MIDPOINT', 'BID', 'ASK', 'BID_ASK']);
