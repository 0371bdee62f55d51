import { encodeFrame } from './frames.js';
import { escapeNonAscii } from './escape-non-ascii.js';
import { minVersions } from './versions.js';

/** Details of one contract. */
export interface WireContractDetails {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  /** `20261218`; empty for contracts that do not expire. */
  readonly expiry: string;
  readonly strike: number;
  readonly right: string;
  readonly exchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly marketName: string;
  readonly tradingClass: string;
  readonly minTick: number;
  readonly multiplier: string;
  readonly orderTypes: string;
  readonly validExchanges: string;
  readonly underlyingConId: number;
  readonly longName: string;
  readonly primaryExchange: string;
  readonly industry: string;
  readonly category: string;
  readonly subcategory: string;
  readonly timeZone: string;
  readonly tradingHours: string;
  readonly liquidHours: string;
  readonly securityIds: readonly (readonly [string, string])[];
  readonly group: number;
  readonly underlyingSymbol: string;
  readonly underlyingSecType: string;
  readonly marketRules: string;
  readonly stockType: string;
  readonly minSize: number;
  readonly suggestedSize: number;
}

/** Encodes a contract details message in the layout of a protocol version. */
export function encodeContractDetails(version: number, id: number, details: WireContractDetails): Buffer {
  const hasVersionField = version < minVersions.sizeRules;
  return encodeFrame([
    10,
    ...(hasVersionField ? [8] : []),
    id,
    details.symbol,
    details.secType,
    details.expiry,
    ...(version >= minVersions.lastTradeDate ? [details.expiry] : []),
    details.strike,
    details.right,
    details.exchange,
    details.currency,
    details.localSymbol,
    details.marketName,
    details.tradingClass,
    details.conId,
    details.minTick,
    ...(hasVersionField ? [1] : []),
    details.multiplier,
    details.orderTypes,
    details.validExchanges,
    1,
    details.underlyingConId,
    escapeNonAscii(details.longName),
    details.primaryExchange,
    details.expiry.slice(0, 6),
    details.industry,
    details.category,
    details.subcategory,
    details.timeZone,
    details.tradingHours,
    details.liquidHours,
    '',
    0,
    details.securityIds.length,
    ...details.securityIds.flat(),
    details.group,
    details.underlyingSymbol,
    details.underlyingSecType,
    details.marketRules,
    details.expiry,
    details.stockType,
    ...sizeFields(version, details),
    ...(version >= minVersions.ineligibility ? [0] : []),
  ]);
}

function sizeFields(version: number, { minSize, suggestedSize }: WireContractDetails): readonly number[] {
  if (version >= minVersions.sizeRules) return [minSize, minSize, suggestedSize];
  return version >= minVersions.fractionalSizes ? [minSize] : [];
}
