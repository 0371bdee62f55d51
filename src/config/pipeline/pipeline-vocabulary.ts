import type { Diagnostic } from '../../core/diagnostic.js';
import { closestMatch } from '../../platform/suggest.js';
import { describePath } from '../yaml/explain-schema-error.js';
import type { SchemaViolation, SchemaVocabulary, SettingSynonym } from '../yaml/explain-schema-error.js';
import { didYouMean, problem } from '../yaml/problem.js';
import { requiresOneOfKeys } from '../yaml/relevant-errors.js';
import { joinList } from '../../platform/format.js';
import { quote } from '../yaml/quote.js';
import { findKeyLocation, findNode, findLocation } from '../yaml/tree.js';
import { toYamlCommand } from './command-line.js';
import { explainText } from './explain-text.js';
import { suggestProvider } from './provider-aliases.js';
import { explainSelection } from './steps/explain-selection.js';
import { stepTypes } from './steps/step-needs.js';
import { schemaKeys } from './schema.generated.js';

const budgetKinds = ['rolling', 'open'];
const channelKinds = ['webhook', 'email', 'command'];
const sinkKinds = ['csv', 'postgres', 'influx'];

/** Other terms for settings, mostly those of other tools. */
const synonyms: readonly SettingSynonym[] = [
  { pattern: /^(sett|revis)/, setting: 'revision_window' },
  { pattern: /^(what_?to_?show|price)/i, setting: 'price_type' },
  { pattern: /^adapt/, setting: 'adaptive_strikes' },
  { pattern: /^(recover|reset|pause)/, setting: 'cooldown' },
  { pattern: /^(keep|max_age)$/, setting: 'retention' },
  { pattern: /^(keep|backups?)$/, setting: 'max_files' },
  { pattern: /^(post|url$)/, setting: 'endpoint' },
  { pattern: /^(symbols|concurrency)$/, setting: 'max_symbols' },
  { pattern: /^(root|url|host)/, setting: 'base_url' },
  { pattern: /^data/, setting: 'market_data_type' },
  { pattern: /^vix$/, setting: 'volatility_index' },
  { pattern: /^(atm|iv_days|maturity|tenor|term)/, setting: 'atm_iv_days' },
  { pattern: /^(terms?|days|maturit|tenor)/, setting: 'dte' },
  { pattern: /^(pct|percentage|width|moneyness)/, setting: 'percent' },
  { pattern: /^(deltas)$/, setting: 'delta' },
  { pattern: /^(count|number|each_side)/, setting: 'nearest' },
  { pattern: /^(to|notify)$/, setting: 'channels' },
  { pattern: /^(above|limit)$/, setting: 'threshold' },
  { pattern: /^(at_least|minimum)$/, setting: 'min_samples' },
  { pattern: /^(older|age)/, setting: 'max_age' },
  { pattern: /^(during|hours)$/, setting: 'market_hours' },
  { pattern: /^(per|period|interval|span)$/, setting: 'window' },
  { pattern: /^(ibkr|interactive|tws|gateway)/i, setting: 'ib' },
  { pattern: /^zerodha/i, setting: 'kite' },
];

/** Wording of messages about pipelines. */
export const pipelineVocabulary: SchemaVocabulary = {
  keysByTitle: schemaKeys,
  synonyms,
  suggestValue: (title, text, values) =>
    title === 'provider' ? suggestProvider(text, values) : closestMatch(text, values),
  addArticle,
  // Only entries of lists of symbols have no title.
  unionTypes: (title) => (title === 'value' ? ['string', 'object'] : ['string', 'array']),
  enumLabel: (title) => (title === 'hours' || title === 'price type' ? null : addArticle(title)),
  toCodeWord(title) {
    if (title === 'instrument kind') return 'kind';
    return title.replaceAll(' ', '-');
  },
  explainText,
  formatAsList,
  minimalExample: (title) => minimalExamples[title] ?? null,
  explainSpecific,
};

const minimalExamples: Readonly<Record<string, string>> = { schedule: 'every: 5m', steps: 'contracts: {}' };

/** `symbols: SPY QQQ` names several symbols, whose separator in a list is a comma. */
function formatAsList(title: string, text: string): string {
  if (title === 'command') return toYamlCommand(text);
  return `[${title === 'list of symbols' ? text.split(/[\s,;|]+/).join(', ') : text}]`;
}

function addArticle(title: string): string {
  if (
    title.endsWith('section') ||
    title.endsWith(' rules') ||
    title.startsWith('defaults') ||
    title === 'steps' ||
    title === 'weights'
  )
    return `the ${title}`;
  return /^[aeio]/i.test(title) ? `an ${title}` : `a ${title}`;
}

