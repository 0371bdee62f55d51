import type { Diagnostic, Location } from '../../core/diagnostic.js';
import { parseDuration } from '../../core/time/duration.js';
import { closestMatch } from '../../platform/suggest.js';
import type { SchemaViolation, SchemaVocabulary } from '../yaml/explain-schema-error.js';
import { didYouMean, problem } from '../yaml/problem.js';
import { joinList, quote } from '../yaml/quote.js';
import { diagnoseDate, diagnoseDuration, diagnoseDisplayName } from '../yaml/diagnose-text.js';
import type { TextProblem } from '../yaml/diagnose-text.js';
import { findKeyLocation, findNode, findLocation } from '../yaml/tree.js';
import type { MapNode } from '../yaml/tree.js';
import { findActionSyntax, actionSyntaxes } from './action-syntax.js';
import { diagnoseTimestamp } from './rules/parse-timestamp.js';
import type { ScenarioSource } from './scenario.js';
import { schemaKeys } from './schema.generated.js';
import { isScenarioSource, requestsBySource } from './capabilities.js';

/** How messages speak of scenarios. */
export const scenarioVocabulary: SchemaVocabulary = {
  keysByTitle: schemaKeys,
  addArticle,
  unionTypes(title) {
    if (title === 'occasion' || title === 'action') return ['string', 'object'];
    if (title === 'every' || title === 'error code') return ['number', 'string'];
    return [title === 'strike' ? 'number' : 'string', 'array'];
  },
  enumLabel: (title) => (enumsWithoutLabel.has(title) ? null : addArticle(title)),
  toCodeWord: (title) => (title === 'what the bars are made of' ? 'what' : title.replaceAll(' ', '-')),
  explainText,
  explainSpecific,
};

/** What has so few values that naming them says more than any word. */
const enumsWithoutLabel: ReadonlySet<string> = new Set(['what the bars are made of', 'right', 'drop']);

function addArticle(title: string): string {
  if (title.endsWith('section') || title === 'conditions') return `the ${title}`;
  return /^[aeio]/i.test(title) ? `an ${title}` : `a ${title}`;
}

function explainText(title: string, text: string): TextProblem {
  switch (title) {
    case 'duration':
      return diagnoseDuration(text);
    case 'date':
      return diagnoseDate(text);
    case 'moment':
      return diagnoseTimestamp(text);
    case 'scenario name':
      return diagnoseDisplayName(text);
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

function explainSpecific({ error, root, path, title }: SchemaViolation): Diagnostic | null {
  const location = findLocation(root, path);
  switch (error.keyword) {
    case 'required': {
      const key = String(error.params['missingProperty']);
      const example = examples[key];
      if (example === undefined) return null;
      return problem('missing-key', findKeyLocation(root, path), `${addArticle(title)} needs \`${key}\``, {
        suggestion: `add \`${key}: ${example}\``,
      });
    }
    case 'minProperties':
      return title === 'action'
        ? problem('empty-mapping', location, '`do` says nothing', {
            suggestion: 'name an action, such as `do: silence`',
          })
        : problem('empty-mapping', location, '`when` says nothing', {
            suggestion: 'write `when: request` for any request',
          });
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty']);
      if (title !== 'action' || findActionSyntax(key)?.extraKeys !== null) return null;
      return problem('wrong-form', findKeyLocation(root, [...path, key]), `\`${key}\` takes no value`, {
        suggestion: `write \`do: ${key}\``,
      });
    }
    case 'enum':
      return explainUnknownValue(title, String(error.data), root, location);
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

function explainUnknownValue(title: string, text: string, root: MapNode, location: Location): Diagnostic | null {
  switch (title) {
    case 'action':
      return explainUnknownAction(text, location);
    case 'request':
      return explainUnknownRequest(text, root, location);
    case 'occasion':
      return explainUnknownEvent(text, location);
    case 'source': {
      const closest = Object.hasOwn(sourceAliases, text.toLowerCase()) ? sourceAliases[text.toLowerCase()] : undefined;
      if (closest === undefined) return null;
      return problem('unknown-source', location, `${quote(text)} is not a source`, { suggestion: didYouMean(closest) });
    }
    default:
      return null;
  }
}

/** What pipelines and people call the sources. */
const sourceAliases: Readonly<Record<string, ScenarioSource>> = {
  ib: 'tws',
  ibkr: 'tws',
  gateway: 'tws',
  zerodha: 'kite',
  mock: 'synthetic',
};

function explainUnknownEvent(text: string, location: Location): Diagnostic | null {
  const isRequest = Object.values(requestsBySource).some((requests) => requests.includes(text));
  const closest = isRequest ? `request: ${text}` : parseDuration(text).ok ? `after: ${text}` : null;
  if (closest === null) return null;
  const message = `${quote(text)} is not an occasion`;
  return problem('unknown-occasion', location, message, { suggestion: `write \`when: { ${closest} }\`` });
}

function explainUnknownAction(text: string, location: Location): Diagnostic {
  const syntax = findActionSyntax(text);
  if (syntax !== undefined) {
    return problem('wrong-form', location, `\`${text}\` needs to say more`, {
      suggestion: `write \`do: ${syntax.example}\``,
    });
  }
  const closest = closestMatch(text, Object.keys(actionSyntaxes));
  const example = closest === null ? undefined : findActionSyntax(closest)?.example;
  return problem('unknown-action', location, `${quote(text)} is not an action`, {
    suggestion: didYouMean(example ?? null) ?? `one of ${joinList(Object.keys(actionSyntaxes), 'or')}`,
  });
}

/** Of all the words for requests only those of the scenario's own source help. */
function explainUnknownRequest(text: string, root: MapNode, location: Location): Diagnostic {
  const node = findNode(root, ['source']);
  const source = node?.kind === 'scalar' && isScenarioSource(node.text) ? node.text : null;
  const requests = source === null ? Object.values(requestsBySource).flat() : requestsBySource[source];
  return problem(
    'unknown-request',
    location,
    `${quote(text)} is not a request${source === null ? '' : ` of ${source}`}`,
    {
      suggestion:
        didYouMean(closestMatch(text, requests)) ?? (source === null ? null : `one of ${joinList(requests, 'or')}`),
    },
  );
}
