import type { Calendar } from '../core/calendar.js';
import type { LocalDate } from '../core/time.js';

/** How options on one Indian underlying differ from those on the others. */
interface IndianUnderlying {
  readonly strikeStep: number;
  readonly weekly: boolean;
  /** Whether quarters and half years are listed far ahead. */
  readonly longDated: boolean;
  /** Units behind one option, by expiry: before each date, then from the last date on. */
  readonly lots: readonly (readonly [LocalDate, number])[];
}

const always: LocalDate = '9999-12-31';
/** Contracts that expire in 2026 or later have the sizes that the exchanges set in the autumn of 2025. */
const resized: LocalDate = '2025-12-31';

function underlying(
  strikeStep: number,
  sizes: readonly [number, number],
  listed: 'weekly and long' | 'weekly' | 'monthly' = 'monthly',
): IndianUnderlying {
  const [before, since] = sizes;
  return {
    strikeStep,
    weekly: listed !== 'monthly',
    longDated: listed === 'weekly and long',
    lots: [
      [resized, before],
      [always, since],
    ],
  };
}

const nifty = underlying(50, [75, 65], 'weekly and long');

const underlyings: Readonly<Record<string, IndianUnderlying>> = {
  NIFTY: nifty,
  'NIFTY 50': nifty,
  NIFTY50: nifty,
  BANKNIFTY: underlying(100, [35, 30]),
  FINNIFTY: underlying(50, [65, 60]),
  MIDCPNIFTY: underlying(25, [140, 120]),
  NIFTYNXT50: underlying(100, [25, 25]),
  SENSEX: underlying(100, [20, 20], 'weekly'),
  BANKEX: underlying(100, [30, 30]),
  USDINR: underlying(0.25, [1, 1], 'weekly'),
  EURINR: underlying(0.25, [1, 1]),
  GBPINR: underlying(0.25, [1, 1]),
  JPYINR: underlying(0.25, [1, 1]),
  GOLD: underlying(1_000, [1, 1]),
  GOLDM: underlying(500, [1, 1]),
  SILVER: underlying(1_000, [1, 1]),
  SILVERM: underlying(1_000, [1, 1]),
  CRUDEOIL: underlying(50, [1, 1]),
  NATURALGAS: underlying(5, [1, 1]),
  COPPER: underlying(10, [1, 1]),
  ZINC: underlying(2.5, [1, 1]),
};

function known(symbol: string): IndianUnderlying | undefined {
  return Object.hasOwn(underlyings, symbol) ? underlyings[symbol] : undefined;
}

/** Whether a calendar is that of an Indian exchange. */
export function isIndian(calendar: Calendar): boolean {
  return calendar.exchange === 'XNSE' || calendar.exchange === 'XBOM';
}

/** Which expiries an underlying has besides the next three months; stocks have no others. */
export function indianListing(symbol: string): { readonly weekly: boolean; readonly longDated: boolean } {
  return known(symbol) ?? { weekly: false, longDated: false };
}

/** The distance of strikes: fixed for an index, by price for a stock. */
export function indianStrikeStep(symbol: string, spot: number): number {
  return known(symbol)?.strikeStep ?? stepsByPrice.find(([below]) => spot < below)?.[1] ?? 250;
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

/** What one contract on a stock is to be worth, in rupees. */
const contractValue = 750_000;

/** Units behind one option or future: set by circular for an index, by about what a contract is worth for a stock. */
export function indianLot(symbol: string, basePrice: number, expiry: LocalDate): number {
  const lots = known(symbol)?.lots;
  if (lots !== undefined) return lots.find(([before]) => expiry < before)?.[1] ?? 1;
  const units = contractValue / basePrice;
  const round = units >= 100 ? 25 : 5;
  return Math.max(round, Math.round(units / round) * round);
}
