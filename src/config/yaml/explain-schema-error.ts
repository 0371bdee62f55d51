import type { Diagnostic, Location } from '../../core/diagnostic.js';
import type { SchemaError } from './json-schema.js';
import { suggestBarSize } from './suggest-bar-size.js';
import { closestMatch } from '../../platform/suggest.js';
import { didYouMean, problem } from './problem.js';
import { getJsonType } from './relevant-errors.js';
import { joinList } from '../../platform/format.js';
import { quote } from './quote.js';
import type { TextProblem } from './diagnose-text.js';
import { findKeyLocation, findNode, parseJsonPointer, findLocation } from './tree.js';
import type { MapNode, NodePath } from './tree.js';

/** Wording of messages about one kind of file that the schema cannot supply. */
export interface SchemaVocabulary {
  /** Keys of every object of the schema, by its title. */
  readonly keysByTitle: Readonly<Record<string, readonly string[]>>;
  /** Returns a title with its article: `an equity step`, `the pacing section`. */
  readonly addArticle: (title: string) => string;
  /** JSON Schema types of a value that may have several. */
  readonly unionTypes: (title: string) => readonly string[];
  /** Name of an enumerated value; null to list its values instead. */
  readonly enumLabel: (title: string) => string | null;
  /** Word of a title in codes such as `unknown-kind`. */
  readonly toCodeWord: (title: string) => string;
  /** Explains why a text does not match the pattern of the schema part with this title. */
  readonly explainText: (title: string, text: string) => TextProblem;
  /** Writes a text as a YAML list; by default as its only item. */
  readonly formatAsList?: (title: string, text: string) => string;
  /** Content of a mapping that must not be empty; null for one that may be. */
  readonly minimalExample?: (title: string) => string | null;
  /** Suggests one of the values of an enumeration; by default the one with the most similar letters. */
  readonly suggestValue?: (title: string, text: string, values: readonly string[]) => string | null;
  /** Other terms for settings, each with the setting that users of it mean. */
  readonly synonyms: readonly SettingSynonym[];
  /** Explains violations that the general messages do not fit; null for all others. */
  readonly explainSpecific: (violation: SchemaViolation) => Diagnostic | null;
}

/** Keys that match `pattern` mean `setting` in an object that has it. */
export interface SettingSynonym {
  readonly pattern: RegExp;
  readonly setting: string;
}

/** One violation of the schema, and the part of the file that causes it. */
export interface SchemaViolation {
  readonly error: SchemaError;
  readonly root: MapNode;
  readonly path: NodePath;
  readonly title: string;
}

/** Drops errors about a missing key where the key is present but misspelt, so that one mistake is reported once. */
export function dropMisspeltRequired(
  errors: readonly SchemaError[],
  vocabulary: SchemaVocabulary,
): readonly SchemaError[] {
  const suggestedKeys = new Set<string>();
  for (const error of errors) {
    if (error.keyword !== 'additionalProperties') continue;
    const key = findMeantKey(String(error.params['additionalProperty']), getKnownKeys(error), vocabulary);
    if (key !== null) suggestedKeys.add(`${error.instancePath}/${key}`);
  }
  return errors.filter(
    ({ keyword, instancePath, params }) =>
      keyword !== 'required' || !suggestedKeys.has(`${instancePath}/${String(params['missingProperty'])}`),
  );
}

