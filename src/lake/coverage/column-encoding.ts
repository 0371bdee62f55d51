import { isFiniteNumber } from '../../platform/json.js';
import { malformedError } from '../lake-error.js';
import { expectNumbers, expectRecord, expectTexts, throwMalformed } from '../expect-json.js';

/** Any value that JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A decoded column of numbers: one value for all rows, or one per row. */
export type NumberValues = number | readonly number[];

/** A decoded column of text: one value for all rows, or one per row. */
export type TextValues = string | readonly string[];

/**
 * Encodes numbers: `7` if all are equal, otherwise `[first, difference, difference, …]`, so that instants of one batch and
 * ascending numbers take two or three characters each. `{ "is": [7.5, …] }` if a difference would not be exact.
 */
export function encodeNumbers(values: readonly number[]): JsonValue {
  const first = values[0];
  if (first !== undefined && values.every((value) => value === first)) return first;
  let previous = 0;
  const differences = values.map((value) => {
    const difference = value - previous;
    previous = value;
    return difference;
  });
  return values.every(Number.isSafeInteger) && differences.every(Number.isSafeInteger) ? differences : { is: values };
}

export function decodeNumbers(value: unknown, size: number, location: string): NumberValues {
  if (isFiniteNumber(value)) return value;
  if (!Array.isArray(value)) return expectNumbers(expectRecord(value, location)['is'], size, `${location}.is`);
  const differences = expectNumbers(value, size, location);
  let sum = 0;
  const result = differences.map((difference) => (sum += difference));
  if (!result.every(Number.isSafeInteger))
    throw malformedError(location, 'the differences do not add up to whole numbers');
  return result;
}

/** Decodes a column of positions or counts: whole numbers, zero or more. */
export function decodeCounts(value: unknown, size: number, location: string): NumberValues {
  const counts = decodeNumbers(value, size, location);
  const list = typeof counts === 'number' ? [counts] : counts;
  if (!list.every((count) => Number.isSafeInteger(count) && count >= 0))
    throw malformedError(location, 'expected counts');
  return counts;
}

/**
 * Encodes texts: `"AAPL"` if all are equal, `["AAPL", "MSFT"]` if most differ, otherwise every distinct text once and the
 * position of each row's text: `{ "of": ["C", "P"], "at": [0, 1, 1] }`.
 */
export function encodeTexts(values: readonly string[]): JsonValue {
  const positions = new Map<string, number>();
  for (const value of values) if (!positions.has(value)) positions.set(value, positions.size);
  const first = values[0];
  if (positions.size === 1 && first !== undefined) return first;
  if (positions.size * 2 > values.length) return values;
  return { of: [...positions.keys()], at: values.map((value) => positions.get(value) ?? 0) };
}

export function decodeTexts(value: unknown, size: number, location: string): TextValues {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    if (value.length !== size) throw malformedError(location, `expected ${size} texts, found ${value.length}`);
    return expectTexts(value, location);
  }
  const { of: texts, at } = expectRecord(value, location);
  const dictionary = expectTexts(texts, `${location}.of`);
  if (!Array.isArray(at) || at.length !== size) throw malformedError(`${location}.at`, `expected ${size} positions`);
  return at.map((position: unknown, index) => {
    const text = typeof position === 'number' ? dictionary[position] : undefined;
    return text ?? throwMalformed(`${location}.at[${index}]`, 'expected a position in the list of texts');
  });
}

/** The value in one row of a column of numbers. */
export function getNumber(values: NumberValues, row: number): number {
  return typeof values === 'number' ? values : (values[row] ?? 0);
}

/** The value in one row of a column of text. */
export function getText(values: TextValues, row: number): string {
  return typeof values === 'string' ? values : (values[row] ?? '');
}
