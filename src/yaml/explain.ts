import type { ErrorObject } from 'ajv';
import type { Diagnostic, Place } from '../core/diagnostic.js';
import { nearestBarSize } from '../core/nearest-bar-size.js';
import { nearest } from '../core/nearest.js';
import { didYouMean, problem } from './problem.js';
import { schemaOf, typeOf } from './relevant-errors.js';
import { enumerate, quote } from './text.js';
import type { TextProblem } from './text-problems.js';
import { keyPlaceAt, nodeAt, pathOf, placeAt } from './tree.js';
import type { MapNode, Path } from './tree.js';

/** How messages speak of one kind of file: what the schema itself cannot say. */
export interface SchemaWords {
  /** The keys that each object of the schema knows, by its title. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** `an equity step`, `the pacing section`: how a message speaks of a part of the file. */
  readonly withArticle: (title: string) => string;
  /** The types of a value that may be of several, in the words of JSON schema. */
  readonly choiceTypes: (title: string) => readonly string[];
  /** What a value with a closed set of choices is called; null to name the choices instead. */
  readonly enumLabel: (title: string) => string | null;
  /** The word that a title has in codes such as `unknown-kind`. */
  readonly codeOf: (title: string) => string;
  /** Says what a text lacks to be what its place wants, which the schema names by its title. */
  readonly explainText: (title: string, text: string) => TextProblem;
  /** A text as the list of texts that was wanted; by default the whole of it is the only one. */
  readonly asList?: (title: string, text: string) => string;
  /** What a mapping says that must not be empty; null for one that may be. */
  readonly leastOf?: (title: string) => string | null;
  /** What the general sentences do not fit; null for everything else. */
  readonly explainOwn: (broken: BrokenRule) => Diagnostic | null;
}

/** One broken rule of the schema, and the part of the file that breaks it. */
export interface BrokenRule {
  readonly error: ErrorObject;
  readonly root: MapNode;
  readonly path: Path;
  readonly title: string;
}

/** Leaves out that a key is missing where it stands misspelt: one mistake is told once. */
export function withoutEchoes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const meant = new Set<string>();
  for (const error of errors) {
    if (error.keyword !== 'additionalProperties') continue;
    const key = nearest(String(error.params['additionalProperty']), knownKeys(error));
    if (key !== null) meant.add(`${error.instancePath}/${key}`);
  }
  return errors.filter(
    ({ keyword, instancePath, params }) =>
      keyword !== 'required' || !meant.has(`${instancePath}/${String(params['missingProperty'])}`),
  );
}

function knownKeys(error: ErrorObject): readonly string[] {
  const { properties } = schemaOf(error);
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

/** One broken rule of the schema, in words. */
export function explainError(error: ErrorObject, root: MapNode, words: SchemaWords): Diagnostic {
  const path = pathOf(error.instancePath);
  const place = placeAt(root, path);
  const title = titleOf(error);
  const own = words.explainOwn({ error, root, path, title });
  if (own !== null) return own;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(error, root, path, title, words);
    case 'required':
      return missingKey(error, keyPlaceAt(root, path), words.withArticle(title));
    case 'type':
    case 'anyOf':
      return wrongType(error, root, path, title, words);
    case 'enum':
      return notOneOf(error, place, title, words);
    case 'pattern':
      return wrongText(error, root, path, title, words);
    case 'minItems':
      return problem('empty-list', place, `${nameOf(path)} is an empty list`, {
        suggestion: 'leave it out, or name something',
      });
    default:
      return outOfRange(error, path, place);
  }
}

function titleOf(error: ErrorObject): string {
  const { title } = schemaOf(error);
  return typeof title === 'string' ? title : 'value';
}

/** A part of the file as the user calls it: its key, or its position in a list. */
export function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  const parent = path.at(-2);
  return /^[0-9]+$/.test(String(last)) && parent !== undefined
    ? `entry ${Number(last) + 1} of \`${parent}\``
    : quote(String(last));
}

function unknownKey(error: ErrorObject, root: MapNode, path: Path, title: string, words: SchemaWords): Diagnostic {
  const key = String(error.params['additionalProperty']);
  const known = knownKeys(error);
  const place = keyPlaceAt(root, [...path, key]);
  const message = `${quote(key)} is not a setting of ${words.withArticle(title)}`;
  return problem('unknown-key', place, message, {
    suggestion: didYouMean(nearest(key, known)) ?? whereItBelongs(key, words) ?? `known are ${enumerate(known)}`,
  });
}

function whereItBelongs(key: string, { keys, withArticle }: SchemaWords): string | null {
  const owners = Object.keys(keys).filter((title) => keys[title]?.includes(key) === true);
  if (owners.length === 0 || owners.length > 4) return null;
  return `it is a setting of ${enumerate(owners.map(withArticle), 'or')}`;
}

