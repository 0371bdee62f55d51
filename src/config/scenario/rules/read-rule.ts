import { formatDuration } from '../../../core/time/duration.js';
import type { Duration } from '../../../core/time/time.js';
import { problem, warning } from '../../yaml/problem.js';
import { findKeyLocation, findLocation } from '../../yaml/tree.js';
import type { NodePath } from '../../yaml/tree.js';
import { readAction } from './read-action.js';
import { readMatch } from './read-match.js';
import type { Match, Frequency, Rule } from '../scenario.js';
import type { Rule as RawRule } from '../schema.generated.js';
import type { ValidatedScenario } from '../validate-scenario.js';

/** One rule; null after a report. */
export function readRule(raw: RawRule, path: NodePath, validated: ValidatedScenario): Rule | null {
  const { isIntact } = validated;
  const match = isIntact([...path, 'when']) ? readMatch(raw, path, validated) : null;
  const action = isIntact([...path, 'do']) ? readAction(raw.do, [...path, 'do'], match, validated) : null;
  if (match === null) return null;
  const frequency = readFrequency(raw, path, match, validated);
  return action === null || frequency === null ? null : { match, frequency, action };
}

function readFrequency(raw: RawRule, path: NodePath, match: Match, validated: ValidatedScenario): Frequency | null {
  const { skip = 0, every = 1, chance = 1, times = null } = raw;
  const { root, report } = validated;
  const readDuration = (key: 'from' | 'until'): Duration | null => {
    const text = raw[key];
    return text === undefined ? null : validated.readDuration(text, [...path, key]);
  };
  const from = readDuration('from') ?? 0;
  const until = readDuration('until');
  if (until !== null && until <= from) {
    const message = `\`until: ${formatDuration(until)}\` is no later than \`from: ${formatDuration(from)}\``;
    report(problem('empty-stretch', findLocation(root, [...path, 'until']), message));
    return null;
  }
  if (match.kind === 'time') return readRecurrence(raw, path, match, { from, until }, validated);
  if (every === 0) {
    const message = '`every: 0` would be none of them';
    report(
      problem('wrong-every', findLocation(root, [...path, 'every']), message, { suggestion: 'leave it out for all' }),
    );
    return null;
  }
  if (typeof every === 'string') {
    report(
      problem(
        'wrong-every',
        findLocation(root, [...path, 'every']),
        'of what comes in, `every` is a count and not a time',
        {
          suggestion: 'write `every: 10` for each tenth, or `when: { after: 5m }` for what only waits for time',
        },
      ),
    );
    return null;
  }
  return { skip, every, times, chance, from, until };
}

/** `every` has become a part of what a rule is about; the moments themselves all count. */
function readRecurrence(
  { skip = 0, chance = 1, times }: RawRule,
  path: NodePath,
  match: Extract<Match, { kind: 'time' }>,
  { from, until }: Pick<Frequency, 'from' | 'until'>,
  { root, report }: ValidatedScenario,
): Frequency {
  const frequency = { skip, every: 1, times: times ?? null, chance, from, until };
  if (match.every !== null) return frequency;
  for (const [key, value, neutral] of [
    ['skip', skip, 0],
    ['times', times ?? 1, 1],
  ] as const) {
    if (value === neutral) continue;
    report(
      problem(
        'needs-every',
        findKeyLocation(root, [...path, key]),
        `this happens only once, so \`${key}: ${value}\` is in vain`,
        {
          suggestion: 'add `every: 1h` for something that happens again',
        },
      ),
    );
  }
  if (match.after < from || (until !== null && match.after >= until)) {
    const message = `this happens ${formatDuration(match.after)} after the start, which \`from\` and \`until\` leave out`;
    report(warning('never-happens', findKeyLocation(root, [...path, 'when', 'after']), message));
  }
  return frequency;
}
