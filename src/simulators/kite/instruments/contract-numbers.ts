import type { Right } from '../../../core/series.js';
import { toDayNumber } from '../../../core/time/time.js';
import type { LocalDate } from '../../../core/time/time.js';

/**
 * The range of exchange tokens of the contracts on one underlying. A contract keeps its number until it expires; then another
 * contract reuses the number, as at the exchange. Each expiry has one slot of the block, each strike one position in the slot.
 */
export interface NumberBlock {
  readonly first: number;
  /** Greater than the number of expiries listed at once. */
  readonly expirySlots: number;
  /** Period that each expiry slot stands for. */
  readonly unit: 'week' | 'month';
  /** Greater than the number of strikes listed for one expiry. */
  readonly strikes: number;
}

/** Returns the count of numbers in a block. */
export function blockSize({ expirySlots, strikes }: NumberBlock): number {
  return expirySlots * (1 + 2 * strikes);
}

export function futureNumber(block: NumberBlock, expiry: LocalDate): number {
  return block.first + expirySlot(block, expiry);
}

/** Returns the number of an option; `strikeStep` is the distance between strikes. */
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
