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

/** Reads a rule; null after a report. */
export function readRule(raw: RawRule, path: NodePath, validated: ValidatedScenario): Rule | null {
  const { isIntact } = validated;
  const match = isIntact([...path, 'when']) ? readMatch(raw, path, validated) : null;
  const action = isIntact([...path, 'do']) ? readAction(raw.do, [...path, 'do'], match, validated) : null;
  const range = readRange(raw, path, validated);
  if (match === null) return null;
  const frequency =
    match.kind === 'time'
      ? readRecurrence(raw, path, match, range, validated)
      : readFrequency(raw, path, range, validated);
  return action === null || frequency === null || range.isEmpty ? null : { match, frequency, action };
}

/** The time span in which a rule acts. */
interface RuleRange extends Pick<Frequency, 'from' | 'until'> {
  /** True after a report: the span has no time in it. */
  readonly isEmpty: boolean;
}

function readRange(raw: RawRule, path: NodePath, { root, report, readDuration }: ValidatedScenario): RuleRange {
  const read = (key: 'from' | 'until'): Duration | null => {
    const text = raw[key];
    return text === undefined ? null : readDuration(text, [...path, key]);
  };
  const from = read('from') ?? 0;
  const until = read('until');
  if (until === null || until > from) return { from, until, isEmpty: false };
  const message = `\`until\` (${formatDuration(until)}) must be later than \`from\` (${formatDuration(from)})`;
  report(problem('empty-range', findLocation(root, [...path, 'until']), message));
  return { from, until, isEmpty: true };
}

function readFrequency(
  raw: RawRule,
  path: NodePath,
  { from, until }: RuleRange,
  { root, report }: ValidatedScenario,
): Frequency | null {
  const { skip = 0, every = 1, chance = 1, times = null } = raw;
  if (every === 0) {
    const message = '`every` must be at least 1';
    report(
      problem('invalid-every', findLocation(root, [...path, 'every']), message, {
        suggestion: 'remove it to match every event',
      }),
    );
    return null;
  }
  if (typeof every === 'string') {
    report(
      problem(
        'invalid-every',
        findLocation(root, [...path, 'every']),
        'for requests and connections, `every` is a count, not a duration',
        {
          suggestion: 'write `every: 10` for every tenth event, or `when: { after: 5m }` to act after a time',
        },
      ),
    );
    return null;
  }
  return { skip, every, times, chance, from, until };
}

/** Reads the frequency of a rule with `after`; its `every` is part of the match, so all its events count. */
function readRecurrence(
  { skip = 0, chance = 1, times }: RawRule,
  path: NodePath,
  match: Extract<Match, { kind: 'time' }>,
  { from, until, isEmpty }: RuleRange,
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
        `the rule acts once, so \`${key}: ${value}\` has no effect`,
        {
          suggestion: 'add `every: 1h` to repeat it',
        },
      ),
    );
  }
  if (!isEmpty && (match.after < from || (until !== null && match.after >= until))) {
    const message = `the rule never acts: \`after\` (${formatDuration(match.after)}) is outside of \`from\` and \`until\``;
    report(warning('unreachable-rule', findKeyLocation(root, [...path, 'when', 'after']), message));
  }
  return frequency;
}
