import { expectList } from '../expect-json.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { malformedError } from '../lake-error.js';
import { decodeTexts, encodeTexts, getText } from './column-encoding.js';
import type { JsonValue } from './column-encoding.js';

/** The name of a series is `prefix + key + suffix`; only the key differs between the series of one step. */
export interface SplitSeriesName {
  /** The table and a slash. */
  readonly prefix: string;
  /** The symbol as in the name; for options also expiry, strike and right, as far as the name has them. */
  readonly key: string;
  /** A slash and the parameters. */
  readonly suffix: string;
}

/**
 * The number of parts of the name, beside the symbol, that distinguish the series of a table and are columns of its
 * rows.
 */
const extraPartCounts: readonly (readonly [prefix: string, parts: number])[] = [
  ['option_bars/', 3],
  ['chains/', 3],
  ['option_snapshots/', 1],
];

/** Accepts any text: if a text is not the name of a series, the whole text is the key. */
export function splitSeriesName(name: SeriesName): SplitSeriesName {
  const keyStart = name.indexOf('/') + 1;
  let keyEnd = findPartEnd(name, keyStart);
  const parts = extraPartCounts.find(([prefix]) => name.startsWith(prefix))?.[1] ?? 0;
  for (let part = 0; part < parts && keyEnd < name.length; part++) keyEnd = findPartEnd(name, keyEnd + 1);
  return { prefix: name.slice(0, keyStart), key: name.slice(keyStart, keyEnd), suffix: name.slice(keyEnd) };
}

/** Identifies a series of a provider within a table. */
export function seriesKey(provider: ProviderName, series: SeriesName): string {
  return `${provider} ${series}`;
}

function findPartEnd(name: string, from: number): number {
  const slash = name.indexOf('/', from);
  return slash === -1 ? name.length : slash;
}

/** Encodes keys as columns, one for each of their parts; as a single column if they differ in the number of parts. */
export function encodeKeys(keys: readonly string[]): JsonValue {
  const parts = keys.map((key) => key.split('/'));
  const count = parts[0]?.length ?? 1;
  if (count === 1 || parts.some(({ length }) => length !== count)) return [encodeTexts(keys)];
  return Array.from({ length: count }, (_, part) => encodeTexts(parts.map((key) => key[part] ?? '')));
}

/** Returns a function that returns the key of a row. */
export function decodeKeys(value: unknown, size: number, location: string): (row: number) => string {
  const columns = expectList(value, location).map((texts, part) => decodeTexts(texts, size, `${location}[${part}]`));
  const [first] = columns;
  if (first === undefined) throw malformedError(location, 'expected at least one column');
  if (columns.length > 1) return (row) => columns.map((part) => getText(part, row)).join('/');
  return typeof first === 'string' ? () => first : (row) => first[row] ?? '';
}
