import type { Diagnostic, Place } from '../core/diagnostic.js';

/** Takes a diagnostic; loading goes on, so that everything that is wrong is told at once. */
export type Report = (diagnostic: Diagnostic) => void;

/** What may be said besides the message. */
interface Details {
  readonly suggestion?: string | null;
  readonly related?: Diagnostic['related'];
}

/** An error at a place. */
export function problem(code: string, place: Place, message: string, details: Details = {}): Diagnostic {
  return diagnostic('error', code, place, message, details);
}

/** A warning at a place: nothing stops, but it is probably not what was meant. */
export function warning(code: string, place: Place, message: string, details: Details = {}): Diagnostic {
  return diagnostic('warning', code, place, message, details);
}

function diagnostic(
  severity: Diagnostic['severity'],
  code: string,
  place: Place,
  message: string,
  { suggestion = null, related = [] }: Details,
): Diagnostic {
  return {
    severity,
    code,
    message,
    place,
    ...(related.length > 0 ? { related } : {}),
    ...(suggestion === null ? {} : { suggestion }),
  };
}

/** The usual suggestion, or none. */
export function didYouMean(word: string | null): string | null {
  return word === null ? null : `did you mean \`${word}\`?`;
}
