import type { Right } from '../../../core/series.js';
import { toDayNumber } from '../../../core/time/time.js';
import type { LocalDate } from '../../../core/time/time.js';

/**
 * The numbers that the contracts on one underlying share out among themselves. A contract keeps its number all its life and
 * leaves it to another when it has expired, as at the exchange: the expiry takes one of so many places in turn, and within
 * it every strike has its own.
 */
export interface NumberBlock {
  readonly first: number;
  /** More than there are expiries listed at once. */
  readonly expirySlots: number;
  /** In what expiries are counted. */
  readonly unit: 'week' | 'month';
  /** More than there are strikes listed for one expiry. */
  readonly strikes: number;
}

/** How many numbers a block has. */
export function blockSize({ expirySlots, strikes }: NumberBlock): number {
  return expirySlots * (1 + 2 * strikes);
}

/** The number of a future. */
export function futureNumber(block: NumberBlock, expiry: LocalDate): number {
  return block.first + expirySlot(block, expiry);
}

/** The number of an option; `step` is the distance of strikes. */
export function optionNumber(
  block: NumberBlock,
  expiry: LocalDate,
  strike: number,
  strikeStep: number,
  right: Right,
): number {
  const strikeSlot = Math.round(strike / strikeStep) % block.strikes;
  return (
    block.first +
    block.expirySlots +
    2 * (expirySlot(block, expiry) * block.strikes + strikeSlot) +
    (right === 'C' ? 0 : 1)
  );
}

function expirySlot({ expirySlots, unit }: NumberBlock, expiry: LocalDate): number {
  if (unit === 'week') return Math.floor(toDayNumber(expiry) / 7) % expirySlots;
  return (Number(expiry.slice(0, 4)) * 12 + Number(expiry.slice(5, 7))) % expirySlots;
}
