import { isFiniteNumber, isInteger, isRecord, isString, listOf } from '../platform/json.js';
import type { Guard, JsonObject } from '../platform/json.js';
import { malformedError } from './lake-error.js';

/*
 * Values parsed from a file of the lake, with the type that they must have. Each function throws a `LakeError` that names the
 * location of a value of another type.
 */

export function expectRecord(value: unknown, location: string): JsonObject {
  return expectType(isRecord, value, location, 'an object');
}

export function expectText(value: unknown, location: string): string {
  return expectType(isString, value, location, 'text');
}

export function expectInteger(value: unknown, location: string): number {
  return expectType(isInteger, value, location, 'a whole number');
}

export function expectNumber(value: unknown, location: string): number {
  return expectType(isFiniteNumber, value, location, 'a number');
}

export function expectNumbers(value: unknown, size: number, location: string): readonly number[] {
  const numbers = expectType(listOf(isFiniteNumber), value, location, 'a list of numbers');
  if (numbers.length !== size) throw malformedError(location, `expected ${size} numbers, found ${numbers.length}`);
  return numbers;
}

export function expectList(value: unknown, location: string): readonly unknown[] {
  return Array.isArray(value) ? value : throwMalformed(location, 'expected a list');
}

export function expectTexts(value: unknown, location: string): readonly string[] {
  return expectType(listOf(isString), value, location, 'a list of texts');
}

function expectType<T>(isExpected: Guard<T>, value: unknown, location: string, description: string): T {
  return isExpected(value) ? value : throwMalformed(location, `expected ${description}`);
}

/** `malformedError` as an expression. */
export function throwMalformed(location: string, problem: string): never {
  throw malformedError(location, problem);
}
