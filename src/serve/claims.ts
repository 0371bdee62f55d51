/** What a file is run as. */
interface Named {
  readonly name: string;
}

/** Which file is run under which name. */
export interface Claims<Pipeline extends Named> {
  /** What each file is to be run as; no name is there twice. */
  readonly served: ReadonlyMap<string, Pipeline>;
  /** Files that cannot be run as they are, each with the file that has the name already. */
  readonly clashes: ReadonlyMap<string, string>;
}

/**
 * Gives every name to one file: two runs of one name would exclude each other. Of those that want a name the one that is run
 * under it keeps it, else the first; whoever goes away empty-handed goes on as it was. Asked anew after every change, it gives
 * a name that has become free to those who were refused it.
 */
export function claimsOf<Pipeline extends Named>(
  wanted: ReadonlyMap<string, Pipeline>,
  kept: ReadonlyMap<string, Pipeline>,
): Claims<Pipeline> {
  const served = new Map(wanted);
  const clashes = new Map<string, string>();
  for (let pair = firstClash(served); pair !== null; pair = firstClash(served)) {
    const [first, second, name] = pair;
    const [winner, loser] = kept.get(second)?.name === name ? [second, first] : [first, second];
    clashes.set(loser, winner);
    const before = kept.get(loser);
    if (before === undefined || before.name === name) served.delete(loser);
    else served.set(loser, before);
  }
  return { served, clashes };
}

function firstClash(served: ReadonlyMap<string, Named>): readonly [string, string, string] | null {
  const holders = new Map<string, string>();
  for (const [file, { name }] of served) {
    const holder = holders.get(name);
    if (holder !== undefined) return [holder, file, name];
    holders.set(name, file);
  }
  return null;
}
