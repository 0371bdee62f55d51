import { barSizes } from '../core/tables/bars.js';
import { isLocalDate } from '../core/time/time.js';
import { closestMatch } from '../platform/suggest.js';

/** A mistake in the arguments of a call: says which argument, what is wrong and what to write. */
export class ArgumentError extends RangeError {
  override readonly name = 'ArgumentError';
}

type CheckArgument = (value: unknown) => string | null;

const checkText: CheckArgument = (value) =>
  typeof value === 'string' && value.trim() !== '' ? null : 'is not a text; write a name such as AAPL';

const checkDate: CheckArgument = (value) =>
  typeof value === 'string' && isLocalDate(value) ? null : 'is not a date; write YYYY-MM-DD';

const checkInstant: CheckArgument = (value) =>
  typeof value === 'number' && Number.isFinite(value)
    ? null
    : 'is not an instant; write epoch milliseconds, such as Date.parse("2026-11-20T21:00:00Z")';

const checkCount: CheckArgument = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? null : 'is not a whole number of 1 or more';

const checkBarSize: CheckArgument = (value) =>
  typeof value === 'string' && Object.hasOwn(barSizes, value)
    ? null
    : `is not a bar size; write one of ${Object.keys(barSizes).join(', ')}`;

function checkOneOf(choices: readonly string[]): CheckArgument {
  return (value) =>
    typeof value === 'string' && choices.includes(value) ? null : `is not one of ${choices.join(', ')}`;
}

const checks: Readonly<Record<string, CheckArgument>> = {
  symbol: checkText,
  provider: checkText,
  dataset: checkText,
  exchange: checkText,
  pipeline: checkText,
  requestId: checkText,
  date: checkDate,
  fromInclusive: checkDate,
  toExclusive: checkDate,
  at: checkInstant,
  days: checkCount,
  limit: checkCount,
  barSize: checkBarSize,
  priceType: checkOneOf(['TRADES', 'MIDPOINT', 'BID', 'ASK', 'BID_ASK']),
  hours: checkOneOf(['rth', 'all']),
};

/** Checks the arguments of a call; an unknown name, a missing or a wrong value throws. An absent value is none. */
export function checkArguments(
  method: string,
  values: object,
  known: readonly string[],
  required: readonly string[] = ['symbol'],
): void {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!known.includes(name)) {
      const closest = closestMatch(name, known);
      const hint = closest === null ? `it has ${known.join(', ')}` : `did you mean ${closest}?`;
      throw new ArgumentError(`${method} has no argument ${name}; ${hint}`);
    }
    const problem = checks[name]?.(value) ?? null;
    if (problem !== null) throw new ArgumentError(`${method}: ${name} ${describeValue(value)} ${problem}`);
  }
  const missing = required.find((name) => !given.some(([found]) => found === name));
  if (missing !== undefined) throw new ArgumentError(`${method} needs the argument ${missing}`);
}

/** Throws for bounds in the wrong order, which would look like an answer without data. */
export function checkBounds(method: string, fromInclusive: string | undefined, toExclusive: string | undefined): void {
  if (fromInclusive !== undefined && toExclusive !== undefined && fromInclusive >= toExclusive)
    throw new ArgumentError(
      `${method}: fromInclusive ${fromInclusive} is not before toExclusive ${toExclusive}; no date is between them`,
    );
}

function describeValue(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
