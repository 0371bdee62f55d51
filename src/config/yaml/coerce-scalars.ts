import { second } from '../../core/time/time.js';
import { formatDuration } from '../../core/time/duration.js';
import type { SchemaError } from './json-schema.js';
import { hasJsonType } from './relevant-errors.js';
import { findNode, parseJsonPointer } from './tree.js';
import type { MapNode, ScalarNode } from './tree.js';

/**
 * Changes scalars that are written in another form than the schema requires: unquoted values become the text as written where it
 * requires text (`0700`, `1E5`). The value of a variable becomes what it stands for in the environment of a program: a number, a
 * switch (`1`, `yes`), a word in another case (`DEBUG`), seconds (`30.0`).
 */
export function coerceScalars(root: MapNode, errors: readonly SchemaError[]): boolean {
  let changed = false;
  const intended = new Set(errors.filter(isOfIntendedType).map(({ instancePath }) => instancePath));
  for (const error of errors) {
    const node = findNode(root, parseJsonPointer(error.instancePath));
    if (node?.kind !== 'scalar' || error.propertyName !== undefined) continue;
    // The value of a variable is always text: where a number is an alternative, it may be meant.
    if (error.keyword === 'type' && intended.has(error.instancePath) && !node.isInterpolated) continue;
    const value = coerceScalar(error, node);
    if (Object.is(value, node.value)) continue;
    node.value = value;
    changed = true;
  }
  return changed;
}

/** Returns whether a value has the type of the violated schema: a number out of range is no text, where text is an alternative. */
function isOfIntendedType(error: SchemaError): boolean {
  const { type } = error.parentSchema;
  return error.keyword !== 'type' && typeof type === 'string' && hasJsonType(error.data, type);
}

function coerceScalar(error: SchemaError, node: ScalarNode): ScalarNode['value'] {
  const { value, text, isPlain, isInterpolated } = node;
  if (error.keyword === 'type') {
    const type = String(error.params['type']);
    if (type === 'string' && isPlain && (typeof value === 'number' || typeof value === 'boolean')) return text;
    if (isInterpolated && typeof value === 'string') return coerceVariable(type, text) ?? value;
  }
  if (!isInterpolated || typeof value !== 'string') return value;
  if (error.keyword === 'enum') return findWord(error.params['allowedValues'], text) ?? value;
  if (error.keyword === 'pattern' && error.parentSchema['title'] === 'duration') return readSeconds(text) ?? value;
  return value;
}

const switches: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

function coerceVariable(type: string, text: string): number | boolean | null {
  if ((type === 'number' || type === 'integer') && /^[-+]?[0-9]+(\.[0-9]+)?$/.test(text)) return Number(text);
  return type === 'boolean' ? (switches.get(text.toLowerCase()) ?? null) : null;
}

/** Names of levels that other programs use. */
const levelAliases: Readonly<Record<string, string>> = { warning: 'warn', critical: 'error', fatal: 'error' };

/** The allowed word that a text means in another case: `DEBUG`, `WARNING`. */
function findWord(allowed: unknown, text: string): string | null {
  if (!Array.isArray(allowed)) return null;
  const lower = text.toLowerCase();
  const alias = Object.hasOwn(levelAliases, lower) ? levelAliases[lower] : undefined;
  const words = allowed.filter((word: unknown) => typeof word === 'string');
  return words.find((word) => word.toLowerCase() === lower) ?? words.find((word) => word === alias) ?? null;
}

/** A duration of so many seconds. */
function readSeconds(text: string): string | null {
  return /^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text) ? formatDuration(Number(text) * second) : null;
}
