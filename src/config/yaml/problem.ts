import type { Diagnostic, Location } from '../../core/diagnostic.js';

/** Takes a diagnostic; loading goes on, so that everything that is wrong is told at once. */
export type ReportDiagnostic = (buildDiagnostic: Diagnostic) => void;

/** What may be said besides the message. */
interface DiagnosticDetails {
  readonly suggestion?: string | null;
  readonly related?: Diagnostic['related'];
}

/** An error at a place. */
export function problem(
  code: string,
  location: Location,
  message: string,
  details: DiagnosticDetails = {},
): Diagnostic {
  return buildDiagnostic('error', code, location, message, details);
}

/** A warning at a place: nothing stops, but it is probably not what was meant. */
export function warning(
  code: string,
  location: Location,
  message: string,
  details: DiagnosticDetails = {},
): Diagnostic {
  return buildDiagnostic('warning', code, location, message, details);
}

function buildDiagnostic(
  severity: Diagnostic['severity'],
  code: string,
  location: Location,
  message: string,
  { suggestion = null, related = [] }: DiagnosticDetails,
): Diagnostic {
  return {
    severity,
    code,
    message,
    location,
    ...(related.length > 0 ? { related } : {}),
    ...(suggestion === null ? {} : { suggestion }),
  };
}

/** The usual suggestion, or none. */
export function didYouMean(word: string | null): string | null {
  return word === null ? null : `did you mean \`${word}\`?`;
}
