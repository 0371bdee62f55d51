import { toExpiryRules, toStrikeRules } from '../../core/option-selection.js';
import type { ExpirySelection, StrikeSelection } from '../../core/option-selection.js';
import type { OptionsStep } from '../../config/pipeline/pipeline.js';

/*
 * Guesses for selections whose size depends on a chain that is not known yet. They are those of a liquid US stock: an
 * expiry a week, and strikes one per cent apart. The plan is made again when the chain is there.
 */
const daysBetweenExpiries = 7;
const listedExpiries = 20;
const percentBetweenStrikes = 1;
const listedStrikes = 100;
/** The strikes whose deltas lie between 0 and 1; a part of this range has a part of them. */
const strikesWithDelta = 40;

/** The size of a selection before the chain is known. */
export interface SelectionEstimate {
  readonly expiries: number;
  /** Options of each expiry. */
  readonly options: number;
}

export function estimateSelection({
  expiries,
  strikes,
  rights,
}: Pick<OptionsStep, 'expiries' | 'strikes' | 'rights'>): SelectionEstimate {
  return { expiries: estimateExpiries(expiries), options: estimateStrikes(strikes) * rights.length };
}

function estimateExpiries(selection: ExpirySelection): number {
  const rules = toExpiryRules(selection);
  if (rules === null) return listedExpiries;
  const { nearest, terms, range } = rules;
  // The last one up to a term and the first one from it on, unless the nearest ones reach that far.
  const beyond = terms.filter((term) => term > nearest * daysBetweenExpiries);
  const inRange = range === null ? 0 : Math.ceil((range.max - range.min + 1) / daysBetweenExpiries);
  return Math.min(listedExpiries, Math.max(1, nearest + 2 * beyond.length + inRange));
}

function estimateStrikes(selection: StrikeSelection): number {
  const rules = toStrikeRules(selection);
  if (rules === null) return listedStrikes;
  const { nearest, percent, delta } = rules;
  const counts = [
    nearest === null ? 0 : 2 * nearest + 1,
    percent === null ? 0 : 2 * Math.floor(percent / percentBetweenStrikes) + 1,
    delta === null ? 0 : Math.ceil((delta.max - delta.min) * strikesWithDelta),
  ];
  return Math.max(1, ...counts);
}
