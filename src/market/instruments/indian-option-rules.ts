import type { Calendar } from '../../core/time/calendar.js';
import type { LocalDate } from '../../core/time/time.js';

/** The option rules of one Indian underlying. */
interface IndianUnderlying {
  readonly strikeStep: number;
  readonly weekly: boolean;
  /** True if quarterly and half-yearly expiries are listed far ahead. */
  readonly longDated: boolean;
  /** Pairs of a date and the units per option for expiries before it. */
  readonly lotSizes: readonly (readonly [LocalDate, number])[];
}

const farFuture: LocalDate = '9999-12-31';
/** Contracts that expire in 2026 or later have the sizes that the exchanges set in autumn 2025. */
const lotSizeChange: LocalDate = '2025-12-31';

function defineUnderlying(
  strikeStep: number,
  sizes: readonly [number, number],
  listed: 'weekly and long' | 'weekly' | 'monthly' = 'monthly',
): IndianUnderlying {
  const [before, after] = sizes;
  return {
    strikeStep,
    weekly: listed !== 'monthly',
    longDated: listed === 'weekly and long',
    lotSizes: [
      [lotSizeChange, before],
      [farFuture, after],
    ],
  };
}

const nifty = defineUnderlying(50, [75, 65], 'weekly and long');

const underlyings: Readonly<Record<string, IndianUnderlying>> = {
  NIFTY: nifty,
  'NIFTY 50': nifty,
  NIFTY50: nifty,
  BANKNIFTY: defineUnderlying(100, [35, 30]),
  FINNIFTY: defineUnderlying(50, [65, 60]),
  MIDCPNIFTY: defineUnderlying(25, [140, 120]),
  NIFTYNXT50: defineUnderlying(100, [25, 25]),
  SENSEX: defineUnderlying(100, [20, 20], 'weekly'),
  BANKEX: defineUnderlying(100, [30, 30]),
  USDINR: defineUnderlying(0.25, [1, 1], 'weekly'),
  EURINR: defineUnderlying(0.25, [1, 1]),
  GBPINR: defineUnderlying(0.25, [1, 1]),
  JPYINR: defineUnderlying(0.25, [1, 1]),
  GOLD: defineUnderlying(1_000, [1, 1]),
  GOLDM: defineUnderlying(500, [1, 1]),
  SILVER: defineUnderlying(1_000, [1, 1]),
  SILVERM: defineUnderlying(1_000, [1, 1]),
  CRUDEOIL: defineUnderlying(50, [1, 1]),
  NATURALGAS: defineUnderlying(5, [1, 1]),
  COPPER: defineUnderlying(10, [1, 1]),
  ZINC: defineUnderlying(2.5, [1, 1]),
};

function findUnderlying(symbol: string): IndianUnderlying | undefined {
  return Object.hasOwn(underlyings, symbol) ? underlyings[symbol] : undefined;
}

export function isIndianExchange(calendar: Calendar): boolean {
  return calendar.exchange === 'XNSE' || calendar.exchange === 'XBOM';
}

/** The expiries of an underlying besides the next three months; stocks have no others. */
export function getIndianListing(symbol: string): { readonly weekly: boolean; readonly longDated: boolean } {
  return findUnderlying(symbol) ?? { weekly: false, longDated: false };
}

/** The distance between strikes: fixed for an index, by price for a stock. */
export function getIndianStrikeStep(symbol: string, spot: number): number {
  return findUnderlying(symbol)?.strikeStep ?? stepsByPrice.find(([below]) => spot < below)?.[1] ?? 250;
}

const stepsByPrice: readonly (readonly [number, number])[] = [
  [50, 0.5],
  [100, 1],
  [250, 2.5],
  [500, 5],
  [1_000, 10],
  [2_500, 20],
  [5_000, 50],
  [10_000, 100],
];

/** The target value of one contract on a stock, in rupees. */
const targetContractValue = 750_000;

/** Units per option or future: set by circular for an index, by the target contract value for a stock. */
export function getIndianLotSize(symbol: string, basePrice: number, expiry: LocalDate): number {
  const lotSizes = findUnderlying(symbol)?.lotSizes;
  if (lotSizes !== undefined) return lotSizes.find(([before]) => expiry < before)?.[1] ?? 1;
  const units = targetContractValue / basePrice;
  const roundTo = units >= 100 ? 25 : 5;
  return Math.max(roundTo, Math.round(units / roundTo) * roundTo);
}
