import { findSimplestFraction } from './simplest-fraction.js';
import type { ActionKind, BarComparison } from './compare-bars.js';

export type RevisionKind = ActionKind | 'revision';

/** A comparison with a difference. */
export type BarChange = Extract<BarComparison, { readonly kind: RevisionKind }>;

/** Names a difference: `4:1 split (prices × 0.25)`, `dividend (prices × 0.9876)`, `revision of 3 bars`. */
export function describeChange(change: BarChange): string {
  switch (change.kind) {
    case 'split':
    case 'scale': {
      const name = change.kind === 'split' ? 'split' : 'change of scale';
      return `${formatRatio(change.ratio)} ${name} (prices × ${formatNumber(change.ratio)})`;
    }
    case 'dividend':
      return `dividend adjustment (prices × ${formatNumber(change.ratio)})`;
    case 'revision':
      return `revision: ${describeRevisedBars(change)}`;
  }
}

function describeRevisedBars(change: Extract<BarChange, { kind: 'revision' }>): string {
  const { changedBars, addedBars, removedBars, largestChange } = change;
  const parts = [
    ...(changedBars === 0 ? [] : [`${String(changedBars)} changed by ${String(largestChange)} price steps at most`]),
    ...(addedBars === 0 ? [] : [`${String(addedBars)} added`]),
    ...(removedBars === 0 ? [] : [`${String(removedBars)} gone`]),
  ];
  return `bars ${parts.join(', ')}`;
}

/** Shares after and before: 4:1 multiplies the number of shares by four and divides prices. */
function formatRatio(ratio: number): string {
  const fraction = findSimplestFraction((1 - 1e-9) * ratio, (1 + 1e-9) * ratio, 1_000);
  return fraction === null
    ? `1:${formatNumber(ratio)}`
    : `${String(fraction.denominator)}:${String(fraction.numerator)}`;
}

function formatNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Returns whether people should know: a change of scale, or more than one step of the last digit in bars that stay. */
export function isMaterial(change: BarChange): boolean {
  return change.kind !== 'revision' || change.largestChange > 1 || change.addedBars > 0 || change.removedBars > 0;
}
