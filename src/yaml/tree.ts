import type { Place } from '../core/diagnostic.js';

/** What YAML said, with the place of every part: aliases and merge keys resolved, nothing interpreted yet. */
export type Node = ScalarNode | ListNode | MapNode;

/** A single value. */
export interface ScalarNode {
  readonly kind: 'scalar';
  /** As YAML reads it; becomes the text itself, or the number in it, where the schema asks for that. */
  value: string | number | boolean | null;
  /** As it was written: `0700`, not 700. */
  readonly text: string;
  /** Without quotes, so that YAML guessed its type. */
  readonly plain: boolean;
  /** It was one `${NAME}` and nothing else, so that its type is open. */
  readonly interpolated: boolean;
  readonly place: Place;
}

/** A sequence. */
export interface ListNode {
  readonly kind: 'list';
  items: Node[];
  readonly place: Place;
}

/** A mapping; its keys are text and in the order in which they were written. */
export interface MapNode {
  readonly kind: 'map';
  readonly entries: Map<string, Entry>;
  readonly place: Place;
}

/** One key of a mapping with its value. */
export interface Entry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: Node;
}

/** The way from the root to a part: keys of mappings and positions in lists. */
export type Path = readonly (string | number)[];

/** The path that a JSON pointer such as `/steps/a~1b/lookback` describes. */
export function pathOf(pointer: string): Path {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The part at a path; undefined when there is none. */
export function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const part of path) {
    if (node?.kind === 'map') node = node.entries.get(String(part))?.value;
    else if (node?.kind === 'list') node = node.items[Number(part)];
    else return undefined;
  }
  return node;
}

/** The entry whose value is at a path. */
export function entryAt(root: Node, path: Path): Entry | undefined {
  const parent = nodeAt(root, path.slice(0, -1));
  return parent?.kind === 'map' ? parent.entries.get(String(path.at(-1))) : undefined;
}

/** Where to point for the part at a path; for one that is not there, at the nearest thing around it. */
export function placeAt(root: Node, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (node === undefined) continue;
    if (node.kind === 'scalar' && node.place.length > 0) return node.place;
    // A whole mapping is too much to underline; its key says which one it is.
    return entryAt(root, path.slice(0, length))?.keyPlace ?? startOf(node);
  }
  return startOf(root);
}

/** The place of the key at a path, or of what is nearest to it. */
export function keyPlaceAt(root: Node, path: Path): Place {
  return entryAt(root, path)?.keyPlace ?? placeAt(root, path);
}

/** Where a part begins: its first key, its first item, or itself. */
function startOf(node: Node): Place {
  if (node.kind === 'map') {
    const [first] = node.entries.values();
    if (first !== undefined) return first.keyPlace;
  }
  return node.kind === 'scalar' ? node.place : { ...node.place, length: Math.min(node.place.length, 1) };
}

/**
 * The plain value of a tree. `__proto__` and `constructor` are keys like any other in it. Parts that aliases share stay
 * shared.
 */
export function plainValue(root: Node): unknown {
  const known = new Map<Node, unknown>();
  const convert = (node: Node): unknown => {
    if (node.kind === 'scalar') return node.value;
    const before = known.get(node);
    if (before !== undefined) return before;
    const value =
      node.kind === 'list'
        ? node.items.map(convert)
        : Object.fromEntries(Array.from(node.entries, ([key, entry]) => [key, convert(entry.value)]));
    known.set(node, value);
    return value;
  };
  return convert(root);
}
