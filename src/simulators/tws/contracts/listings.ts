import { findKnownInstrument } from '../../../market/instruments/known-instruments.js';
import { findKnownIndianInstrument } from '../../../market/instruments/known-indian-instruments.js';
import { australianIndices, australianListings, indianIndices, indianListings } from './other-listings.js';
import { usIndices, usListings } from './us-listings.js';

/** The built-in names of stocks, which can also be found by their ids. */
export const stockListings: readonly string[] = [...usListings, ...australianListings, ...indianListings];

/** Returns whether any market has a contract of this name. */
export type IsListed = (symbol: string) => boolean;

/** Every name is listed: for tests of everything else. */
export const allListed: IsListed = () => true;

/** US exchanges list most letters, and single letters are common in examples. */
const isSingleLetter = /^[A-Z]$/;

/** `BRK B`, `BF.B`, `BAC PRK`: a class or a series of a listed name. */
const classSuffix = /[ .](?:[A-Z]|PR[A-Z]?|WS|U)$/;

/**
 * Creates the listings of a simulator: the built-in ones and the given names. No market has names such as `S0001`, but generated
 * test data has: a name with a digit is listed, a misspelt one has only letters.
 */
export function createListings(names: Iterable<string> = []): IsListed {
  const listed = new Set([
    ...usListings,
    ...usIndices,
    ...australianListings,
    ...australianIndices,
    ...indianListings,
    ...indianIndices,
    ...names,
  ]);
  const isName = (symbol: string): boolean =>
    listed.has(symbol) ||
    findKnownInstrument(symbol) !== undefined ||
    findKnownIndianInstrument(symbol) !== undefined ||
    isSingleLetter.test(symbol) ||
    /[0-9]/.test(symbol);
  return (symbol) => isName(symbol) || (classSuffix.test(symbol) && isName(symbol.replace(classSuffix, '')));
}
