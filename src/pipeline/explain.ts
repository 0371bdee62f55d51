import type { Diagnostic } from '../core/diagnostic.js';
import { nearest } from '../core/nearest.js';
import { nameOf } from '../yaml/explain.js';
import type { BrokenRule, SchemaWords } from '../yaml/explain.js';
import { didYouMean, problem } from '../yaml/problem.js';
import { wantsOneOfKeys } from '../yaml/relevant-errors.js';
import { enumerate, quote } from '../yaml/text.js';
import { keyPlaceAt, nodeAt, placeAt } from '../yaml/tree.js';
import { commandLine } from './command-line.js';
import { explainText } from './explain-text.js';
import { stepTypes } from './prerequisites.js';
import { schemaKeys } from './schema.generated.js';

const budgetKinds = ['rolling', 'open'];
const channelKinds = ['webhook', 'email', 'command'];

/** How messages speak of pipelines. */
export const pipelineWords: SchemaWords = {
  keys: schemaKeys,
  withArticle,
  // Only an entry of a list of symbols has no title.
  choiceTypes: (title) => (title === 'value' ? ['string', 'object'] : ['string', 'array']),
  enumLabel: (title) => (title === 'hours' || title === 'what the bars are made of' ? null : withArticle(title)),
  codeOf(title) {
    if (title === 'instrument kind') return 'kind';
    if (title === 'what the bars are made of') return 'what';
    return title.replaceAll(' ', '-');
  },
  explainText,
  asList: (title, text) => (title === 'command' ? commandLine(text) : `[${text}]`),
  leastOf: (title) => leastKeys[title] ?? null,
  explainOwn,
};

const leastKeys: Readonly<Record<string, string>> = { schedule: 'every: 5m', steps: 'contracts: {}' };

function withArticle(title: string): string {
  if (title.endsWith('section') || title.startsWith('defaults') || title === 'steps' || title === 'weights')
    return `the ${title}`;
  return /^[aeio]/i.test(title) ? `an ${title}` : `a ${title}`;
}

function explainOwn(broken: BrokenRule): Diagnostic | null {
  const { error, root, path } = broken;
  const place = placeAt(root, path);
  switch (error.keyword) {
    case 'required':
      return missingKey(broken);
    case 'additionalProperties':
      return misplacedDefault(broken);
    case 'anyOf':
      return wantsOneOfKeys(error)
        ? problem('missing-key', place, 'an entry needs a `symbol`, or a `file` of them', {
            suggestion: 'add `symbol: AAPL`',
          })
        : null;
    case 'const':
      return wrongStepType(broken);
    case 'discriminator':
      return unknownTag(broken);
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
      return null;
  }
}

function missingKey({ error, root, path, title }: BrokenRule): Diagnostic | null {
  const place = keyPlaceAt(root, path);
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
  if (key === 'command' || (key === 'dataset' && title === 'input')) {
    const line = key === 'command' ? '`command: [python3, score.py]`' : '`dataset: equity_bars`';
    return problem('missing-key', place, `${withArticle(title)} needs \`${key}\``, { suggestion: `add ${line}` });
  }
  const example =
    key === 'name' && title === 'pipeline'
      ? 'name: daily'
      : key === 'kind'
        ? `kind: ${title === 'channel' ? 'webhook' : 'rolling'}`
        : null;
  if (example === null) return null;
  return problem('missing-key', place, `${withArticle(title)} needs \`${key}\``, { suggestion: `add \`${example}\`` });
}

/** A setting of steps or symbols that stands above them, where people write what is to hold for all of them. */
function misplacedDefault({ error, root, path, title }: BrokenRule): Diagnostic | null {
  if (title !== 'pipeline' && title !== 'defaults section') return null;
  const key = String(error.params['additionalProperty']);
  const owner = (['steps', 'symbols'] as const).find(
    (one) => schemaKeys[`defaults for ${one}`]?.includes(key) === true,
  );
  if (owner === undefined) return null;
  const message = `${quote(key)} is not a setting of ${withArticle(title)}`;
  return problem('unknown-key', keyPlaceAt(root, [...path, key]), message, {
    suggestion: `write \`defaults: { ${owner}: { ${key}: … } }\` if it is to hold for all ${owner}`,
  });
}

/** A step named after one type that says it is of another. */
function wrongStepType({ error, root, path }: BrokenRule): Diagnostic {
  const name = String(path.at(-2));
  const message = `a step called \`${name}\` is ${withArticle(`${name} step`)}, and this says ${quote(String(error.data))}`;
  return problem('wrong-step-type', placeAt(root, path), message, {
    suggestion: 'give the step another name, or leave out `uses`',
  });
}

function unknownTag({ error, root, path, title }: BrokenRule): Diagnostic {
  const tag = String(error.params['tag']);
  const written = nodeAt(root, [...path, tag]);
  const place = placeAt(root, [...path, tag]);
  const [what, values] =
    tag === 'uses'
      ? ['step type', stepTypes]
      : title === 'channel'
        ? ['channel kind', channelKinds]
        : ['budget kind', budgetKinds];
  const text = written?.kind === 'scalar' ? written.text : '';
  const message = text === '' ? `\`${tag}\` has to be a ${what}` : `${quote(text)} is not a ${what}`;
  return problem(`unknown-${what.replace(' ', '-')}`, place, message, {
    suggestion: didYouMean(nearest(text, values)) ?? `one of ${enumerate(values, 'or')}`,
  });
}