function getKnownKeys(error: SchemaError): readonly string[] {
  const { properties } = error.parentSchema;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

/** Returns the known key that an unknown one stands for: by a synonym, else by similar letters. */
function findMeantKey(key: string, known: readonly string[], { synonyms }: SchemaVocabulary): string | null {
  const synonym = synonyms.find(({ pattern, setting }) => pattern.test(key) && known.includes(setting));
  return synonym?.setting ?? closestMatch(key, known);
}

/** Turns one violation of the schema into a diagnostic. */
export function explainSchemaError(error: SchemaError, root: MapNode, vocabulary: SchemaVocabulary): Diagnostic {
  const path = parseJsonPointer(error.instancePath);
  const location = findLocation(root, path);
  const title = getTitle(error);
  const specific = vocabulary.explainSpecific({ error, root, path, title });
  if (specific !== null) return specific;
  switch (error.keyword) {
    case 'additionalProperties':
      return explainUnknownKey(error, root, path, title, vocabulary);
    case 'required':
      return explainMissingKey(error, findKeyLocation(root, path), vocabulary.addArticle(title));
    case 'type':
    case 'anyOf':
      return explainWrongType(error, root, path, title, vocabulary);
    case 'enum':
      return explainEnum(error, location, title, vocabulary);
    case 'pattern':
      return explainPattern(error, root, path, title, vocabulary);
    case 'minItems':
      return problem('empty-list', location, `${describePath(path)} is an empty list`, {
        suggestion: 'add an entry, or remove the setting',
      });
    default:
      return explainRange(error, path, location);
  }
}

function getTitle(error: SchemaError): string {
  const { title } = error.parentSchema;
  return typeof title === 'string' ? title : 'value';
}

/** Describes a part of the file by its key, or by its position in a list. */
export function describePath(path: NodePath): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  const parent = path.at(-2);
  return /^[0-9]+$/.test(String(last)) && parent !== undefined
    ? `entry ${Number(last) + 1} of \`${parent}\``
    : quote(String(last));
}

function explainUnknownKey(
  error: SchemaError,
  root: MapNode,
  path: NodePath,
  title: string,
  vocabulary: SchemaVocabulary,
): Diagnostic {
  const key = String(error.params['additionalProperty']);
  const known = getKnownKeys(error);
  const location = findKeyLocation(root, [...path, key]);
  const message = `${quote(key)} is not a setting of ${vocabulary.addArticle(title)}`;
  return problem('unknown-key', location, message, {
    suggestion:
      didYouMean(findMeantKey(key, known, vocabulary)) ??
      suggestOwner(key, vocabulary) ??
      `the settings are ${joinList(known)}`,
  });
}

function suggestOwner(key: string, { keysByTitle, addArticle }: SchemaVocabulary): string | null {
  const owners = Object.keys(keysByTitle).filter((title) => keysByTitle[title]?.includes(key) === true);
  if (owners.length === 0 || owners.length > 4) return null;
  return `it is a setting of ${joinList(owners.map(addArticle), 'or')}`;
}

function explainMissingKey(error: SchemaError, location: Location, owner: string): Diagnostic {
  const key = String(error.params['missingProperty']);
  return problem('missing-key', location, `${owner} needs \`${key}\``, { suggestion: `add \`${key}:\`` });
}

function toTypeList(type: unknown): readonly string[] {
  return Array.isArray(type) ? type.map(String) : [String(type)];
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of settings',
  null: 'nothing (`null`)',
};

function explainWrongType(
  error: SchemaError,
  root: MapNode,
  path: NodePath,
  title: string,
  vocabulary: SchemaVocabulary,
): Diagnostic {
  const node = findNode(root, path);
  const location = node?.kind === 'scalar' && node.text !== '' ? node.location : findKeyLocation(root, path);
  const expected = error.keyword === 'type' ? toTypeList(error.params['type']) : vocabulary.unionTypes(title);
  const expectation = joinList(
    expected.map((type) => typeNames[type] ?? type),
    'or',
  );
  if (node?.kind === 'scalar' && node.value === null) {
    if (node.text === '') {
      const message = `${describePath(path)} has no value; it must be ${expectation}`;
      const [only] = expected;
      return problem('missing-value', location, message, {
        suggestion: only === 'object' ? suggestMapping(error, path, title, vocabulary) : null,
      });
    }
    return problem(
      'wrong-type',
      location,
      `an unquoted ${quote(node.text)} is null in YAML; ${describePath(path)} must be ${expectation}`,
      {
        suggestion: expected.includes('string') ? `to use it as text, quote it: \`"${node.text}"\`` : null,
      },
    );
  }
  return problem(
    'wrong-type',
    location,
    `${describePath(path)} must be ${expectation}, not ${describeValue(error.data)}`,
    {
      suggestion: suggestFix(error.data, expected, path, title, vocabulary),
    },
  );
}

