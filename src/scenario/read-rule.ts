import { formatDuration } from '../core/duration.js';
import type { Duration } from '../core/time.js';
import { problem, warning } from '../yaml/problem.js';
import { keyPlaceAt, placeAt } from '../yaml/tree.js';
import type { Path } from '../yaml/tree.js';
import { readAction } from './read-action.js';
import { readAbout } from './read-about.js';
import type { About, Often, Rule } from './scenario.js';
import type { Rule as WrittenRule } from './schema.generated.js';
import type { Validated } from './validate.js';

/** One rule; null after a report. */
export function readRule(written: WrittenRule, path: Path, validated: Validated): Rule | null {
  const { isWhole } = validated;
  const about = isWhole([...path, 'when']) ? readAbout(written, path, validated) : null;
  const act = isWhole([...path, 'do']) ? readAction(written.do, [...path, 'do'], about, validated) : null;
  if (about === null) return null;
  const often = readOften(written, path, about, validated);
  return act === null || often === null ? null : { about, often, act };
}

function readOften(written: WrittenRule, path: Path, about: About, validated: Validated): Often | null {
  const { skip = 0, every = 1, chance = 1, times = null } = written;
  const { root, report } = validated;
  const at = (key: 'from' | 'until'): Duration | null => {
    const text = written[key];
    return text === undefined ? null : validated.duration(text, [...path, key]);
  };
  const from = at('from') ?? 0;
  const until = at('until');
  if (until !== null && until <= from) {
    const message = `\`until: ${formatDuration(until)}\` is no later than \`from: ${formatDuration(from)}\``;
    report(problem('empty-stretch', placeAt(root, [...path, 'until']), message));
    return null;
  }
  if (about.kind === 'time') return readRecurrence(written, path, about, { from, until }, validated);
  if (every === 0) {
    const message = '`every: 0` would be none of them';
    report(problem('wrong-every', placeAt(root, [...path, 'every']), message, { suggestion: 'leave it out for all' }));
    return null;
  }
  if (typeof every === 'string') {
    report(
      problem('wrong-every', placeAt(root, [...path, 'every']), 'of what comes in, `every` is a count and not a time', {
        suggestion: 'write `every: 10` for each tenth, or `when: { after: 5m }` for what only waits for time',
      }),
    );
    return null;
  }
  return { skip, every, times, chance, from, until };
}

/** `every` has become a part of what a rule is about; the moments themselves all count. */
function readRecurrence(
  { skip = 0, chance = 1, times }: WrittenRule,
  path: Path,
  about: Extract<About, { kind: 'time' }>,
  { from, until }: Pick<Often, 'from' | 'until'>,
  { root, report }: Validated,
): Often {
  const often = { skip, every: 1, times: times ?? null, chance, from, until };
  if (about.every !== null) return often;
  for (const [key, value, harmless] of [
    ['skip', skip, 0],
    ['times', times ?? 1, 1],
  ] as const) {
    if (value === harmless) continue;
    report(
      problem(
        'needs-every',
        keyPlaceAt(root, [...path, key]),
        `this happens only once, so \`${key}: ${value}\` is in vain`,
        {
          suggestion: 'add `every: 1h` for something that happens again',
        },
      ),
    );
  }
  if (about.after < from || (until !== null && about.after >= until)) {
    const message = `this happens ${formatDuration(about.after)} after the start, which \`from\` and \`until\` leave out`;
    report(warning('never-happens', keyPlaceAt(root, [...path, 'when', 'after']), message));
  }
  return often;
}
