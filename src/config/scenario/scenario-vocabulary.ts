import type { Diagnostic, Location } from '../../core/diagnostic.js';
import { parseDuration } from '../../core/time/duration.js';
import { closestMatch } from '../../platform/suggest.js';
import type { SchemaViolation, SchemaVocabulary } from '../yaml/explain-schema-error.js';
import { didYouMean, problem } from '../yaml/problem.js';
import { joinList } from '../../platform/format.js';
import { quote } from '../yaml/quote.js';
import { diagnoseDate, diagnoseDuration, diagnoseDisplayName } from '../yaml/diagnose-text.js';
import type { TextProblem } from '../yaml/diagnose-text.js';
import { findKeyLocation, findNode, findLocation } from '../yaml/tree.js';
import type { MapNode } from '../yaml/tree.js';
import { findActionSyntax, actionSyntaxes } from './action-syntax.js';
import { diagnoseTimestamp } from '../yaml/parse-timestamp.js';
import type { ScenarioSource } from './scenario.js';
import { schemaKeys } from './schema.generated.js';
import { isScenarioSource, requestsBySource } from './capabilities.js';

/** Wording of messages about scenarios. */
export const scenarioVocabulary: SchemaVocabulary = {
  keysByTitle: schemaKeys,
  synonyms: [{ pattern: /^(what_?to_?show|price)/i, setting: 'price_type' }],
  addArticle,
  unionTypes(title) {
    if (title === 'event' || title === 'action') return ['string', 'object'];
    if (title === 'every' || title === 'error code') return ['number', 'string'];
    return [title === 'strike' ? 'number' : 'string', 'array'];
  },
  enumLabel: (title) => (enumsWithoutLabel.has(title) ? null : addArticle(title)),
  toCodeWord: (title) => title.replaceAll(' ', '-'),
  explainText,
  explainSpecific,
};

/** Values with so few alternatives that messages list them. */
const enumsWithoutLabel: ReadonlySet<string> = new Set(['price type', 'right', 'drop']);

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
    case 'timestamp':
      return diagnoseTimestamp(text);
    case 'scenario name':
      return diagnoseDisplayName(text);
    case 'error name':
      return {
        code: 'bad-error-name',
        message: `${quote(text)} is not the name of an error`,
        suggestion: 'write an error number of TWS such as `162`, or an error name of Kite such as `TokenException`',
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
      if (title === 'market action') return null;
      return title === 'action'
        ? problem('empty-mapping', location, '`do` is empty', {
            suggestion: 'add an action, for example `do: no_response`',
          })
        : problem('empty-mapping', location, '`when` is empty', {
            suggestion: 'write `when: request` to match any request',
          });
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty']);
      if (title !== 'action' || findActionSyntax(key)?.extraKeys !== null) return null;
      return problem('invalid-format', findKeyLocation(root, [...path, key]), `\`${key}\` takes no value`, {
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
  do: 'no_response',
};

function explainUnknownValue(title: string, text: string, root: MapNode, location: Location): Diagnostic | null {
  switch (title) {
    case 'action':
      return explainUnknownAction(text, location);
    case 'request':
      return explainUnknownRequest(text, root, location);
    case 'event':
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

/** Other names of the sources. */
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
  const message = `${quote(text)} is not an event`;
  return problem('unknown-event', location, message, { suggestion: `write \`when: { ${closest} }\`` });
}

function explainUnknownAction(text: string, location: Location): Diagnostic {
  const syntax = findActionSyntax(text);
  if (syntax !== undefined) {
    return problem('invalid-format', location, `\`${text}\` needs a value`, {
      suggestion: `write \`do: ${syntax.example}\``,
    });
  }
  const closest = closestMatch(text, Object.keys(actionSyntaxes));
  const example = closest === null ? undefined : findActionSyntax(closest)?.example;
  return problem('unknown-action', location, `${quote(text)} is not an action`, {
    suggestion: didYouMean(example ?? null) ?? `one of ${joinList(Object.keys(actionSyntaxes), 'or')}`,
  });
}

/** Suggests only requests of the scenario's source. */
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
