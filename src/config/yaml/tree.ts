import type { Location } from '../../core/diagnostic.js';

/** What YAML said, with the place of every part: aliases and merge keys resolved, nothing interpreted yet. */
export type YamlNode = ScalarNode | ListNode | MapNode;

/** A single value. */
export interface ScalarNode {
  readonly kind: 'scalar';
  /** As YAML reads it; becomes the text itself, or the number in it, where the schema asks for that. */
  value: string | number | boolean | null;
  /** As it was written: `0700`, not 700. */
  readonly text: string;
  /** Without quotes, so that YAML guessed its type. */
  readonly isPlain: boolean;
  /** It was one `${NAME}` and nothing else, so that its type is open. */
  readonly isInterpolated: boolean;
  readonly location: Location;
}

/** A sequence. */
export interface ListNode {
  readonly kind: 'list';
  items: YamlNode[];
  readonly location: Location;
}

/** A mapping; its keys are text and in the order in which they were written. */
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

/** The way from the root to a part: keys of mappings and positions in lists. */
export type NodePath = readonly (string | number)[];

/** The path that a JSON pointer such as `/steps/a~1b/lookback` describes. */
export function parseJsonPointer(pointer: string): NodePath {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The part at a path; undefined when there is none. */
export function findNode(root: YamlNode, path: NodePath): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const part of path) {
    if (node?.kind === 'map') node = node.entries.get(String(part))?.value;
    else if (node?.kind === 'list') node = node.items[Number(part)];
    else return undefined;
  }
  return node;
}

/** The entry whose value is at a path. */
export function findEntry(root: YamlNode, path: NodePath): MapEntry | undefined {
  const parent = findNode(root, path.slice(0, -1));
  return parent?.kind === 'map' ? parent.entries.get(String(path.at(-1))) : undefined;
}

/** Where to point for the part at a path; for one that is not there, at the nearest thing around it. */
export function findLocation(root: YamlNode, path: NodePath): Location {
  for (let length = path.length; length > 0; length--) {
    const node = findNode(root, path.slice(0, length));
    if (node === undefined) continue;
    if (node.kind === 'scalar' && node.location.length > 0) return node.location;
    // A whole mapping is too much to underline; its key says which one it is.
    return findEntry(root, path.slice(0, length))?.keyLocation ?? getStart(node);
  }
  return getStart(root);
}

/** The place of the key at a path, or of what is nearest to it. */
export function findKeyLocation(root: YamlNode, path: NodePath): Location {
  return findEntry(root, path)?.keyLocation ?? findLocation(root, path);
}

/** Where a part begins: its first key, its first item, or itself. */
function getStart(node: YamlNode): Location {
  if (node.kind === 'map') {
    const [first] = node.entries.values();
    if (first !== undefined) return first.keyLocation;
  }
  return node.kind === 'scalar' ? node.location : { ...node.location, length: Math.min(node.location.length, 1) };
}

/**
 * The plain value of a tree. `__proto__` and `constructor` are keys like any other in it. Parts that aliases share stay
 * shared.
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
