import type { SeriesName } from '../../core/series.js';

/** A series' name taken apart: `before + key + after`, where only the key differs between the series of one step. */
export interface TemplatedName {
  /** The table and a slash. */
  readonly before: string;
  /** The symbol as written in the name; for an option also its expiry, strike and right. */
  readonly key: string;
  /** A slash and the parameters. */
  readonly after: string;
}

const optionPrefix = 'option_bars/';

/** Works for any text: what does not look like a series is all key. */
export function splitSeriesName(name: SeriesName): TemplatedName {
  const keyStart = name.indexOf('/') + 1;
  let keyEnd = endOfPart(name, keyStart);
  if (name.startsWith(optionPrefix)) {
    for (let part = 0; part < 3 && keyEnd < name.length; part++) keyEnd = endOfPart(name, keyEnd + 1);
  }
  return { before: name.slice(0, keyStart), key: name.slice(keyStart, keyEnd), after: name.slice(keyEnd) };
}

function endOfPart(name: string, from: number): number {
  const slash = name.indexOf('/', from);
  return slash === -1 ? name.length : slash;
}
