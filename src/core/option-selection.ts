import { hour } from './time/time.js';
import type { Duration } from './time/time.js';

/** The options of a chain are requested one after the other: answers further apart belong to different chains. */
export const chainDuration: Duration = hour;

/**
 * The expiries that a step takes from a chain: a number of the nearest ones, all, or those that any of several rules
 * selects.
 */
export type ExpirySelection = number | 'all' | ExpiryRules;

/** Rules that add up: an expiry is taken if one of them selects it. Days are calendar days from today. */
export interface ExpiryRules {
  /** The number of expiries nearest to today; 0 for none. */
  readonly nearest: number;
  /** For each term in days: the last expiry up to it and the first from it on, so that values can be interpolated. */
  readonly terms: readonly number[];
  /** All expiries of these terms in days, both ends inclusive; null for none. */
  readonly range: { readonly min: number; readonly max: number } | null;
}

/**
 * The strikes that a step takes of each expiry: a number on each side of the one nearest to the money, all, or those
 * that any of several rules selects.
 */
export type StrikeSelection = number | 'all' | StrikeRules;

/** Rules that add up: an option is taken if one of them selects it. */
export interface StrikeRules {
  /** The number of strikes on each side of the one nearest to the money; null for none. */
  readonly nearest: number | null;
  /** The largest distance from the price of the underlying in per cent of it; null for none. */
  readonly percent: number | null;
  /** The range of the absolute delta, both ends inclusive; null for none. */
  readonly delta: { readonly min: number; readonly max: number } | null;
}

/** Returns the rules of a selection; null for all expiries. */
export function toExpiryRules(selection: ExpirySelection): ExpiryRules | null {
  if (selection === 'all') return null;
  return typeof selection === 'number' ? { nearest: selection, terms: [], range: null } : selection;
}

/** Returns the rules of a selection; null for all strikes. */
export function toStrikeRules(selection: StrikeSelection): StrikeRules | null {
  if (selection === 'all') return null;
  return typeof selection === 'number' ? { nearest: selection, percent: null, delta: null } : selection;
}
