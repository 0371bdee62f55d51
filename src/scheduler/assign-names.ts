/** What a file is run as. */
interface Named {
  readonly name: string;
}

/** Which file is run under which name. */
export interface NameAssignment<Pipeline extends Named> {
  /** What each file is to be run as; no name is there twice. */
  readonly served: ReadonlyMap<string, Pipeline>;
  /** Files that cannot be run as they are, each with the file that has the name already. */
  readonly conflicts: ReadonlyMap<string, string>;
}

/**
 * Gives every name to one file: two runs of one name would exclude each other. Of those that want a name the one that is run
 * under it keeps it, else the first; whoever goes away empty-handed goes on as it was. Asked anew after every change, it gives
 * a name that has become free to those who were refused it.
 */
export function assignNames<Pipeline extends Named>(
  requested: ReadonlyMap<string, Pipeline>,
  current: ReadonlyMap<string, Pipeline>,
): NameAssignment<Pipeline> {
  const served = new Map(requested);
  const conflicts = new Map<string, string>();
  for (let conflict = findConflict(served); conflict !== null; conflict = findConflict(served)) {
    const [first, second, name] = conflict;
    const [winner, loser] = current.get(second)?.name === name ? [second, first] : [first, second];
    conflicts.set(loser, winner);
    const before = current.get(loser);
    if (before === undefined || before.name === name) served.delete(loser);
    else served.set(loser, before);
  }
  return { served, conflicts };
}

function findConflict(served: ReadonlyMap<string, Named>): readonly [string, string, string] | null {
  const ownerByName = new Map<string, string>();
  for (const [file, { name }] of served) {
    const owner = ownerByName.get(name);
    if (owner !== undefined) return [owner, file, name];
    ownerByName.set(name, file);
  }
  return null;
}
