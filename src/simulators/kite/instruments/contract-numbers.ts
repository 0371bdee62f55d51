import type { Right } from '../../../core/series.js';
import { dayNumber } from '../../../core/time.js';
import type { LocalDate } from '../../../core/time.js';

/**
 * The numbers that the contracts on one underlying share out among themselves. A contract keeps its number all its life and
 * leaves it to another when it has expired, as at the exchange: the expiry takes one of so many places in turn, and within
 * it every strike has its own.
 */
export interface NumberBlock {
  readonly first: number;
  /** More than there are expiries listed at once. */
  readonly places: number;
  /** In what expiries are counted. */
  readonly unit: 'week' | 'month';
  /** More than there are strikes listed for one expiry. */
  readonly strikes: number;
}

/** How many numbers a block has. */
export function blockLength({ places, strikes }: NumberBlock): number {
  return places * (1 + 2 * strikes);
}

/** The number of a future. */
export function futureNumber(block: NumberBlock, expiry: LocalDate): number {
  return block.first + placeOf(block, expiry);
}

/** The number of an option; `step` is the distance of strikes. */
export function optionNumber(
  block: NumberBlock,
  expiry: LocalDate,
  strike: number,
  step: number,
  right: Right,
): number {
  const position = Math.round(strike / step) % block.strikes;
  return block.first + block.places + 2 * (placeOf(block, expiry) * block.strikes + position) + (right === 'C' ? 0 : 1);
}

function placeOf({ places, unit }: NumberBlock, expiry: LocalDate): number {
  if (unit === 'week') return Math.floor(dayNumber(expiry) / 7) % places;
  return (Number(expiry.slice(0, 4)) * 12 + Number(expiry.slice(5, 7))) % places;
}
