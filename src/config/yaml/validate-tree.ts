import type { Location } from '../../core/diagnostic.js';
import { coerceScalars } from './coerce-scalars.js';
import { explainSchemaError, dropMisspeltRequired } from './explain-schema-error.js';
import type { SchemaVocabulary } from './explain-schema-error.js';
import type { SchemaError, ValidateSchema } from './json-schema.js';
import type { ReportDiagnostic } from './problem.js';
import { selectRelevantErrors } from './relevant-errors.js';
import { findNode, parseJsonPointer, toPlainValue } from './tree.js';
import type { ListNode, MapNode, YamlNode, NodePath } from './tree.js';

/** The compiled schema of a kind of file, and the wording of its violations. */
export interface FileSchema<T> {
  readonly validate: ValidateSchema<T>;
  readonly vocabulary: SchemaVocabulary;
  /** Values that replace missing required keys at the top, so that the rest can be checked. */
  readonly placeholders: Readonly<Record<string, CreatePlaceholder>>;
}

/** Creates a value at a location. */
export type CreatePlaceholder = (location: Location) => YamlNode;

/** A tree that matches the schema: `file` holds its values, `root` their locations. */
export interface ValidatedTree<T> {
  readonly file: T;
  readonly root: MapNode;
  /** Returns whether the setting at a path, or a part of it, was dropped because it was invalid. */
  readonly wasDropped: (path: NodePath) => boolean;
  /** Returns whether no part of the value at a path was dropped. */
  readonly isIntact: (path: NodePath) => boolean;
}

/** Limit on explained errors; users correct the first ones before they read more. */
const maxExplainedErrors = 200;

/**
 * Checks a tree against the schema and reports every violation. Invalid parts are then removed from the tree, so that the
 * remaining checks can run. Returns null if no valid file remains.
 */
export function validateTree<T>(
  root: MapNode,
  { validate, vocabulary, placeholders }: FileSchema<T>,
  report: ReportDiagnostic,
): ValidatedTree<T> | null {
  const dropped = new Set<string>();
  const incomplete = new Set<YamlNode | undefined>();
  let hasReported = false;

  // Every round removes a part, so the loop ends; the limit bounds the time for files with nested errors.
  for (let round = 0; round < 50; round++) {
    const value = toPlainValue(root);
    const validated = validate(value);
    if (validated.ok) {
      return {
        file: validated.value,
        root,
        wasDropped: (path) => isDropped(dropped, path.join('/')),
        isIntact: (path) => !incomplete.has(findNode(root, path)),
      };
    }
    const errors = validated.error;
    if (coerceScalars(root, errors)) continue;
    const relevant = selectRelevantErrors(errors);
    if (!hasReported) {
      for (const error of dropMisspeltRequired(relevant.slice(0, maxExplainedErrors), vocabulary))
        report(explainSchemaError(error, root, vocabulary));
      hasReported = true;
    }
    if (!removeInvalidParts(root, relevant, placeholders, { dropped, incomplete })) return null;
  }
  return null;
}

function isDropped(dropped: ReadonlySet<string>, path: string): boolean {
  if (dropped.has(path)) return true;
  for (const droppedPath of dropped) if (droppedPath.startsWith(`${path}/`)) return true;
  return false;
}

/** The paths that were removed, as they were at that time, and all parts that contained them. */
interface RemovedParts {
  readonly dropped: Set<string>;
  readonly incomplete: Set<YamlNode | undefined>;
}

/** Removes the parts that the errors are about. Returns false if nothing could be removed. */
function removeInvalidParts(
  root: MapNode,
  errors: readonly SchemaError[],
  placeholders: FileSchema<unknown>['placeholders'],
  { dropped, incomplete }: RemovedParts,
): boolean {
  // All targets are resolved first, because removing items of a list changes the indexes of the items after them.
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

function getOffendingPath(error: SchemaError): NodePath {
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

/** Returns a placeholder for a missing text. */
export function textPlaceholder(text: string): CreatePlaceholder {
  return (location) => ({ kind: 'scalar', value: text, text, isPlain: true, isInterpolated: false, location });
}
