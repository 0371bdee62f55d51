import { err, ok } from '../result.js';
import type { Result } from '../result.js';
import { isLocalDate } from './time.js';
import type { LocalDate } from './time.js';

/** A moment as a text has it. */
export type ParsedTime =
  /** A date, or a date and a time of some zone. `milliseconds` counts from midnight; null for a date alone. */
  | { readonly kind: 'local'; readonly date: LocalDate; readonly milliseconds: number | null }
  /** A time with its offset from UTC; `date` is the date as written. */
  | { readonly kind: 'instant'; readonly instant: number; readonly date: LocalDate | null };

export type ParseTime = (text: string) => Result<ParsedTime, string>;

const epochUnits: Readonly<Record<string, number>> = { epoch_s: 1000, epoch_ms: 1, epoch_us: 1e-3, epoch_ns: 1e-6 };

/** Returns whether times of this format name an instant without a zone. */
export function isEpochFormat(format: string): boolean {
  return format in epochUnits;
}

const tokens = ['YYYY', 'MMM', 'MM', 'DD', 'HH', 'mm', 'ss', 'YY', 'Z'] as const;
type Token = (typeof tokens)[number];

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Creates a parser for `auto`, an epoch format or a pattern such as `DD-MMM-YYYY HH:mm`; an error for an incomplete pattern. */
export function createTimeParser(format: string): Result<ParseTime, string> {
  if (format === 'auto') return ok(parseAuto);
  const unit = epochUnits[format];
  if (unit !== undefined) return ok((text) => parseEpoch(text, unit));
  const parts = splitPattern(format);
  const names = parts.filter((part) => part.token !== null).map((part) => part.token);
  const hasDate = (names.includes('YYYY') || names.includes('YY')) && names.includes('DD');
  if (!hasDate || !(names.includes('MM') || names.includes('MMM')))
    return err('a pattern needs a year (YYYY or YY), a month (MM or MMM) and a day (DD)');
  return ok((text) => parsePattern(text, parts, format));
}

function parseEpoch(text: string, unit: number): Result<ParsedTime, string> {
  if (!/^-?\d{1,20}$/.test(text)) return err(`expected a whole number since 1970, found ${JSON.stringify(text)}`);
  const instant = Math.floor(Number(text) * unit + 1e-7);
  const isPossible = instant >= Date.UTC(1900, 0, 1) && instant < Date.UTC(2200, 0, 1);
  return isPossible
    ? ok({ kind: 'instant', instant, date: null })
    : err(`${text} is no time between 1900 and 2200; check \`time_format\``);
}

const autoPattern =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/;

/** Parses ISO 8601 with and without separators, such as `2024-01-02`, `20240102 093000` or `2024-01-02T14:30:00Z`. */
function parseAuto(text: string): Result<ParsedTime, string> {
  const match = autoPattern.exec(text);
  if (match === null) return err(`expected a time such as 2024-01-02 09:30:00, found ${JSON.stringify(text)}`);
  const [, year = '', month = '', date = '', hours, minutes, seconds = '0', fraction = '', offset] = match;
  return toParsedTime(text, `${year}-${month}-${date}`, hours, minutes, seconds, fraction, offset);
}

function toParsedTime(
  text: string,
  date: string,
  hours: string | undefined,
  minutes = '0',
  seconds = '0',
  fraction = '',
  offset?: string,
): Result<ParsedTime, string> {
  if (!isLocalDate(date)) return err(`${JSON.stringify(text)} is not a date of the calendar`);
  if (hours === undefined)
    return offset === undefined
      ? ok({ kind: 'local', date, milliseconds: null })
      : err(`${JSON.stringify(text)} has an offset but no time`);
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  if (h > 23 || m > 59 || s > 59) return err(`${JSON.stringify(text)} is not a time of day`);
  const milliseconds = ((h * 60 + m) * 60 + s) * 1000 + Math.floor(Number(`0.${fraction}0`) * 1000 + 1e-7);
  if (offset === undefined) return ok({ kind: 'local', date, milliseconds });
  const minutesEast = parseOffset(offset);
  if (minutesEast === null) return err(`${JSON.stringify(text)} has an impossible offset`);
  const instant = Date.parse(`${date}T00:00:00Z`) + milliseconds - minutesEast * 60_000;
  return ok({ kind: 'instant', instant, date });
}

function parseOffset(text: string): number | null {
  if (text === 'Z' || text === 'UTC') return 0;
  const digits = text.slice(1).replace(':', '').padEnd(4, '0');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 14 || minutes > 59) return null;
  return (hours * 60 + minutes) * (text.startsWith('-') ? -1 : 1);
}

interface PatternPart {
  /** Null for a literal. */
  readonly token: Token | null;
  readonly text: string;
}

function splitPattern(format: string): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  let position = 0;
  while (position < format.length) {
    const token = tokens.find((one) => format.startsWith(one, position)) ?? null;
    const text = token ?? format.slice(position, position + 1);
    parts.push({ token, text });
    position += text.length;
  }
  return parts;
}

function parsePattern(text: string, parts: readonly PatternPart[], format: string): Result<ParsedTime, string> {
  const found = new Map<Token, string>();
  let position = 0;
  const mismatch = err(`expected ${format}, found ${JSON.stringify(text)}`);
  for (const [index, { token, text: literal }] of parts.entries()) {
    const end = position + (token === 'Z' ? text.length : literal.length);
    let value = text.slice(position, end);
    if (token === null) {
      if (value !== literal) return mismatch;
    } else {
      // Months, days and hours of one digit are common where a separator follows.
      const separator = parts[index + 1];
      const isShort = separator?.token === null && value.endsWith(separator.text) && literal.length === 2;
      if (isShort) value = value.slice(0, -1);
      if (token !== 'MMM' && token !== 'Z' && !/^\d+$/.test(value)) return mismatch;
      if (!isShort && token !== 'Z' && value.length !== literal.length) return mismatch;
      found.set(token, value);
    }
    position += value.length;
  }
  if (position !== text.length) return mismatch;
  const short = found.get('YY');
  const year = found.get('YYYY') ?? `${Number(short) < 70 ? '20' : '19'}${short ?? ''}`;
  const name = found.get('MMM');
  const month = name === undefined ? (found.get('MM') ?? '') : String(months.indexOf(name.toLowerCase()) + 1);
  const date = `${year}-${month.padStart(2, '0')}-${(found.get('DD') ?? '').padStart(2, '0')}`;
  return toParsedTime(text, date, found.get('HH'), found.get('mm'), found.get('ss'), '', found.get('Z'));
}
