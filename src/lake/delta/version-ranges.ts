/*
 * The tag `pipe.commits` of a file has the versions of the commits whose rows are in it, such as `3,5-12,14`. A month of runs
 * every minute is merged into one file; without ranges its tag would have tens of thousands of characters.
 */

export function formatVersionRanges(versions: Iterable<number>): string {
  const ranges: { first: number; last: number }[] = [];
  for (const version of [...versions].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && version <= range.last + 1) range.last = version;
    else ranges.push({ first: version, last: version });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/** The versions in such a text; ignores anything else in it. */
export function parseVersionRanges(text: string): ReadonlySet<number> {
  const versions = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) continue;
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    for (let version = first; version <= last; version++) versions.add(version);
  }
  return versions;
}
