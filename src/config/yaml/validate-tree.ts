import type { ErrorObject } from 'ajv';
import type { Location } from '../../core/diagnostic.js';
import { explainSchemaError, dropMisspeltRequired } from './explain-schema-error.js';
import type { SchemaVocabulary } from './explain-schema-error.js';
import type { ReportDiagnostic } from './problem.js';
import { selectRelevantErrors } from './relevant-errors.js';
import { findNode, parseJsonPointer, toPlainValue } from './tree.js';
import type { ListNode, MapNode, YamlNode, NodePath, ScalarNode } from './tree.js';

/** What a kind of file looks like: its compiled schema, and how to speak of what breaks it. */
export interface FileSchema<T> {
  readonly validate: {
    (value: unknown): value is T;
    readonly errors?: readonly ErrorObject[] | null;
  };
  readonly vocabulary: SchemaVocabulary;
  /** What stands for a required key that is missing at the top, for as long as the rest is being checked. */
  readonly placeholders: Readonly<Record<string, CreatePlaceholder>>;
}

/** Makes a value that points at a place. */
export type CreatePlaceholder = (location: Location) => YamlNode;

/** A file of the right shape: the schema holds for `file`, and `root` says where each part of it stands. */
export interface ValidatedTree<T> {
  readonly file: T;
  readonly root: MapNode;
  /** Whether the setting at a path, or something in it, was dropped for its mistakes: its absence means nothing then. */
  readonly wasDropped: (path: NodePath) => boolean;
  /** Whether nothing was dropped of the part that is at a path now. */
  readonly isIntact: (path: NodePath) => boolean;
}

/** So many mistakes are explained; more than that nobody reads before mending the first ones. */
const maxExplainedErrors = 200;

/**
 * Checks a tree against the schema and reports everything that breaks it. What is wrong is then taken out of the tree, so
 * that the rest can be checked for sense as well. Null when nothing is left to check.
 */
export function validateTree<T>(
  root: MapNode,
  { validate, vocabulary, placeholders }: FileSchema<T>,
  report: ReportDiagnostic,
): ValidatedTree<T> | null {
  const dropped = new Set<string>();
  const incomplete = new Set<YamlNode | undefined>();
  let hasReported = false;

  // Every round drops something, so it ends; a file that needs more rounds than this is not worth the time.
  for (let round = 0; round < 50; round++) {
    const value = toPlainValue(root);
    if (validate(value)) {
      return {
        file: value,
        root,
        wasDropped: (path) => isDropped(dropped, path.join('/')),
        isIntact: (path) => !incomplete.has(findNode(root, path)),
      };
    }
    const errors = validate.errors ?? [];
    if (coerceScalars(root, errors)) continue;
    const relevant = selectRelevantErrors(errors);
    if (!hasReported) {
      for (const error of dropMisspeltRequired(relevant.slice(0, maxExplainedErrors)))
        report(explainSchemaError(error, root, vocabulary));
      hasReported = true;
    }
    if (!removeInvalidParts(root, relevant, placeholders, { dropped, incomplete })) return null;
  }
  return null;
}

/**
 * Reads scalars again where the schema wants another type than YAML guessed: unquoted text where text is wanted is what was
 * written (`0700`, `1E5`), and a variable where a number is wanted is a number.
 */
function coerceScalars(root: MapNode, errors: readonly ErrorObject[]): boolean {
  let changed = false;
  for (const error of errors) {
    if (error.keyword !== 'type') continue;
    const node = findNode(root, parseJsonPointer(error.instancePath));
    if (node?.kind !== 'scalar') continue;
    const value = coerceScalar(String(error.params['type']), node);
    if (Object.is(value, node.value)) continue;
    node.value = value;
    changed = true;
  }
  return changed;
}

function coerceScalar(type: string, node: ScalarNode): ScalarNode['value'] {
  const { value, text, isPlain, isInterpolated } = node;
  if (type === 'string' && isPlain && (typeof value === 'number' || typeof value === 'boolean')) return text;
  if (!isInterpolated || typeof value !== 'string') return value;
  if ((type === 'number' || type === 'integer') && /^[-+]?[0-9]+(\.[0-9]+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return value;
}

function isDropped(dropped: ReadonlySet<string>, path: string): boolean {
  if (dropped.has(path)) return true;
  for (const droppedPath of dropped) if (droppedPath.startsWith(`${path}/`)) return true;
  return false;
}

/** What mending has cost: the paths that were dropped, as they were then, and everything they were a part of. */
interface RemovedParts {
  readonly dropped: Set<string>;
  readonly incomplete: Set<YamlNode | undefined>;
}

/** Takes out what the errors are about. False when there is nothing that could be taken out. */
function removeInvalidParts(
  root: MapNode,
  errors: readonly ErrorObject[],
  placeholders: FileSchema<unknown>['placeholders'],
  { dropped, incomplete }: RemovedParts,
): boolean {
  // All targets first: taking things out of a list moves what comes behind them.
  const targets = errors.map((error) => {
    const path = getOffendingPath(error);
    return { path, parent: findNode(root, path.slice(0, -1)), node: findNode(root, path) };
  });
  const removedItems = new Map<ListNode, Set<YamlNode>>();
  let changed = false;
  for (const { path, parent, node } of targets) {
    if (path.length === 0 || parent === undefined || node === undefined) continue;
    dropped.add(path.join('/'));
    for (let length = 0; length < path.length; length++) incomplete.add(findNode(root, path.slice(0, length)));
    if (parent.kind === 'map') changed = parent.entries.delete(String(path.at(-1))) || changed;
    if (parent.kind === 'list') removedItems.set(parent, (removedItems.get(parent) ?? new Set()).add(node));
  }
  for (const [list, nodes] of removedItems) list.items = list.items.filter((item) => !nodes.has(item));
  changed ||= removedItems.size > 0;
  for (const error of errors) {
    if (error.keyword === 'required' && error.instancePath === '') {
      changed = insertPlaceholder(root, placeholders, String(error.params['missingProperty'])) || changed;
    }
  }
  return changed;
}

function getOffendingPath(error: ErrorObject): NodePath {
  const path = parseJsonPointer(error.instancePath);
  if (error.keyword === 'additionalProperties') return [...path, String(error.params['additionalProperty'])];
  return error.propertyName === undefined ? path : [...path, error.propertyName];
}

function insertPlaceholder(root: MapNode, placeholders: FileSchema<unknown>['placeholders'], key: string): boolean {
  const createPlaceholder = Object.hasOwn(placeholders, key) ? placeholders[key] : undefined;
  if (createPlaceholder === undefined) return false;
  const location = { file: root.location.file, offset: 0, length: 0 };
  root.entries.set(key, { key, keyLocation: location, value: createPlaceholder(location) });
  return true;
}

/** Stands for a missing text. */
export function textPlaceholder(text: string): CreatePlaceholder {
  return (location) => ({ kind: 'scalar', value: text, text, isPlain: true, isInterpolated: false, location });
}
