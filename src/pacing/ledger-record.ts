import { createHash } from 'node:crypto';

import { barSizes } from '../core/tables/bars.js';
import type { BarSize, PriceType } from '../core/tables/bars.js';
import { datasets } from '../core/tables/tables.js';
import type { Dataset } from '../core/tables/tables.js';
import type { Instant } from '../core/time/time.js';
import type { PacedRequest } from './paced-request.js';

/** Identifies a spend across processes: writer id and sequence number. */
export interface SpendingId {
  readonly owner: string;
  readonly number: number;
}

/** A request that left at once (`spend`), or one that leaves later (`reserve`) and counts until a `sent` record. */
export interface SpendRecord {
  readonly kind: 'spend' | 'reserve';
  readonly id: SpendingId;
  readonly at: Instant;
  readonly request: PacedRequest;
}

/**
 * One line of a ledger. Its request went through `hashRequest`. A spend records the request and not its cost, so that each
 * reader applies its own budgets.
 */
export type LedgerRecord =
  | SpendRecord
  /** A reserved request has left. */
  | { readonly kind: 'sent'; readonly id: SpendingId; readonly at: Instant }
  /** The request was not sent. */
  | { readonly kind: 'undo'; readonly id: SpendingId }
  /** The request is no longer in flight. */
  | { readonly kind: 'end'; readonly id: SpendingId }
  /** No request, or none for one table, is sent before `until`. `at` is when it was written; null in older ledgers. */
  | { readonly kind: 'hold'; readonly until: Instant; readonly dataset: Dataset | null; readonly at: Instant | null }
  /** The file is full: lines after this one do not count, and the next file continues. */
  | { readonly kind: 'seal'; readonly at: Instant };

/** Formats a record as a line. The full stop at its end distinguishes it from a torn line. */
export function formatLedgerLine(record: LedgerRecord): string {
  return `${formatFields(record)} .`;
}

function formatFields(record: LedgerRecord): string {
  switch (record.kind) {
    case 'spend':
    case 'reserve': {
      const { dataset, priceType, barSize, contract, identical } = record.request;
      const letter = record.kind === 'spend' ? 's' : 'r';
      const size = barSize?.replace(' ', '_') ?? '-';
      return `${letter} ${formatId(record.id)} ${record.at} ${dataset} ${priceType ?? '-'} ${size} ${contract} ${identical}`;
    }
    case 'sent':
      return `t ${formatId(record.id)} ${record.at}`;
    case 'undo':
      return `u ${formatId(record.id)}`;
    case 'end':
      return `e ${formatId(record.id)}`;
    case 'hold':
      return `h ${record.until} ${record.dataset ?? '*'}${record.at === null ? '' : ` ${record.at}`}`;
    case 'seal':
      return `x ${record.at}`;
  }
}

/** Parses a line; null for a line that was torn when its writer was killed, before the request was sent. */
export function parseLedgerLine(line: string): LedgerRecord | null {
  if (!line.endsWith(' .')) return null;
  const [kind, ...fields] = line.slice(0, -2).split(' ');
  switch (kind) {
    case 's':
      return parseSpend('spend', fields);
    case 'r':
      return parseSpend('reserve', fields);
    case 't': {
      const id = parseId(fields[0], fields[1]);
      const at = parseNumber(fields[2]);
      return id === null || at === null || fields.length !== 3 ? null : { kind: 'sent', id, at };
    }
    case 'u':
    case 'e': {
      const id = parseId(fields[0], fields[1]);
      return id === null || fields.length !== 2 ? null : { kind: kind === 'u' ? 'undo' : 'end', id };
    }
    case 'h': {
      const until = parseNumber(fields[0]);
      const dataset = fields[1] === '*' ? null : datasets.find((name) => name === fields[1]);
      const at = fields[2] === undefined ? null : parseNumber(fields[2]);
      return until === null || dataset === undefined ? null : { kind: 'hold', until, dataset, at };
    }
    case 'x': {
      const at = parseNumber(fields[0]);
      return at === null ? null : { kind: 'seal', at };
    }
    default:
      return null;
  }
}

/** Hashes the keys of a request: a ledger needs short keys of one length without spaces. */
export function hashRequest(request: PacedRequest): PacedRequest {
  return { ...request, contract: hashShort(request.contract), identical: hashShort(request.identical) };
}

function hashShort(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 16);
}

function formatId({ owner, number }: SpendingId): string {
  return `${owner} ${number}`;
}

function parseSpend(kind: SpendRecord['kind'], fields: readonly string[]): SpendRecord | null {
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
    kind,
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
