import type { Fault } from '../../config/scenario/engine/plan-faults.js';

/** Returns the part of a list that the fault leaves in the response. */
export function truncateList<T>(items: readonly T[], fault: Fault | null): readonly T[] {
  if (fault?.kind === 'empty') return [];
  return fault?.kind === 'truncate' ? items.slice(0, Math.floor(items.length * fault.keepFraction)) : items;
}