function explainSpecific(violation: SchemaViolation): Diagnostic | null {
  const { error, root, path } = violation;
  const location = findLocation(root, path);
  const selection = explainSelection(violation);
  if (selection !== null) return selection;
  switch (error.keyword) {
    case 'required':
      return explainMissingKey(violation);
    case 'additionalProperties':
      return explainMisplacedDefault(violation);
    case 'anyOf':
      return requiresOneOfKeys(error)
        ? problem('missing-key', location, 'an entry needs `symbol` or `file`', {
            suggestion: 'add `symbol: AAPL`',
          })
        : null;
    case 'const':
      return explainWrongStepType(violation);
    case 'discriminator':
      return explainUnknownTag(violation);
    case 'minProperties':
      return problem('empty-mapping', location, `${describePath(path)} is empty, so nothing would be fetched`, {
        suggestion: 'add `contracts: {}`',
      });
    case 'maxProperties':
      return problem(
        'too-many-steps',
        location,
        `${describePath(path)} has more than ${String(error.params['limit'])} steps`,
        {
          suggestion: 'split the pipeline',
        },
      );
    default:
      return null;
  }
}

function explainMissingKey({ error, root, path, title }: SchemaViolation): Diagnostic | null {
  const location = findKeyLocation(root, path);
  const key = String(error.params['missingProperty']);
  if (title === 'step' && key === 'uses') {
    const name = String(path.at(-1));
    const closest = closestMatch(name, stepTypes);
    return problem('missing-key', location, `${quote(name)} is not a step type, so the step needs \`uses\``, {
      suggestion:
        closest === null
          ? `add \`uses: equity\`, or one of ${joinList(stepTypes.filter((type) => type !== 'equity'))}`
          : didYouMean(closest),
    });
  }
  if (key === 'command' || (key === 'dataset' && title === 'input')) {
    const line = key === 'command' ? '`command: [python3, score.py]`' : '`dataset: equity_bars`';
    return problem('missing-key', location, `${addArticle(title)} needs \`${key}\``, { suggestion: `add ${line}` });
  }
  const example =
    key === 'name' && title === 'pipeline'
      ? 'name: daily'
      : key === 'kind'
        ? `kind: ${title === 'channel' ? 'webhook' : title === 'sink' ? 'csv' : 'rolling'}`
        : null;
  if (example === null) return null;
  return problem('missing-key', location, `${addArticle(title)} needs \`${key}\``, {
    suggestion: `add \`${example}\``,
  });
}

/** Explains a setting of steps or symbols that is written at the top level instead of in `defaults`. */
function explainMisplacedDefault({ error, root, path, title }: SchemaViolation): Diagnostic | null {
  if (title !== 'pipeline' && title !== 'defaults section') return null;
  const key = String(error.params['additionalProperty']);
  const section = (['steps', 'symbols'] as const).find(
    (name) => schemaKeys[`defaults for ${name}`]?.includes(key) === true,
  );
  if (section === undefined) return null;
  const message = `${quote(key)} is not a setting of ${addArticle(title)}`;
  return problem('unknown-key', findKeyLocation(root, [...path, key]), message, {
    suggestion: `for all ${section}, write \`defaults: { ${section}: { ${key}: … } }\``,
  });
}

/** Explains a step that is named after one type and has another in `uses`. */
function explainWrongStepType({ error, root, path }: SchemaViolation): Diagnostic {
  const name = String(path.at(-2));
  const message = `a step named \`${name}\` is ${addArticle(`${name} step`)}; it cannot use ${quote(String(error.data))}`;
  return problem('wrong-step-type', findLocation(root, path), message, {
    suggestion: 'rename the step, or remove `uses`',
  });
}

function explainUnknownTag({ error, root, path, title }: SchemaViolation): Diagnostic {
  const tag = String(error.params['tag']);
  const tagNode = findNode(root, [...path, tag]);
  const location = findLocation(root, [...path, tag]);
  const [tagLabel, values] =
    tag === 'uses'
      ? ['step type', stepTypes]
      : title === 'channel'
        ? ['channel kind', channelKinds]
        : title === 'sink'
          ? ['sink kind', sinkKinds]
          : ['budget kind', budgetKinds];
  const text = tagNode?.kind === 'scalar' ? tagNode.text : '';
  const message = text === '' ? `\`${tag}\` must be a ${tagLabel}` : `${quote(text)} is not a ${tagLabel}`;
  return problem(`unknown-${tagLabel.replace(' ', '-')}`, location, message, {
    suggestion: didYouMean(closestMatch(text, values)) ?? `one of ${joinList(values, 'or')}`,
  });
}
