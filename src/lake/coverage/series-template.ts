import type { SeriesName } from '../../core/series.js';
import { malformed } from '../lake-error.js';
import { decodeTexts, encodeTexts, expectList, textAt } from './columns.js';
import type { JsonValue } from './columns.js';

/** A series' name taken apart: `before + key + after`, where only the key differs between the series of one step. */
export interface TemplatedName {
  /** The table and a slash. */
  readonly before: string;
  /** The symbol as written in the name; for options also what is known of expiry, strike and right. */
  readonly key: string;
  /** A slash and the parameters. */
  readonly after: string;
}

/** How many parts beside the symbol tell the series of a table apart and are columns of its rows. */
const moreKeyParts: readonly (readonly [prefix: string, parts: number])[] = [
  ['option_bars/', 3],
  ['chains/', 3],
  ['option_snapshots/', 1],
];

/** Works for any text: what does not look like a series is all key. */
export function splitSeriesName(name: SeriesName): TemplatedName {
  const keyStart = name.indexOf('/') + 1;
  let keyEnd = endOfPart(name, keyStart);
  const parts = moreKeyParts.find(([prefix]) => name.startsWith(prefix))?.[1] ?? 0;
  for (let part = 0; part < parts && keyEnd < name.length; part++) keyEnd = endOfPart(name, keyEnd + 1);
  return { before: name.slice(0, keyStart), key: name.slice(keyStart, keyEnd), after: name.slice(keyEnd) };
}

function endOfPart(name: string, from: number): number {
  const slash = name.indexOf('/', from);
  return slash === -1 ? name.length : slash;
}

/** Keys as columns, one for each of their parts; a single one when they differ in how many parts they have. */
export function encodeKeys(keys: readonly string[]): JsonValue {
  const parts = keys.map((key) => key.split('/'));
  const count = parts[0]?.length ?? 1;
  if (count === 1 || parts.some(({ length }) => length !== count)) return [encodeTexts(keys)];
  return Array.from({ length: count }, (_, part) => encodeTexts(parts.map((key) => key[part] ?? '')));
}

/** Gives the key in a row. */
export function decodeKeys(value: unknown, size: number, place: string): (row: number) => string {
  const columns = expectList(value, place).map((texts, part) => decodeTexts(texts, size, `${place}[${part}]`));
  const [first] = columns;
  if (first === undefined) throw malformed(place, 'expected at least one column');
  if (columns.length > 1) return (row) => columns.map((part) => textAt(part, row)).join('/');
  return typeof first === 'string' ? () => first : (row) => first[row] ?? '';
}