/** Suggests what to write for a mapping without a value: an empty one, where that is valid. */
function suggestMapping(
  error: SchemaError,
  path: NodePath,
  title: string,
  { minimalExample }: SchemaVocabulary,
): string | null {
  const key = String(path.at(-1));
  const example = minimalExample?.(title) ?? null;
  if (example !== null) return `for example \`${key}: { ${example} }\``;
  const { required, minProperties, oneOf } = error.parentSchema;
  const mayBeEmpty = required === undefined && minProperties === undefined && oneOf === undefined;
  return mayBeEmpty && !/^[0-9]+$/.test(key) ? `write \`${key}: {}\` to use the defaults` : null;
}

function describeValue(value: unknown): string {
  switch (getJsonType(value)) {
    case 'array':
      return 'a list';
    case 'object':
      return 'a mapping';
    case 'string':
      return `the text ${quote(String(value))}`;
    default:
      return quote(String(value));
  }
}

function suggestFix(
  value: unknown,
  expected: readonly string[],
  path: NodePath,
  title: string,
  { formatAsList = (_, text) => `[${text}]` }: SchemaVocabulary,
): string | null {
  const [type] = expected;
  if ((type === 'number' || type === 'integer') && typeof value === 'string' && /^-?[0-9]+$/.test(value)) {
    return `remove the quotes: \`${value}\``;
  }
  if (type === 'array' && typeof value === 'string')
    return `write it as a list: \`${String(path.at(-1))}: ${formatAsList(title, value)}\``;
  if (type === 'array' && getJsonType(value) === 'object')
    return `start every ${title === 'list of symbols' ? 'symbol' : 'entry'} with \`- \``;
  return null;
}

function explainEnum(error: SchemaError, location: Location, title: string, vocabulary: SchemaVocabulary): Diagnostic {
  const allowed: unknown = error.params['allowedValues'];
  const values: readonly string[] = Array.isArray(allowed) ? allowed.map(String) : [];
  const text = String(error.data);
  const { suggestValue = (_: string, given: string) => closestMatch(given, values) } = vocabulary;
  const closest = title === 'bar size' ? suggestBarSize(text) : suggestValue(title, text, values);
  const label = vocabulary.enumLabel(title);
  const [only] = values;
  const message = `${quote(text)} is not ${label ?? `one of ${joinList(values, 'or')}`}`;
  const suggestion = values.length === 1 ? `the only value is \`${only ?? ''}\`` : `one of ${joinList(values, 'or')}`;
  return problem(`unknown-${vocabulary.toCodeWord(title)}`, location, message, {
    suggestion: didYouMean(closest) ?? (label === null ? null : suggestion),
  });
}

function explainPattern(
  error: SchemaError,
  root: MapNode,
  path: NodePath,
  title: string,
  vocabulary: SchemaVocabulary,
): Diagnostic {
  const key = error.propertyName;
  const text = key ?? String(error.data);
  const location = key === undefined ? findLocation(root, path) : findKeyLocation(root, [...path, key]);
  const { code, message, suggestion } = vocabulary.explainText(title, text);
  return problem(code, location, message, { suggestion });
}

function explainRange(error: SchemaError, path: NodePath, location: Location): Diagnostic {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = error.parentSchema;
  const lowerBound =
    typeof exclusiveMinimum === 'number' ? `more than ${exclusiveMinimum}` : `at least ${String(minimum)}`;
  const upperBound =
    typeof exclusiveMaximum === 'number' ? `less than ${exclusiveMaximum}` : `at most ${String(maximum)}`;
  return problem(
    'out-of-range',
    location,
    `${describePath(path)} is ${String(error.data)}; it must be ${lowerBound} and ${upperBound}`,
  );
}
