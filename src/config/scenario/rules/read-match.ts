import { explainDate } from '../../yaml/explain-date.js';
import { problem } from '../../yaml/problem.js';
import { closestMatch } from '../../../platform/suggest.js';
import { didYouMean } from '../../yaml/problem.js';
import { joinList } from '../../../platform/format.js';
import { readPriceType } from '../../yaml/read-price-type.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import type { Match } from '../scenario.js';
import type { Conditions, Rule as RawRule } from '../schema.generated.js';
import type { ValidatedScenario } from '../validate-scenario.js';
import { conditionsBySource, requestsBySource } from '../capabilities.js';
import type { Condition } from '../capabilities.js';

/** Reads the events that a rule matches; null after a report. */
export function readMatch(raw: RawRule, path: NodePath, validated: ValidatedScenario): Match | null {
  const { when } = raw;
  const whenPath = [...path, 'when'];
  if (when === 'connect') return { kind: 'connect' };
  if (when === 'request') return readRequestMatch({}, whenPath, validated);
  if (when.after === undefined) return readRequestMatch(when, whenPath, validated);
  return readTimeMatch(when, when.after, raw.every, path, validated);
}

function readTimeMatch(
  when: Conditions,
  rawAfter: string,
  every: number | string | undefined,
  path: NodePath,
  { root, report, readDuration }: ValidatedScenario,
): Match | null {
  const whenPath = [...path, 'when'];
  const others = Object.keys(when).filter((key) => key !== 'after');
  for (const key of others) {
    report(
      problem(
        'ambiguous-event',
        findKeyLocation(root, [...whenPath, key]),
        `\`${key}\` is a condition on requests and cannot be combined with \`after\``,
        {
          suggestion: 'for later requests, set `from` of the rule',
          related: [{ message: '`after` is set here', location: findKeyLocation(root, [...whenPath, 'after']) }],
        },
      ),
    );
  }
  const readAfter = readDuration(rawAfter, [...whenPath, 'after']);
  const after = others.length === 0 ? readAfter : null;
  if (every === undefined) return after === null ? null : { kind: 'time', after, every: null };
  const location = findLocation(root, [...path, 'every']);
  if (typeof every === 'number') {
    report(
      problem('invalid-every', location, `with \`after\`, \`every\` is a duration, and ${every} has no unit`, {
        suggestion: `write \`every: ${every}m\``,
      }),
    );
    return null;
  }
  const interval = readDuration(every, [...path, 'every']);
  if (interval === 0) report(problem('invalid-every', location, 'the interval of `every` must be more than 0s'));
  return after === null || interval === null || interval === 0 ? null : { kind: 'time', after, every: interval };
}

function readRequestMatch(when: Conditions, path: NodePath, validated: ValidatedScenario): Match {
  checkRequests(when, path, validated);
  checkConditions(when, path, validated);
  const expiries = toList(when.expiry);
  for (const [index, date] of (expiries ?? []).entries()) {
    const explanation = explainDate(date);
    if (explanation === null) continue;
    const location = findLocation(validated.root, getElementPath(when.expiry, [...path, 'expiry'], index));
    validated.report(problem('bad-date', location, explanation.message, explanation));
  }
  return {
    kind: 'request',
    requests: toList(when.request),
    symbols: toList(when.symbol),
    barSizes: toList(when.bar_size),
    priceType: toList(readPriceType(when, path, validated.root, validated.report)),
    expiries,
    strikes: toList(when.strike),
    rights: toList(when.right),
  };
}

/** Reports requests of other sources; the schema accepts the requests of all sources. */
function checkRequests({ request }: Conditions, path: NodePath, { root, source, report }: ValidatedScenario): void {
  if (source === null) return;
  const known = requestsBySource[source];
  for (const [index, word] of (toList(request) ?? []).entries()) {
    if (known.includes(word)) continue;
    const location = findLocation(root, getElementPath(request, [...path, 'request'], index));
    const otherSources = Object.entries(requestsBySource).flatMap(([name, words]) =>
      words.includes(word) ? [name] : [],
    );
    report(
      problem('unknown-request', location, `\`${word}\` is a request of ${joinList(otherSources)}, not of ${source}`, {
        suggestion: didYouMean(closestMatch(word, known)) ?? `the requests of ${source} are ${joinList(known)}`,
      }),
    );
  }
}

const conditions: readonly Condition[] = ['symbol', 'bar_size', 'price_type', 'expiry', 'strike', 'right'];

/** Reports conditions that no request of the rule can meet, so that the rule would never act. */
function checkConditions(when: Conditions, path: NodePath, { root, source, report }: ValidatedScenario): void {
  if (source === null) return;
  const byRequest = conditionsBySource[source];
  const requests = (toList(when.request) ?? requestsBySource[source]).filter((request) =>
    requestsBySource[source].includes(request),
  );
  const meets = (request: string, condition: Condition): boolean => byRequest[request]?.includes(condition) === true;
  for (const condition of conditions) {
    if (when[condition] === undefined || requests.length === 0) continue;
    if (requests.some((request) => meets(request, condition))) continue;
    const able = Object.keys(byRequest).filter((request) => meets(request, condition));
    const message =
      when.request === undefined
        ? `requests of ${source} have no \`${condition}\`, so the rule never acts`
        : `${joinList(requests)} requests of ${source} have no \`${condition}\`, so the rule never acts`;
    report(
      problem('unsupported-condition', findKeyLocation(root, [...path, condition]), message, {
        suggestion:
          able.length === 0
            ? `remove \`${condition}\``
            : `remove it, or select a request that has it: ${joinList(able, 'or')}`,
      }),
    );
  }
}

function toList<T>(value: T | T[] | undefined): readonly T[] | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value : [value];
}

/** Returns the path of a list member, or of a single value that was written without a list. */
function getElementPath(value: unknown, path: NodePath, index: number): NodePath {
  return Array.isArray(value) ? [...path, index] : path;
}
