import type { Diagnostic, Place } from '../core/diagnostic.js';
import { parseDuration } from '../core/duration.js';
import { nearest } from '../core/nearest.js';
import type { BrokenRule, SchemaWords } from '../yaml/explain.js';
import { didYouMean, problem } from '../yaml/problem.js';
import { enumerate, quote } from '../yaml/text.js';
import { dateProblem, durationProblem, freeNameProblem } from '../yaml/text-problems.js';
import type { TextProblem } from '../yaml/text-problems.js';
import { keyPlaceAt, nodeAt, placeAt } from '../yaml/tree.js';
import type { MapNode } from '../yaml/tree.js';
import { actionWord, actionWords } from './action-words.js';
import { momentProblem } from './moment.js';
import type { ScenarioSource } from './scenario.js';
import { schemaKeys } from './schema.generated.js';
import { isScenarioSource, requestWords } from './words.js';

/** How messages speak of scenarios. */
export const scenarioWords: SchemaWords = {
  keys: schemaKeys,
  withArticle,
  choiceTypes(title) {
    if (title === 'occasion' || title === 'action') return ['string', 'object'];
    if (title === 'every' || title === 'error code') return ['number', 'string'];
    return [title === 'strike' ? 'number' : 'string', 'array'];
  },
  enumLabel: (title) => (unlabelled.has(title) ? null : withArticle(title)),
  codeOf: (title) => (title === 'what the bars are made of' ? 'what' : title.replaceAll(' ', '-')),
  explainText,
  explainOwn,
};

/** What has so few values that naming them says more than any word. */
const unlabelled: ReadonlySet<string> = new Set(['what the bars are made of', 'right', 'drop']);

function withArticle(title: string): string {
  if (title.endsWith('section') || title === 'conditions') return `the ${title}`;
  return /^[aeio]/i.test(title) ? `an ${title}` : `a ${title}`;
}

function explainText(title: string, text: string): TextProblem {
  switch (title) {
    case 'duration':
      return durationProblem(text);
    case 'date':
      return dateProblem(text);
    case 'moment':
      return momentProblem(text);
    case 'scenario name':
      return freeNameProblem(text);
    case 'error name':
      return {
        code: 'bad-error-name',
        message: `${quote(text)} is no name of an error`,
        suggestion: 'write a number of TWS such as `162`, or a name of Kite such as `TokenException`',
      };
    default:
      return {
        code: `bad-${title.replaceAll(' ', '-')}`,
        message: `${quote(text)} is not a ${title}`,
        suggestion: null,
      };
  }
}

function explainOwn({ error, root, path, title }: BrokenRule): Diagnostic | null {
  const place = placeAt(root, path);
  switch (error.keyword) {
    case 'required': {
      const key = String(error.params['missingProperty']);
      const example = examples[key];
      if (example === undefined) return null;
      return problem('missing-key', keyPlaceAt(root, path), `${withArticle(title)} needs \`${key}\``, {
        suggestion: `add \`${key}: ${example}\``,
      });
    }
    case 'minProperties':
      return title === 'action'
        ? problem('empty-mapping', place, '`do` says nothing', { suggestion: 'name an action, such as `do: silence`' })
        : problem('empty-mapping', place, '`when` says nothing', {
            suggestion: 'write `when: request` for any request',
          });
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty']);
      if (title !== 'action' || actionWord(key)?.companions !== null) return null;
      return problem('wrong-form', keyPlaceAt(root, [...path, key]), `\`${key}\` takes no value`, {
        suggestion: `write \`do: ${key}\``,
      });
    }
    case 'enum':
      return unknownWord(title, String(error.data), root, place);
    default:
      return null;
  }
}

const examples: Readonly<Record<string, string>> = {
  name: 'a rough evening',
  source: 'tws',
  when: 'request',
  do: 'silence',
};

function unknownWord(title: string, text: string, root: MapNode, place: Place): Diagnostic | null {
  switch (title) {
    case 'action':
      return unknownAction(text, place);
    case 'request':
      return unknownRequest(text, root, place);
    case 'occasion':
      return unknownOccasion(text, place);
    case 'source': {
      const meant = Object.hasOwn(otherNames, text.toLowerCase()) ? otherNames[text.toLowerCase()] : undefined;
      if (meant === undefined) return null;
      return problem('unknown-source', place, `${quote(text)} is not a source`, { suggestion: didYouMean(meant) });
    }
    default:
      return null;
  }
}

/** What pipelines and people call the sources. */
const otherNames: Readonly<Record<string, ScenarioSource>> = {
  ib: 'tws',
  ibkr: 'tws',
  gateway: 'tws',
  zerodha: 'kite',
  mock: 'synthetic',
};

function unknownOccasion(text: string, place: Place): Diagnostic | null {
  const isRequest = Object.values(requestWords).some((words) => words.includes(text));
  const meant = isRequest ? `request: ${text}` : parseDuration(text).ok ? `after: ${text}` : null;
  if (meant === null) return null;
  const message = `${quote(text)} is not an occasion`;
  return problem('unknown-occasion', place, message, { suggestion: `write \`when: { ${meant} }\`` });
}

function unknownAction(text: string, place: Place): Diagnostic {
  const needing = actionWord(text);
  if (needing !== undefined) {
    return problem('wrong-form', place, `\`${text}\` needs to say more`, {
      suggestion: `write \`do: ${needing.example}\``,
    });
  }
  const meant = nearest(text, Object.keys(actionWords));
  const example = meant === null ? undefined : actionWord(meant)?.example;
  return problem('unknown-action', place, `${quote(text)} is not an action`, {
    suggestion: didYouMean(example ?? null) ?? `one of ${enumerate(Object.keys(actionWords), 'or')}`,
  });
}

/** Of all the words for requests only those of the scenario's own source help. */
function unknownRequest(text: string, root: MapNode, place: Place): Diagnostic {
  const node = nodeAt(root, ['source']);
  const source = node?.kind === 'scalar' && isScenarioSource(node.text) ? node.text : null;
  const words = source === null ? Object.values(requestWords).flat() : requestWords[source];
  return problem('unknown-request', place, `${quote(text)} is not a request${source === null ? '' : ` of ${source}`}`, {
    suggestion: didYouMean(nearest(text, words)) ?? (source === null ? null : `one of ${enumerate(words, 'or')}`),
  });
}
