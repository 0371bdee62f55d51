import type { Right } from '../../../core/series.js';
import type { FieldReader } from './field-reader.js';

/** A contract as a client describes it; unspecified fields are empty, zero or null. */
export interface WireContract {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  /** `20261218`, `202612` or empty. */
  readonly expiry: string;
  readonly strike: number | null;
  readonly right: Right | null;
  readonly multiplier: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
  /** An id of another kind, in requests for details only. */
  readonly secIdType?: string;
  readonly secId?: string;
}

/** Reads the twelve fields that begin every request with a contract. */
export function readContract(fields: FieldReader): WireContract {
  const conId = fields.integer();
  return {
    conId: conId > 0 && conId < 2_147_483_647 ? conId : 0,
    symbol: fields.text().trim(),
    secType: fields.text().trim().toUpperCase(),
    expiry: fields.text().trim(),
    strike: fields.number(),
    right: parseRight(fields.text()),
    multiplier: fields.text().trim(),
    exchange: fields.text().trim().toUpperCase(),
    primaryExchange: fields.text().trim().toUpperCase(),
    currency: fields.text().trim().toUpperCase(),
    localSymbol: fields.text().trim(),
    tradingClass: fields.text().trim(),
  };
}

/** Skips the legs of a combination, which follow the contract in some requests. */
export function skipLegs(fields: FieldReader, contract: WireContract): void {
  if (contract.secType !== 'BAG') return;
  const legs = Math.min(Math.max(fields.integer(), 0), 100);
  fields.skip(4 * legs);
}

function parseRight(text: string): Right | null {
  const normalized = text.trim().toUpperCase();
  if (normalized === 'C' || normalized === 'CALL') return 'C';
  return normalized === 'P' || normalized === 'PUT' ? 'P' : null;
}
