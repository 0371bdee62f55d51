import type { Expiry } from './expiries.js';

/** The strikes listed for one expiry: the multiples `first … last` of a step. */
export interface StrikeRange {
  readonly step: number;
  readonly first: number;
  readonly last: number;
}

/** The interval, in days, at which the exchange checks whether the price has left the listed strikes. */
const daysBetweenReviews = 28;

/**
 * The strikes listed by a day. The step is fixed when the expiry is listed; strikes are added when the price has moved
 * and never removed, so that a chain fetched yesterday is part of today's.
 */
export function listStrikes(
  day: number,
  expiry: Expiry,
  getSpot: (day: number) => number,
  getStep: GetStrikeStep,
): StrikeRange {
  const step = getStep(getSpot(expiry.listedDay), expiry.day - expiry.listedDay);
  let low = Infinity;
  let high = 0;
  for (let review = expiry.listedDay; review <= Math.min(day, expiry.day); review += daysBetweenReviews) {
    const width = 0.08 + 0.3 * Math.sqrt((expiry.day - review) / 365);
    const spot = getSpot(review);
    low = Math.min(low, spot * (1 - width));
    high = Math.max(high, spot * (1 + width));
  }
  return { step, first: Math.max(1, Math.ceil(low / step)), last: Math.max(1, Math.floor(high / step)) };
}

export function isListed({ step, first, last }: StrikeRange, strike: number): boolean {
  const number = strike / step;
  return Number.isInteger(number) && number >= first && number <= last;
}

/** The distance between strikes at a price, for a term in days. */
export type GetStrikeStep = (spot: number, term: number) => number;

/** Steps by price level; long-dated options are listed half as densely. */
export function getDefaultStrikeStep(spot: number, term: number): number {
  const [, step] = stepsByPrice.find(([below]) => spot < below) ?? [Infinity, 500];
  return term > 366 ? 2 * step : step;
}

const stepsByPrice: readonly (readonly [number, number])[] = [
  [25, 0.5],
  [75, 1],
  [200, 2.5],
  [500, 5],
  [1_000, 10],
  [2_500, 25],
  [10_000, 50],
  [50_000, 100],
  [200_000, 500],
];
