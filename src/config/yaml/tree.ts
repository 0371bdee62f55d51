import type { Location } from '../../core/diagnostic.js';

/** A YAML document with the location of every part; aliases and merge keys are resolved, values not interpreted. */
export type YamlNode = ScalarNode | ListNode | MapNode;

/** A single value. */
export interface ScalarNode {
  readonly kind: 'scalar';
  /** The value as YAML reads it; validation replaces it by a text or a number where the schema requires that type. */
  value: string | number | boolean | null;
  /** The text as written in the file: `0700`, not 700. */
  readonly text: string;
  /** Unquoted, so that YAML inferred its type. */
  readonly isPlain: boolean;
  /** The whole value was one `${NAME}`, so its type is open. */
  readonly isInterpolated: boolean;
  readonly location: Location;
}

/** A sequence. */
export interface ListNode {
  readonly kind: 'list';
  items: YamlNode[];
  readonly location: Location;
}

/** A mapping; its keys are text, in file order. */
export interface MapNode {
  readonly kind: 'map';
  readonly entries: Map<string, MapEntry>;
  readonly location: Location;
}

/** One key of a mapping with its value. */
export interface MapEntry {
  readonly key: string;
  readonly keyLocation: Location;
  readonly value: YamlNode;
}

/** Path from the root to a part: keys of mappings and indexes in lists. */
export type NodePath = readonly (string | number)[];

/** Parses a JSON pointer such as `/steps/a~1b/lookback`. */
export function parseJsonPointer(pointer: string): NodePath {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Returns the part at a path; undefined if there is none. */
export function findNode(root: YamlNode, path: NodePath): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const part of path) {
    if (node?.kind === 'map') node = node.entries.get(String(part))?.value;
    else if (node?.kind === 'list') node = node.items[Number(part)];
    else return undefined;
  }
  return node;
}

/** Returns the entry whose value is at a path. */
export function findEntry(root: YamlNode, path: NodePath): MapEntry | undefined {
  const parent = findNode(root, path.slice(0, -1));
  return parent?.kind === 'map' ? parent.entries.get(String(path.at(-1))) : undefined;
}

/** Returns the location to report for a path; for a missing part, that of the nearest part around it. */
export function findLocation(root: YamlNode, path: NodePath): Location {
  for (let length = path.length; length > 0; length--) {
    const node = findNode(root, path.slice(0, length));
    if (node === undefined) continue;
    if (node.kind === 'scalar' && node.location.length > 0) return node.location;
    // A mapping is too long to underline; its key identifies it.
    return findEntry(root, path.slice(0, length))?.keyLocation ?? getStart(node);
  }
  return getStart(root);
}

/** Returns the location of the key at a path, or of the nearest part. */
export function findKeyLocation(root: YamlNode, path: NodePath): Location {
  return findEntry(root, path)?.keyLocation ?? findLocation(root, path);
}

/** Returns where a part starts: at its first key, or at itself. */
function getStart(node: YamlNode): Location {
  if (node.kind === 'map') {
    const [first] = node.entries.values();
    if (first !== undefined) return first.keyLocation;
  }
  return node.kind === 'scalar' ? node.location : { ...node.location, length: Math.min(node.location.length, 1) };
}

/**
 * Converts a tree to plain values. `__proto__` and `constructor` are ordinary keys. Parts that aliases share are shared in
 * the result.
 */
export function toPlainValue(root: YamlNode): unknown {
  const converted = new Map<YamlNode, unknown>();
  const convert = (node: YamlNode): unknown => {
    if (node.kind === 'scalar') return node.value;
    const existing = converted.get(node);
    if (existing !== undefined) return existing;
    const value =
      node.kind === 'list'
        ? node.items.map(convert)
        : Object.fromEntries(Array.from(node.entries, ([key, entry]) => [key, convert(entry.value)]));
    converted.set(node, value);
    return value;
  };
  return convert(root);
}
