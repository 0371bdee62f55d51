import { explainDate } from '../yaml/explain-date.js';
import { problem } from '../yaml/problem.js';
import { nearest } from '../core/nearest.js';
import { didYouMean } from '../yaml/problem.js';
import { enumerate } from '../yaml/text.js';
import { keyPlaceAt, placeAt } from '../yaml/tree.js';
import type { Path } from '../yaml/tree.js';
import type { About } from './scenario.js';
import type { Conditions, Rule as WrittenRule } from './schema.generated.js';
import type { Validated } from './validate.js';
import { requestWords } from './words.js';

/** What a rule is about; null after a report. */
export function readAbout(written: WrittenRule, path: Path, validated: Validated): About | null {
  const { when } = written;
  const here = [...path, 'when'];
  if (when === 'connect') return { kind: 'connect' };
  if (when === 'request') return readRequest({}, here, validated);
  if (when.after === undefined) return readRequest(when, here, validated);
  return readTime(when, when.after, written.every, path, validated);
}

function readTime(
  when: Conditions,
  afterText: string,
  every: number | string | undefined,
  path: Path,
  { root, report, duration }: Validated,
): About | null {
  const here = [...path, 'when'];
  for (const key of Object.keys(when)) {
    if (key === 'after') continue;
    report(
      problem(
        'two-occasions',
        keyPlaceAt(root, [...here, key]),
        `\`after\` waits for no request, so \`${key}\` means nothing`,
        {
          suggestion: 'for requests that come later, put `from` beside `when`',
          related: [{ message: 'waits for time', place: keyPlaceAt(root, [...here, 'after']) }],
        },
      ),
    );
    return null;
  }
  const after = duration(afterText, [...here, 'after']);
  if (every === undefined) return after === null ? null : { kind: 'time', after, every: null };
  const place = placeAt(root, [...path, 'every']);
  if (typeof every === 'number') {
    report(
      problem(
        'wrong-every',
        place,
        `behind \`after\`, \`every\` is how long until it happens again, and ${every} has no unit`,
        {
          suggestion: `write \`every: ${every}m\``,
        },
      ),
    );
    return null;
  }
  const interval = duration(every, [...path, 'every']);
  if (interval === 0) report(problem('wrong-every', place, 'it would happen without end at the same moment'));
  return after === null || interval === null || interval === 0 ? null : { kind: 'time', after, every: interval };
}

function readRequest(when: Conditions, path: Path, validated: Validated): About {
  checkRequests(when, path, validated);
  const expiries = listOf(when.expiry);
  for (const [index, date] of (expiries ?? []).entries()) {
    const wrong = explainDate(date);
    if (wrong === null) continue;
    const place = placeAt(validated.root, elementPath(when.expiry, [...path, 'expiry'], index));
    validated.report(problem('bad-date', place, wrong.message, wrong));
  }
  return {
    kind: 'request',
    requests: listOf(when.request),
    symbols: listOf(when.symbol),
    barSizes: listOf(when.bar_size),
    what: listOf(when.what),
    expiries,
    strikes: listOf(when.strike),
    rights: listOf(when.right),
  };
}

/** The schema knows the words of all sources; here only those of one are right. */
function checkRequests({ request }: Conditions, path: Path, { root, source, report }: Validated): void {
  if (source === null) return;
  const known = requestWords[source];
  for (const [index, word] of (listOf(request) ?? []).entries()) {
    if (known.includes(word)) continue;
    const place = placeAt(root, elementPath(request, [...path, 'request'], index));
    const others = Object.entries(requestWords).flatMap(([name, words]) => (words.includes(word) ? [name] : []));
    report(
      problem(
        'unknown-request',
        place,
        `\`${word}\` is a request of ${enumerate(others)}, and this scenario is of ${source}`,
        {
          suggestion: didYouMean(nearest(word, known)) ?? `${source} has ${enumerate(known)}`,
        },
      ),
    );
  }
}

function listOf<T>(value: T | T[] | undefined): readonly T[] | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value : [value];
}

/** Where a member stands that may have been written without a list. */
function elementPath(value: unknown, path: Path, index: number): Path {
  return Array.isArray(value) ? [...path, index] : path;
}
