import type { TwsRequest as RequestType } from '../../../config/scenario/capabilities.js';
import { readContract, skipLegs } from './wire-contract.js';
import type { WireContract } from './wire-contract.js';
import { createFieldReader } from './field-reader.js';
import type { FieldReader } from './field-reader.js';
import { simpleRequestDecoders } from './simple-requests.js';
import type { SimpleRequest } from './simple-requests.js';
import { minVersions } from './versions.js';

/** A request for bars as the client sent it. */
export interface HistoricalRequest {
  readonly kind: 'historical';
  readonly id: number;
  readonly contract: WireContract;
  readonly end: string;
  readonly barSize: string;
  readonly duration: string;
  readonly regularHoursOnly: boolean;
  readonly whatToShow: string;
  readonly formatDate: number;
  readonly keepUpToDate: boolean;
}

/** A request for market data. */
export interface MarketDataRequest {
  readonly kind: 'market-data';
  readonly id: number;
  readonly contract: WireContract;
  readonly genericTicks: string;
  readonly snapshot: boolean;
}

/** All supported requests. */
export type TwsRequest =
  | { readonly kind: 'start'; readonly clientId: number }
  | { readonly kind: 'contract-details'; readonly id: number; readonly contract: WireContract }
  | {
      readonly kind: 'option-parameters';
      readonly id: number;
      readonly symbol: string;
      readonly exchange: string;
      readonly secType: string;
      readonly conId: number;
    }
  | HistoricalRequest
  | {
      readonly kind: 'head-timestamp';
      readonly id: number;
      readonly contract: WireContract;
      readonly whatToShow: string;
      readonly formatDate: number;
    }
  | MarketDataRequest
  | {
      readonly kind: 'real-time-bars';
      readonly id: number;
      readonly contract: WireContract;
      readonly whatToShow: string;
    }
  | SimpleRequest;

/** A parsed message, or why it cannot be parsed. */
export type ParseResult =
  | { readonly kind: 'request'; readonly request: TwsRequest }
  | { readonly kind: 'unreadable'; readonly id: number; readonly problem: string };

type RequestDecoder = (fields: FieldReader, version: number) => TwsRequest;

const requestDecoders: Readonly<Record<number, RequestDecoder>> = {
  1: (fields) => {
    fields.skip(1);
    const id = fields.integer();
    const contract = readContract(fields);
    skipLegs(fields, contract);
    if (fields.boolean()) fields.skip(3);
    const genericTicks = fields.text();
    const snapshot = fields.boolean();
    return { kind: 'market-data', id, contract, genericTicks, snapshot: fields.boolean() || snapshot };
  },
  9: (fields, version) => {
    fields.skip(1);
    const id = fields.integer();
    const contract = readContract(fields);
    fields.skip(1);
    const secIdType = fields.text().trim().toUpperCase();
    const secId = fields.text().trim().toUpperCase();
    if (version >= minVersions.issuer) fields.skip(1);
    return { kind: 'contract-details', id, contract: { ...contract, secIdType, secId } };
  },
  20: (fields) => {
    const id = fields.integer();
    const contract = readContract(fields);
    fields.skip(1);
    const end = fields.text().trim();
    const barSize = fields.text().trim();
    const duration = fields.text().trim();
    const regularHoursOnly = fields.boolean();
    const whatToShow = fields.text().trim().toUpperCase();
    const formatDate = fields.integer();
    skipLegs(fields, contract);
    const keepUpToDate = fields.boolean();
    return {
      kind: 'historical',
      id,
      contract,
      end,
      barSize,
      duration,
      regularHoursOnly,
      whatToShow,
      formatDate,
      keepUpToDate,
    };
  },
  50: (fields) => {
    fields.skip(1);
    const id = fields.integer();
    const contract = readContract(fields);
    fields.skip(1);
    return { kind: 'real-time-bars', id, contract, whatToShow: fields.text().trim().toUpperCase() };
  },
  71: (fields) => {
    fields.skip(1);
    return { kind: 'start', clientId: fields.integer() };
  },
  78: (fields) => ({
    kind: 'option-parameters',
    id: fields.integer(),
    symbol: fields.text().trim(),
    exchange: fields.text().trim().toUpperCase(),
    secType: fields.text().trim().toUpperCase(),
    conId: fields.integer(),
  }),
  87: (fields) => {
    const id = fields.integer();
    const contract = readContract(fields);
    fields.skip(2);
    return {
      kind: 'head-timestamp',
      id,
      contract,
      whatToShow: fields.text().trim().toUpperCase(),
      formatDate: fields.integer(),
    };
  },
};

/** Parses one message at a protocol version. */
export function parseRequest(fields: readonly string[], version: number): ParseResult {
  const [messageId = ''] = fields;
  const messageNumber = /^\d{1,6}$/.test(messageId) ? Number(messageId) : -1;
  const decode: RequestDecoder | undefined = requestDecoders[messageNumber] ?? simpleRequestDecoders[messageNumber];
  if (decode === undefined) {
    return {
      kind: 'unreadable',
      id: -1,
      problem: `Error reading request. Unknown message id: ${JSON.stringify(messageId.slice(0, 20))}.`,
    };
  }
  const reader = createFieldReader(fields, 1);
  const request = decode(reader, version);
  const problem = reader.problem();
  if (problem === null) return { kind: 'request', request };
  return { kind: 'unreadable', id: 'id' in request ? request.id : -1, problem: `Error reading request. ${problem}` };
}

/** Returns the request name that scenarios use; null for requests that scenarios cannot match. */
export function classifyRequest(request: TwsRequest): RequestType | null {
  switch (request.kind) {
    case 'contract-details':
    case 'option-parameters':
    case 'historical':
    case 'head-timestamp':
    case 'market-data':
    case 'real-time-bars':
    case 'positions':
    case 'executions':
    case 'time':
    case 'ids':
      return request.kind;
    case 'open-orders':
    case 'completed-orders':
    case 'place-order':
    case 'cancel-order':
      return 'orders';
    case 'account-updates':
    case 'account-updates-multi':
    case 'account-summary':
    case 'positions-multi':
    case 'managed-accounts':
    case 'family-codes':
    case 'user-info':
      return 'account';
    case 'start':
    case 'cancel':
    case 'market-data-type':
    case 'noted':
      return null;
    case 'matching-symbols':
    case 'market-rule':
    case 'empty-list':
    case 'unsupported':
      return 'other';
  }
}
