import type { ErrorObject } from 'ajv';
import type { Place } from '../core/diagnostic.js';
import { explainError, withoutEchoes } from './explain.js';
import type { SchemaWords } from './explain.js';
import type { Report } from './problem.js';
import { relevantErrors } from './relevant-errors.js';
import { nodeAt, pathOf, plainValue } from './tree.js';
import type { ListNode, MapNode, Node, Path, ScalarNode } from './tree.js';

/** What a kind of file looks like: its compiled schema, and how to speak of what breaks it. */
export interface Shape<T> {
  readonly validate: {
    (value: unknown): value is T;
    readonly errors?: readonly ErrorObject[] | null;
  };
  readonly words: SchemaWords;
  /** What stands for a required key that is missing at the top, for as long as the rest is being checked. */
  readonly standIns: Readonly<Record<string, StandIn>>;
}

/** Makes a value that points at a place. */
export type StandIn = (place: Place) => Node;

/** A file of the right shape: the schema holds for `file`, and `root` says where each part of it stands. */
export interface Shaped<T> {
  readonly file: T;
  readonly root: MapNode;
  /** Whether the setting at a path, or something in it, was dropped for its mistakes: its absence means nothing then. */
  readonly wasDropped: (path: Path) => boolean;
  /** Whether nothing was dropped of the part that is at a path now. */
  readonly isWhole: (path: Path) => boolean;
}

/** So many mistakes are explained; more than that nobody reads before mending the first ones. */
const enough = 200;

/**
 * Checks a tree against the schema and reports everything that breaks it. What is wrong is then taken out of the tree, so
 * that the rest can be checked for sense as well. Null when nothing is left to check.
 */
export function validateTree<T>(
  root: MapNode,
  { validate, words, standIns }: Shape<T>,
  report: Report,
): Shaped<T> | null {
  const dropped = new Set<string>();
  const damaged = new Set<Node | undefined>();
  let reported = false;

  // Every round drops something, so it ends; a file that needs more rounds than this is not worth the time.
  for (let round = 0; round < 50; round++) {
    const value = plainValue(root);
    if (validate(value)) {
      return {
        file: value,
        root,
        wasDropped: (path) => isDropped(dropped, path.join('/')),
        isWhole: (path) => !damaged.has(nodeAt(root, path)),
      };
    }
    const errors = validate.errors ?? [];
    if (retype(root, errors)) continue;
    const relevant = relevantErrors(errors);
    if (!reported) {
      for (const error of withoutEchoes(relevant.slice(0, enough))) report(explainError(error, root, words));
      reported = true;
    }
    if (!mend(root, relevant, standIns, { dropped, damaged })) return null;
  }
  return null;
}

/**
 * Reads scalars again where the schema wants another type than YAML guessed: unquoted text where text is wanted is what was
 * written (`0700`, `1E5`), and a variable where a number is wanted is a number.
 */
function retype(root: MapNode, errors: readonly ErrorObject[]): boolean {
  let changed = false;
  for (const error of errors) {
    if (error.keyword !== 'type') continue;
    const node = nodeAt(root, pathOf(error.instancePath));
    if (node?.kind !== 'scalar') continue;
    const value = readingAs(String(error.params['type']), node);
    if (Object.is(value, node.value)) continue;
    node.value = value;
    changed = true;
  }
  return changed;
}

function readingAs(type: string, node: ScalarNode): ScalarNode['value'] {
  const { value, text, plain, interpolated } = node;
  if (type === 'string' && plain && (typeof value === 'number' || typeof value === 'boolean')) return text;
  if (!interpolated || typeof value !== 'string') return value;
  if ((type === 'number' || type === 'integer') && /^[-+]?[0-9]+(\.[0-9]+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return value;
}

function isDropped(dropped: ReadonlySet<string>, path: string): boolean {
  if (dropped.has(path)) return true;
  for (const one of dropped) if (one.startsWith(`${path}/`)) return true;
  return false;
}

/** What mending has cost: the paths that were dropped, as they were then, and everything they were a part of. */
interface Losses {
  readonly dropped: Set<string>;
  readonly damaged: Set<Node | undefined>;
}

/** Takes out what the errors are about. False when there is nothing that could be taken out. */
function mend(
  root: MapNode,
  errors: readonly ErrorObject[],
  standIns: Shape<unknown>['standIns'],
  { dropped, damaged }: Losses,
): boolean {
  // All targets first: taking things out of a list moves what comes behind them.
  const targets = errors.map((error) => {
    const path = droppedBy(error);
    return { path, parent: nodeAt(root, path.slice(0, -1)), node: nodeAt(root, path) };
  });
  const unwanted = new Map<ListNode, Set<Node>>();
  let changed = false;
  for (const { path, parent, node } of targets) {
    if (path.length === 0 || parent === undefined || node === undefined) continue;
    dropped.add(path.join('/'));
    for (let length = 0; length < path.length; length++) damaged.add(nodeAt(root, path.slice(0, length)));
    if (parent.kind === 'map') changed = parent.entries.delete(String(path.at(-1))) || changed;
    if (parent.kind === 'list') unwanted.set(parent, (unwanted.get(parent) ?? new Set()).add(node));
  }
  for (const [list, nodes] of unwanted) list.items = list.items.filter((item) => !nodes.has(item));
  changed ||= unwanted.size > 0;
  for (const error of errors) {
    if (error.keyword === 'required' && error.instancePath === '') {
      changed = putInPlace(root, standIns, String(error.params['missingProperty'])) || changed;
    }
  }
  return changed;
}

function droppedBy(error: ErrorObject): Path {
  const path = pathOf(error.instancePath);
  if (error.keyword === 'additionalProperties') return [...path, String(error.params['additionalProperty'])];
  return error.propertyName === undefined ? path : [...path, error.propertyName];
}

function putInPlace(root: MapNode, standIns: Shape<unknown>['standIns'], key: string): boolean {
  const make = Object.hasOwn(standIns, key) ? standIns[key] : undefined;
  if (make === undefined) return false;
  const place = { file: root.place.file, offset: 0, length: 0 };
  root.entries.set(key, { key, keyPlace: place, value: make(place) });
  return true;
}

/** Stands for a missing text. */
export function textStandIn(text: string): StandIn {
  return (place) => ({ kind: 'scalar', value: text, text, plain: true, interpolated: false, place });
}
