import type { ErrorObject } from 'ajv';
import type { Diagnostic, Place } from '../core/diagnostic.js';
import { nearestBarSize } from './bar-size.js';
import { explainText } from './explain-text.js';
import { nearest } from '../core/nearest.js';
import { didYouMean, problem } from './problem.js';
import { schemaOf, typeOf, wantsOneOfKeys } from './relevant-errors.js';
import { schemaKeys } from './schema.generated.js';
import { enumerate, quote } from './text.js';
import { keyPlaceAt, nodeAt, pathOf, placeAt } from './tree.js';
import type { MapNode, Path } from './tree.js';

const stepTypes = ['contracts', 'chains', 'equity', 'options'];
const budgetKinds = ['rolling', 'open'];

/** `an equity step`, `the pacing section`: how a message speaks of a part of the file. */
export function withArticle(title: string): string {
  if (title.endsWith('section') || title.startsWith('defaults') || title === 'steps' || title === 'weights')
    return `the ${title}`;
  return /^[aeio]/i.test(title) ? `an ${title}` : `a ${title}`;
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
export function explainError(error: ErrorObject, root: MapNode): Diagnostic {
  const path = pathOf(error.instancePath);
  const place = placeAt(root, path);
  const title = titleOf(error);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(error, root, path, title);
    case 'required':
      return missingKey(error, path, keyPlaceAt(root, path), title);
    case 'type':
    case 'anyOf':
      return wantsOneOfKeys(error)
        ? problem('missing-key', place, 'an entry needs a `symbol`, or a `file` of them', {
            suggestion: 'add `symbol: AAPL`',
          })
        : wrongType(error, root, path, title);
    case 'enum':
      return notOneOf(error, place, title);
    case 'const':
      return wrongStepType(error, path, place);
    case 'discriminator':
      return unknownTag(error, root, path);
    case 'pattern':
      return wrongText(error, root, path, title);
    case 'minItems':
      return problem('empty-list', place, `${nameOf(path)} is an empty list`, {
        suggestion: 'leave it out, or name something',
      });
    case 'minProperties':
      return problem('empty-mapping', place, `${nameOf(path)} is empty: nothing would be fetched`, {
        suggestion: 'add `contracts: {}`',
      });
    case 'maxProperties':
      return problem(
        'too-many-steps',
        place,
        `${nameOf(path)} names more than ${String(error.params['limit'])} steps`,
        {
          suggestion: 'make several pipelines of them',
        },
      );
    default:
      return outOfRange(error, path, place);
  }
}

function titleOf(error: ErrorObject): string {
  const { title } = schemaOf(error);
  return typeof title === 'string' ? title : 'value';
}

/** The part of the file as the user calls it: its key, or its position in a list. */
function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  const parent = path.at(-2);
  return /^[0-9]+$/.test(String(last)) && parent !== undefined
    ? `entry ${Number(last) + 1} of \`${parent}\``
    : quote(String(last));
}

function unknownKey(error: ErrorObject, root: MapNode, path: Path, title: string): Diagnostic {
  const key = String(error.params['additionalProperty']);
  const known = knownKeys(error);
  const place = keyPlaceAt(root, [...path, key]);
  const message = `${quote(key)} is not a setting of ${withArticle(title)}`;
  return problem('unknown-key', place, message, {
    suggestion: didYouMean(nearest(key, known)) ?? whereItBelongs(key) ?? `known are ${enumerate(known)}`,
  });
}

function whereItBelongs(key: string): string | null {
  const owners = Object.keys(schemaKeys).filter((title) => schemaKeys[title]?.includes(key) === true);
  if (owners.length === 0 || owners.length > 4) return null;
  return `it is a setting of ${enumerate(owners.map(withArticle), 'or')}`;
}

function missingKey(error: ErrorObject, path: Path, place: Place, title: string): Diagnostic {
  const key = String(error.params['missingProperty']);
  if (title === 'step' && key === 'uses') {
    const name = String(path.at(-1));
    const meant = nearest(name, stepTypes);
    return problem(
      'missing-key',
      place,
      `${quote(name)} is not a step type, so the step has to say of which type it is with \`uses\``,
      {
        suggestion:
          meant === null
            ? `add \`uses: equity\`, or one of ${enumerate(stepTypes.filter((type) => type !== 'equity'))}`
            : didYouMean(meant),
      },
    );
  }
  const example = key === 'name' && title === 'pipeline' ? 'name: daily' : key === 'kind' ? 'kind: rolling' : `${key}:`;
  return problem('missing-key', place, `${withArticle(title)} needs \`${key}\``, { suggestion: `add \`${example}\`` });
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of settings',
};

