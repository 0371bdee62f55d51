import { describeFileError } from './files/describe-file-error.js';
import { readFile } from './files/read-file.js';
import { err, ok } from '../core/result.js';
import type { Result } from '../core/result.js';
import { errorMessage, isNotFound } from './error-message.js';

/** A JSON object whose members are not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Narrows a parsed value to a type. */
export type Guard<T> = (value: unknown) => value is T;

/** Turns a parsed value into a type; null for a value of another shape. */
export type Decode<T> = (value: unknown) => T | null;

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isString(value: unknown): value is string {
  return typeof value === 'string';
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

/** Excludes NaN and the infinities, which JSON cannot hold. */
export function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** A whole number, zero or more. */
export function isCount(value: unknown): value is number {
  return isInteger(value) && value >= 0;
}

/** Milliseconds since 1970. */
export function isInstant(value: unknown): value is number {
  return isFiniteNumber(value);
}

/** An instant as ISO 8601 text. */
export function isInstantText(value: unknown): value is string {
  return isString(value) && Number.isFinite(Date.parse(value));
}

/** Accepts null beside what a guard accepts. */
export function nullable<T>(isMember: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || isMember(value);
}

/** Accepts an absent member beside what a guard accepts. */
export function optional<T>(isMember: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || isMember(value);
}

/** Accepts a list whose items all pass a guard. */
export function listOf<T>(isItem: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(isItem);
}

/** Accepts an object whose members all pass a guard. */
export function recordOf<T>(isMember: Guard<T>): Guard<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> => isRecord(value) && Object.values(value).every(isMember);
}

/** Accepts an object whose listed members each pass their guard; other members are ignored. */
export function objectOf<T extends object>(guards: { readonly [Key in keyof T]-?: Guard<T[Key]> }): Guard<T> {
  const entries = Object.entries<Guard<unknown>>(guards);
  return (value): value is T => isRecord(value) && entries.every(([key, isMember]) => isMember(value[key]));
}

/** Accepts the given texts, listed as the keys of an object so that the compiler notices a missing one. */
export function oneOf<T extends string>(known: Readonly<Record<T, true>>): Guard<T> {
  return (value): value is T => isString(value) && Object.hasOwn(known, value);
}

/** A decoder that passes a value through when it has the type of a guard. */
export function decodeIf<T>(isExpected: Guard<T>): Decode<T> {
  return (value) => (isExpected(value) ? value : null);
}

/** Parses JSON; null for text that is not JSON, which is also what the text `null` gives. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Parses one line of a file of JSON lines; null for a line torn by a crash and for a value of another shape. */
export function parseJsonLine<T>(line: string, decode: Decode<T>): T | null {
  return line === '' ? null : decode(parseJson(line));
}

/** The reason why a document could not be read. */
export type DocumentError =
  /** There is no such file. */
  | { readonly kind: 'missing' }
  /** The disk reported an error. */
  | { readonly kind: 'unreadable'; readonly message: string; readonly cause: unknown }
  | { readonly kind: 'invalid-json'; readonly message: string }
  /** The document's `v` is not the version that this program writes. */
  | { readonly kind: 'unsupported-version'; readonly version: unknown }
  | { readonly kind: 'invalid-content' };

/** Options for reading a document. */
export interface DocumentOptions {
  /** The value that the document's member `v` must have; unchecked if absent. */
  readonly version?: number;
}

export interface ReadDocumentOptions extends DocumentOptions {
  /** Gives the text of a file, null if there is none; reads the disk if absent. */
  readonly read?: (path: string) => Promise<string | null>;
}

/** Decodes the text of a JSON document. */
export function parseDocument<T>(
  text: string,
  decode: Decode<T>,
  { version }: DocumentOptions = {},
): Result<T, DocumentError> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return err({ kind: 'invalid-json', message: errorMessage(error) });
  }
  if (version !== undefined && isRecord(document) && document['v'] !== version)
    return err({ kind: 'unsupported-version', version: document['v'] });
  const value = decode(document);
  return value === null ? err({ kind: 'invalid-content' }) : ok(value);
}

/** Reads and decodes a JSON document. */
export async function readDocument<T>(
  path: string,
  decode: Decode<T>,
  { read = readTextFile, ...options }: ReadDocumentOptions = {},
): Promise<Result<T, DocumentError>> {
  let text: string | null;
  try {
    text = await read(path);
  } catch (error) {
    return err({ kind: 'unreadable', message: describeFileError(error), cause: error });
  }
  return text === null ? err({ kind: 'missing' }) : parseDocument(text, decode, options);
}

/**
 * Reads a document that the program can do without: null if it is missing, torn or of another shape. Errors of the disk are
 * thrown: a document that cannot be read may still be a valid one.
 */
export async function readOptionalDocument<T>(
  path: string,
  decode: Decode<T>,
  options: ReadDocumentOptions = {},
): Promise<T | null> {
  const document = await readDocument(path, decode, options);
  if (document.ok) return document.value;
  if (document.error.kind === 'unreadable') throw document.error.cause;
  return null;
}

/** Describes the reason why a document could not be read, to follow the name of its file. */
export function describeDocumentError(error: DocumentError): string {
  switch (error.kind) {
    case 'missing':
      return 'does not exist';
    case 'unreadable':
      return `cannot be read: ${error.message}`;
    case 'invalid-json':
      return `is not valid JSON: ${error.message}`;
    case 'unsupported-version':
      return error.version === undefined
        ? 'has no version'
        : `has an unsupported version: ${JSON.stringify(error.version)}`;
    case 'invalid-content':
      return 'does not have the expected content';
  }
}

async function readTextFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
