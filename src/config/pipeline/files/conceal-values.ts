import type { Diagnostic, Location } from '../../../core/diagnostic.js';
import { quote } from '../../yaml/quote.js';

/** A value of a file that holds the value of an environment variable. */
export interface InterpolatedValue {
  readonly location: Location;
  /** As the file has it, with the name of the variable. */
  readonly source: string;
  readonly value: string;
}

/** Shorter parts of a value are no secrets, and occur in other words. */
const minPartLength = 3;

/**
 * Replaces values of environment variables in diagnostics by what the file says. A variable that is used in the wrong place may
 * hold a secret, and diagnostics reach logs and other people.
 */
export function concealValues(
  diagnostics: readonly Diagnostic[],
  values: readonly InterpolatedValue[],
): readonly Diagnostic[] {
  if (values.length === 0) return diagnostics;
  const byLocation = new Map(values.map((value) => [formatLocation(value.location), value]));
  return diagnostics.map((diagnostic) => {
    const { suggestion, related, location } = diagnostic;
    const own = location === undefined ? undefined : byLocation.get(formatLocation(location));
    const conceal = (text: string): string => values.reduce(replaceQuoted, text);
    const message = conceal(diagnostic.message);
    const concealed = {
      ...diagnostic,
      message: own !== undefined && reveals(message, own) ? `the value of ${quote(own.source)} is invalid` : message,
      ...(related === undefined
        ? {}
        : { related: related.map((other) => ({ ...other, message: conceal(other.message) })) }),
    };
    if (suggestion === undefined || own === undefined) return concealed;
    // A suggestion that depends on the value resembles it.
    const { suggestion: _dropped, ...rest } = concealed;
    return suggestion.startsWith('did you mean') || reveals(suggestion, own) ? rest : concealed;
  });
}

function replaceQuoted(text: string, { value, source }: InterpolatedValue): string {
  return text.replaceAll(quote(value), quote(source));
}

/** Returns whether a text has a part of a value that the file does not have. */
function reveals(text: string, { value, source }: InterpolatedValue): boolean {
  const withoutSource = text.replaceAll(quote(source), '');
  return value
    .split(/[^\p{L}\p{N}]+/u)
    .some((part) => part.length >= minPartLength && !source.includes(part) && withoutSource.includes(part));
}

function formatLocation({ file, offset }: Location): string {
  return `${file}:${String(offset)}`;
}
