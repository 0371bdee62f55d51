import type { Diagnostic } from '../../../core/diagnostic.js';
import { warning } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { quote } from '../../yaml/quote.js';
import { findNode } from '../../yaml/tree.js';
import type { MapNode, NodePath, YamlNode } from '../../yaml/tree.js';
import type { UnresolvedValue } from './interpolate.js';

/** An entry with unset environment variables, which has no effect. */
export interface DisabledEntry {
  readonly kind: 'disabled';
  readonly name: string;
  readonly reason: string;
}

/** Entries that were removed from a tree, and the warnings that replace the errors about their variables. */
export interface DisabledEntries {
  readonly entries: readonly DisabledEntry[];
  /** By the diagnostic of the unset variable. */
  readonly replacements: ReadonlyMap<Diagnostic, Diagnostic>;
}

export const noDisabledEntries: DisabledEntries = { entries: [], replacements: new Map() };

/**
 * Removes entries with unset variables from a mapping of a tree: cron starts with an empty environment, and a run fetches data even
 * if it cannot send notifications or copies. A variable that is also used elsewhere remains an error.
 */
export function disableUnsetEntries(
  root: MapNode,
  path: NodePath,
  noun: string,
  unresolved: readonly UnresolvedValue[],
): DisabledEntries {
  const node = findNode(root, path);
  const unset = unresolved.filter(({ variable }) => variable !== null);
  if (node?.kind !== 'map' || unset.length === 0) return noDisabledEntries;

  const entries: DisabledEntry[] = [];
  const replacements = new Map<Diagnostic, Diagnostic>();
  const otherLocations = collectLocations(root, node);
  for (const [name, { value }] of node.entries) {
    const entryLocations = collectLocations(value, null);
    const missing = unset.filter(({ location }) => entryLocations.has(toLocationKey(location)));
    if (missing.length === 0) continue;
    node.entries.delete(name);
    const names = [...new Set(missing.map(({ variable }) => quote(variable ?? '')))];
    const subject = names.length === 1 ? 'environment variable' : 'environment variables';
    const verb = names.length === 1 ? 'is' : 'are';
    entries.push({ kind: 'disabled', name, reason: `the ${subject} ${joinList(names)} ${verb} not set` });
    for (const { location, diagnostic } of missing) {
      if (otherLocations.has(toLocationKey(location)) || diagnostic.location === undefined) continue;
      const message = `${diagnostic.message}; the ${noun} ${quote(name)} is disabled`;
      replacements.set(diagnostic, warning(diagnostic.code, diagnostic.location, message, diagnostic));
    }
  }
  return { entries, replacements };
}

/** Collects the locations of the scalars of a tree, except those of an excluded part. */
function collectLocations(root: YamlNode, excluded: YamlNode | null): ReadonlySet<string> {
  const locations = new Set<string>();
  const seen = new Set<YamlNode | null>([excluded]);
  const visit = (node: YamlNode): void => {
    if (node.kind === 'scalar') locations.add(toLocationKey(node.location));
    if (node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') node.items.forEach(visit);
    else for (const { value } of node.entries.values()) visit(value);
  };
  visit(root);
  return locations;
}

function toLocationKey({ file, offset }: YamlNode['location']): string {
  return `${file}:${offset}`;
}
