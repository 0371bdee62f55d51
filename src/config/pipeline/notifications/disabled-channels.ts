import type { Diagnostic } from '../../../core/diagnostic.js';
import { warning } from '../../yaml/problem.js';
import { joinList, quote } from '../../yaml/quote.js';
import { findNode } from '../../yaml/tree.js';
import type { MapNode, YamlNode } from '../../yaml/tree.js';
import type { UnresolvedValue } from '../files/interpolate.js';
import type { DisabledChannel } from './notifications.js';

/** Channels that were taken out of a tree, and what is said of their variables instead. */
export interface DisabledChannels {
  readonly channels: readonly DisabledChannel[];
  /** By what was reported of the variable. */
  readonly replacements: ReadonlyMap<Diagnostic, Diagnostic>;
}

/**
 * Takes channels of alerts out of a tree whose variables are not there: cron starts with an empty environment, and a run
 * that cannot tell somebody is to fetch all the same. A variable that is used elsewhere too stays an error.
 */
export function disableChannels(root: MapNode, unresolved: readonly UnresolvedValue[]): DisabledChannels {
  const channels = findNode(root, ['alerts', 'channels']);
  const unset = unresolved.filter(({ variable }) => variable !== null);
  const disabled: DisabledChannel[] = [];
  const replacements = new Map<Diagnostic, Diagnostic>();
  if (channels?.kind !== 'map' || unset.length === 0) return { channels: disabled, replacements };

  const otherLocations = collectLocations(root, channels);
  for (const [name, { value }] of channels.entries) {
    const channelLocations = collectLocations(value, null);
    const missing = unset.filter(({ location }) => channelLocations.has(toLocationKey(location)));
    if (missing.length === 0) continue;
    channels.entries.delete(name);
    const names = joinList([...new Set(missing.map(({ variable }) => quote(variable ?? '')))]);
    disabled.push({ kind: 'unusable', name, reason: `the environment has no variable ${names}` });
    for (const { location, diagnostic } of missing) {
      if (otherLocations.has(toLocationKey(location)) || diagnostic.location === undefined) continue;
      const message = `${diagnostic.message}: the channel ${quote(name)} is left out`;
      replacements.set(diagnostic, warning(diagnostic.code, diagnostic.location, message, diagnostic));
    }
  }
  return { channels: disabled, replacements };
}

/** Where the scalars of a tree stand, but for those in a part of it. */
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
