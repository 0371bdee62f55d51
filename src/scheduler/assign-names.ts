interface Named {
  readonly name: string;
}

/** The result of giving each name to one file. */
export interface NameAssignment<Pipeline extends Named> {
  /** The pipeline of each file; names are unique. */
  readonly served: ReadonlyMap<string, Pipeline>;
  /** Files whose name another file already has, each with that file. */
  readonly conflicts: ReadonlyMap<string, string>;
}

/**
 * Gives each name to one file, as two runs of one name would lock each other out. If several files claim a name, the file that
 * is running under it keeps it, otherwise the first one gets it. A file that loses its name keeps running under its previous
 * one. Calling this again after every change gives a name that has become free to the next file that claims it.
 */
export function assignNames<Pipeline extends Named>(
  requested: ReadonlyMap<string, Pipeline>,
  current: ReadonlyMap<string, Pipeline>,
): NameAssignment<Pipeline> {
  const served = new Map(requested);
  const conflicts = new Map<string, string>();
  for (let conflict = findConflict(served); conflict !== null; conflict = findConflict(served)) {
    const { first, second, name } = conflict;
    const [winner, loser] = current.get(second)?.name === name ? [second, first] : [first, second];
    conflicts.set(loser, winner);
    const before = current.get(loser);
    if (before === undefined || before.name === name) served.delete(loser);
    else served.set(loser, before);
  }
  return { served, conflicts };
}

/** Two files with the same name. */
interface NameConflict {
  readonly first: string;
  readonly second: string;
  readonly name: string;
}

function findConflict(served: ReadonlyMap<string, Named>): NameConflict | null {
  const ownerByName = new Map<string, string>();
  for (const [file, { name }] of served) {
    const owner = ownerByName.get(name);
    if (owner !== undefined) return { first: owner, second: file, name };
    ownerByName.set(name, file);
  }
  return null;
}
