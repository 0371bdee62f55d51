import type { Diagnostic } from '../../../core/diagnostic.js';
import { warning } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { quote } from '../../yaml/quote.js';
import { findNode } from '../../yaml/tree.js';
import type { MapNode, YamlNode } from '../../yaml/tree.js';
import type { UnresolvedValue } from '../files/interpolate.js';
import type { DisabledChannel } from './notifications.js';

/** Channels that were removed from a tree, and the warnings that replace the errors about their variables. */
export interface DisabledChannels {
  readonly channels: readonly DisabledChannel[];
  /** By the diagnostic of the unset variable. */
  readonly replacements: ReadonlyMap<Diagnostic, Diagnostic>;
}

/**
 * Removes alert channels with unset variables from a tree: cron starts with an empty environment, and a run fetches data even
 * if it cannot send notifications. A variable that is also used elsewhere remains an error.
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
    const names = [...new Set(missing.map(({ variable }) => quote(variable ?? '')))];
    const subject = names.length === 1 ? 'environment variable' : 'environment variables';
    const verb = names.length === 1 ? 'is' : 'are';
    disabled.push({ kind: 'disabled', name, reason: `the ${subject} ${joinList(names)} ${verb} not set` });
    for (const { location, diagnostic } of missing) {
      if (otherLocations.has(toLocationKey(location)) || diagnostic.location === undefined) continue;
      const message = `${diagnostic.message}; the channel ${quote(name)} is disabled`;
      replacements.set(diagnostic, warning(diagnostic.code, diagnostic.location, message, diagnostic));
    }
  }
  return { channels: disabled, replacements };
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
