import type { Diagnostic } from '../core/diagnostic.js';
import { warning } from '../yaml/problem.js';
import { enumerate, quote } from '../yaml/text.js';
import { nodeAt } from '../yaml/tree.js';
import type { MapNode, Node } from '../yaml/tree.js';
import type { Unresolved } from './interpolate.js';
import type { UnusableChannel } from './telling.js';

/** Channels that were taken out of a tree, and what is said of their variables instead. */
export interface LeftOut {
  readonly channels: readonly UnusableChannel[];
  /** By what was reported of the variable. */
  readonly instead: ReadonlyMap<Diagnostic, Diagnostic>;
}

/**
 * Takes channels of alerts out of a tree whose variables are not there: cron starts with an empty environment, and a run
 * that cannot tell somebody is to fetch all the same. A variable that is used elsewhere too stays an error.
 */
export function leaveOutChannels(root: MapNode, unresolved: readonly Unresolved[]): LeftOut {
  const channels = nodeAt(root, ['alerts', 'channels']);
  const unset = unresolved.filter(({ variable }) => variable !== null);
  const left: UnusableChannel[] = [];
  const instead = new Map<Diagnostic, Diagnostic>();
  if (channels?.kind !== 'map' || unset.length === 0) return { channels: left, instead };

  const elsewhere = placesIn(root, channels);
  for (const [name, { value }] of channels.entries) {
    const own = placesIn(value, null);
    const missing = unset.filter(({ place }) => own.has(keyOf(place)));
    if (missing.length === 0) continue;
    channels.entries.delete(name);
    const names = enumerate([...new Set(missing.map(({ variable }) => quote(variable ?? '')))]);
    left.push({ kind: 'unusable', name, why: `the environment has no variable ${names}` });
    for (const { place, reported } of missing) {
      if (elsewhere.has(keyOf(place)) || reported.place === undefined) continue;
      const message = `${reported.message}: the channel ${quote(name)} is left out`;
      instead.set(reported, warning(reported.code, reported.place, message, reported));
    }
  }
  return { channels: left, instead };
}

/** Where the scalars of a tree stand, but for those in a part of it. */
function placesIn(root: Node, without: Node | null): ReadonlySet<string> {
  const places = new Set<string>();
  const seen = new Set<Node | null>([without]);
  const visit = (node: Node): void => {
    if (node.kind === 'scalar') places.add(keyOf(node.place));
    if (node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') node.items.forEach(visit);
    else for (const { value } of node.entries.values()) visit(value);
  };
  visit(root);
  return places;
}

function keyOf({ file, offset }: Node['place']): string {
  return `${file}:${offset}`;
}