function missingKey(error: ErrorObject, place: Place, owner: string): Diagnostic {
  const key = String(error.params['missingProperty']);
  return problem('missing-key', place, `${owner} needs \`${key}\``, { suggestion: `add \`${key}:\`` });
}

function typesOf(type: unknown): readonly string[] {
  return Array.isArray(type) ? type.map(String) : [String(type)];
}

const typesInWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of settings',
  null: 'nothing (`null`)',
};

function wrongType(error: ErrorObject, root: MapNode, path: Path, title: string, words: SchemaWords): Diagnostic {
  const node = nodeAt(root, path);
  const place = node?.kind === 'scalar' && node.text !== '' ? node.place : keyPlaceAt(root, path);
  const wanted = error.keyword === 'type' ? typesOf(error.params['type']) : words.choiceTypes(title);
  const expectation = enumerate(
    wanted.map((type) => typesInWords[type] ?? type),
    'or',
  );
  if (node?.kind === 'scalar' && node.value === null) {
    if (node.text === '') {
      const message = `${nameOf(path)} has no value; it has to be ${expectation}`;
      const [only] = wanted;
      return problem('no-value', place, message, {
        suggestion: only === 'object' ? whatMapping(error, path, title, words) : null,
      });
    }
    return problem(
      'wrong-type',
      place,
      `an unquoted ${quote(node.text)} means nothing in YAML; ${nameOf(path)} has to be ${expectation}`,
      {
        suggestion: wanted.includes('string') ? `quote it if it is meant: \`"${node.text}"\`` : null,
      },
    );
  }
  return problem('wrong-type', place, `${nameOf(path)} has to be ${expectation}, and this is ${inWords(error.data)}`, {
    suggestion: rightType(error.data, wanted, path, title, words),
  });
}

/** What to write for a mapping that says nothing: an empty one, where that is valid. */
function whatMapping(error: ErrorObject, path: Path, title: string, { leastOf }: SchemaWords): string | null {
  const key = String(path.at(-1));
  const least = leastOf?.(title) ?? null;
  if (least !== null) return `such as \`${key}: { ${least} }\``;
  const { required, minProperties, oneOf } = schemaOf(error);
  const mayBeEmpty = required === undefined && minProperties === undefined && oneOf === undefined;
  return mayBeEmpty && !/^[0-9]+$/.test(key) ? `write \`${key}: {}\` when there is nothing to say` : null;
}

function inWords(value: unknown): string {
  switch (typeOf(value)) {
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

function rightType(
  value: unknown,
  wanted: readonly string[],
  path: Path,
  title: string,
  { asList = (_, text) => `[${text}]` }: SchemaWords,
): string | null {
  const [type] = wanted;
  if ((type === 'number' || type === 'integer') && typeof value === 'string' && /^-?[0-9]+$/.test(value)) {
    return `leave out the quotes: \`${value}\``;
  }
  if (type === 'array' && typeof value === 'string')
    return `write it as a list: \`${String(path.at(-1))}: ${asList(title, value)}\``;
  if (title === 'list of symbols' && typeOf(value) === 'object') return 'begin every symbol with `- `';
  return null;
}

function notOneOf(error: ErrorObject, place: Place, title: string, words: SchemaWords): Diagnostic {
  const params: unknown = error.params['allowedValues'];
  const values = Array.isArray(params) ? params.map(String) : [];
  const written = String(error.data);
  const meant = title === 'bar size' ? nearestBarSize(written) : nearest(written, values);
  const label = words.enumLabel(title);
  const [only] = values;
  const message = `${quote(written)} is not ${label ?? `one of its values: ${enumerate(values, 'or')}`}`;
  const suggestion =
    values.length === 1 ? `the only one so far is \`${only ?? ''}\`` : `one of ${enumerate(values, 'or')}`;
  return problem(`unknown-${words.codeOf(title)}`, place, message, {
    suggestion: didYouMean(meant) ?? (label === null ? null : suggestion),
  });
}

function wrongText(error: ErrorObject, root: MapNode, path: Path, title: string, words: SchemaWords): Diagnostic {
  const key = error.propertyName;
  const text = key ?? String(error.data);
  const place = key === undefined ? placeAt(root, path) : keyPlaceAt(root, [...path, key]);
  const { code, message, suggestion } = words.explainText(title, text);
  return problem(code, place, message, { suggestion });
}

function outOfRange(error: ErrorObject, path: Path, place: Place): Diagnostic {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schemaOf(error);
  const low = typeof exclusiveMinimum === 'number' ? `more than ${exclusiveMinimum}` : `at least ${String(minimum)}`;
  const high = typeof exclusiveMaximum === 'number' ? `less than ${exclusiveMaximum}` : `at most ${String(maximum)}`;
  return problem('out-of-range', place, `${nameOf(path)} is ${String(error.data)}; it has to be ${low} and ${high}`);
}