function wantedBy(error: ErrorObject): readonly string[] {
  if (error.keyword === 'type') return [String(error.params['type'])];
  return titleOf(error) === 'value' ? ['string', 'object'] : ['string', 'array'];
}

function wrongType(error: ErrorObject, root: MapNode, path: Path, title: string): Diagnostic {
  const node = nodeAt(root, path);
  const place = node?.kind === 'scalar' && node.text !== '' ? node.place : keyPlaceAt(root, path);
  const wanted = wantedBy(error);
  const expectation = enumerate(
    wanted.map((type) => words[type] ?? type),
    'or',
  );
  if (node?.kind === 'scalar' && node.value === null) {
    if (node.text === '') {
      const message = `${nameOf(path)} has no value; it has to be ${expectation}`;
      const [only] = wanted;
      return problem('no-value', place, message, {
        suggestion: only === 'object' ? `write \`${String(path.at(-1))}: {}\` when there is nothing to say` : null,
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
    suggestion: rightType(error.data, wanted, path, title),
  });
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

function rightType(value: unknown, wanted: readonly string[], path: Path, title: string): string | null {
  const [type] = wanted;
  if ((type === 'number' || type === 'integer') && typeof value === 'string' && /^-?[0-9]+$/.test(value)) {
    return `leave out the quotes: \`${value}\``;
  }
  if (type === 'array' && typeof value === 'string')
    return `write it as a list: \`${String(path.at(-1))}: [${value}]\``;
  if (title === 'list of symbols' && typeOf(value) === 'object') return 'begin every symbol with `- `';
  return null;
}

function notOneOf(error: ErrorObject, place: Place, title: string): Diagnostic {
  const params: unknown = error.params['allowedValues'];
  const values = Array.isArray(params) ? params.map(String) : [];
  const written = String(error.data);
  const meant = title === 'bar size' ? nearestBarSize(written) : nearest(written, values);
  const label = title === 'hours' || title === 'what the bars are made of' ? 'one of its values' : withArticle(title);
  const [only] = values;
  const message = `${quote(written)} is not ${label}${label === 'one of its values' ? `: ${enumerate(values, 'or')}` : ''}`;
  const suggestion =
    values.length === 1 ? `the only one so far is \`${only ?? ''}\`` : `one of ${enumerate(values, 'or')}`;
  return problem(`unknown-${codeOf(title)}`, place, message, {
    suggestion: didYouMean(meant) ?? (label === 'one of its values' ? null : suggestion),
  });
}

function codeOf(title: string): string {
  if (title === 'instrument kind') return 'kind';
  if (title === 'what the bars are made of') return 'what';
  return title.replaceAll(' ', '-');
}

/** A step named after one type that says it is of another. */
function wrongStepType(error: ErrorObject, path: Path, place: Place): Diagnostic {
  const name = String(path.at(-2));
  const message = `a step called \`${name}\` is ${withArticle(`${name} step`)}, and this says ${quote(String(error.data))}`;
  return problem('wrong-step-type', place, message, { suggestion: 'give the step another name, or leave out `uses`' });
}

function unknownTag(error: ErrorObject, root: MapNode, path: Path): Diagnostic {
  const tag = String(error.params['tag']);
  const written = nodeAt(root, [...path, tag]);
  const place = placeAt(root, [...path, tag]);
  const values = tag === 'uses' ? stepTypes : budgetKinds;
  const what = tag === 'uses' ? 'a step type' : 'a budget kind';
  const text = written?.kind === 'scalar' ? written.text : '';
  const message = text === '' ? `\`${tag}\` has to be ${what}` : `${quote(text)} is not ${what}`;
  return problem(`unknown-${tag === 'uses' ? 'step-type' : 'budget-kind'}`, place, message, {
    suggestion: didYouMean(nearest(text, values)) ?? `one of ${enumerate(values, 'or')}`,
  });
}

function wrongText(error: ErrorObject, root: MapNode, path: Path, title: string): Diagnostic {
  const key = error.propertyName;
  const text = key ?? String(error.data);
  const place = key === undefined ? placeAt(root, path) : keyPlaceAt(root, [...path, key]);
  const { code, message, suggestion } = explainText(title, text);
  return problem(code, place, message, { suggestion });
}

function outOfRange(error: ErrorObject, path: Path, place: Place): Diagnostic {
  const { minimum, exclusiveMinimum, maximum } = schemaOf(error);
  const low = typeof exclusiveMinimum === 'number' ? `more than ${exclusiveMinimum}` : `at least ${String(minimum)}`;
  return problem(
    'out-of-range',
    place,
    `${nameOf(path)} is ${String(error.data)}; it has to be ${low} and at most ${String(maximum)}`,
  );
}
