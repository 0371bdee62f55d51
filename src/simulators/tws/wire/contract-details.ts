import { frame } from './frames.js';
import { plainText } from './plain-text.js';
import { since } from './versions.js';

/** Everything that is said about one contract. */
export interface DetailsOnWire {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  /** `20261218`; empty for what does not expire. */
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

/** One message of contract details in the layout of a version. */
export function contractDetailsMessage(version: number, id: number, details: DetailsOnWire): Buffer {
  const early = version < since.sizeRules;
  return frame([
    10,
    ...(early ? [8] : []),
    id,
    details.symbol,
    details.secType,
    details.expiry,
    ...(version >= since.lastTradeDate ? [details.expiry] : []),
    details.strike,
    details.right,
    details.exchange,
    details.currency,
    details.localSymbol,
    details.marketName,
    details.tradingClass,
    details.conId,
    details.minTick,
    ...(early ? [1] : []),
    details.multiplier,
    details.orderTypes,
    details.validExchanges,
    1,
    details.underlyingConId,
    plainText(details.longName),
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
    ...sizes(version, details),
    ...(version >= since.ineligibility ? [0] : []),
  ]);
}

function sizes(version: number, { minSize, suggestedSize }: DetailsOnWire): readonly number[] {
  if (version >= since.sizeRules) return [minSize, minSize, suggestedSize];
  return version >= since.fractionalSizes ? [minSize] : [];
}
