import { day, hour, minute, second } from './time.js';
import { err, ok } from '../result.js';
import type { Duration } from './time.js';
import type { Result } from '../result.js';

/** Describes a text that is not a duration, with a suggestion. */
export interface DurationProblem {
  readonly message: string;
  readonly suggestion: string | null;
}

const units = { ms: 1, s: second, m: minute, h: hour, d: day, w: 7 * day } as const satisfies Record<string, Duration>;

type Unit = keyof typeof units;

/** In the order in which durations are written. */
const unitsInOrder: readonly Unit[] = ['w', 'd', 'h', 'm', 's', 'ms'];

/** A longer duration is a typing error, and would take instants out of the range of dates. */
const maxDuration: Duration = 100 * 366 * day;

/** A longer text is no duration. */
const maxLength = 200;

function isUnit(text: string): text is Unit {
  return Object.hasOwn(units, text);
}

/** Common names of units, in lower case. Months and years are missing because their length varies. */
const unitAliases: Readonly<Record<string, Unit>> = {
  millisecond: 'ms',
  msec: 'ms',
  milli: 'ms',
  sec: 's',
  second: 's',
  min: 'm',
  minute: 'm',
  hr: 'h',
  hour: 'h',
  day: 'd',
  wk: 'w',
  week: 'w',
};

/** The unit that a word most likely means, or null. */
export function suggestUnit(word: string): Unit | null {
  const lower = word.toLowerCase();
  if (isUnit(lower)) return lower;
  const singular = lower.endsWith('s') ? lower.slice(0, -1) : lower;
  if (isUnit(singular)) return singular;
  return Object.hasOwn(unitAliases, singular) ? (unitAliases[singular] ?? null) : null;
}

/** Parses `10m`, `1h30m` or `250ms`: numbers with the units w, d, h, m, s, ms, longest first. */
export function parseDuration(text: string): Result<Duration, DurationProblem> {
  // The patterns look at every digit of a long number again.
  const terms = text.length > maxLength ? [] : [...text.matchAll(/([0-9]+)([a-z]+) ?/g)];
  if (text.endsWith(' ') || terms.map((term) => term[0]).join('') !== text || terms.length === 0)
    return err(explainProblem(text));

  let total = 0;
  let previous = -1;
  for (const [, digits = '', word = ''] of terms) {
    if (!isUnit(word)) return err(explainProblem(text));
    const position = unitsInOrder.indexOf(word);
    if (position <= previous) {
      return err({
        message: `${quoteExcerpt(text)} has its units out of order; write the longest unit first and each unit once`,
        suggestion: null,
      });
    }
    previous = position;
    total += Number(digits) * units[word];
  }
  if (total > maxDuration)
    return err({ message: `${quoteExcerpt(text)} is longer than a hundred years`, suggestion: null });
  return ok(total);
}

/** Shortens a text to fit into a message. */
function quoteExcerpt(text: string): string {
  return text.length > 40 ? `\`${text.slice(0, 39)}…\`` : `\`${text}\``;
}

function explainProblem(text: string): DurationProblem {
  const trimmed = text.trim();
  if (/^[0-9]+$/.test(trimmed)) {
    return {
      message: `${quoteExcerpt(text)} has no unit: write ms, s, m, h, d or w after the number`,
      suggestion: null,
    };
  }
  const terms = [...trimmed.slice(0, maxLength).matchAll(/([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+)[\s,]*/g)];
  const canonicalTerms = terms.map(([, digits = '', word = '']) => {
    const unit = suggestUnit(word);
    return unit === null ? null : formatDuration(Number(digits) * units[unit]);
  });
  const isFullyParsed = terms.length > 0 && terms.map((term) => term[0]).join('') === trimmed;
  const suggestion = isFullyParsed && !canonicalTerms.includes(null) ? canonicalTerms.join('') : null;
  return {
    message: `${quoteExcerpt(text)} is not a duration: write numbers with units, such as \`10m\`, \`1h30m\` or \`7d\``,
    suggestion,
  };
}

/** Formats a duration such as `1h30m`: exact to the millisecond, and readable by `parseDuration`. */
export function formatDuration(duration: Duration): string {
  let remainder = Math.max(0, Math.round(duration));
  if (remainder === 0) return '0s';
  // Weeks only if nothing else is needed: `8d` reads better than `1w1d`.
  if (remainder % units.w === 0) return `${remainder / units.w}w`;
  let text = '';
  for (const unit of unitsInOrder.slice(1)) {
    const count = Math.floor(remainder / units[unit]);
    remainder -= count * units[unit];
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}
