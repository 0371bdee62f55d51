/** The cycles of a graph of files: of every knot of files that reach each other, the shortest way round. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const reported = new Set<string>();
  for (const start of [...graph.keys()].sort()) {
    if (reported.has(start)) continue;
    const cycle = findShortestCycle(graph, start);
    if (cycle === null) continue;
    cycles.push(cycle);
    for (const file of findReachable(graph, start)) if (findReachable(graph, file).has(start)) reported.add(file);
  }
  return cycles;
}

function findReachable(graph: ReadonlyMap<string, readonly string[]>, start: string): ReadonlySet<string> {
  const reachable = new Set(graph.get(start));
  for (const file of reachable) for (const next of graph.get(file) ?? []) reachable.add(next);
  return reachable;
}

/** From a file over its imports back to itself, both ends included; null when there is no such way. */
function findShortestCycle(graph: ReadonlyMap<string, readonly string[]>, start: string): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) return pathTo(file, cameFrom).concat(start);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      queue.push(next);
    }
  }
  return null;
}

function pathTo(file: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const before = cameFrom.get(file);
  return before === undefined ? [file] : [...pathTo(before, cameFrom), file];
}
