import type { Diagnostic, Location } from '../../core/diagnostic.js';

/** Records a diagnostic. Loading continues, so that one load reports every problem. */
export type ReportDiagnostic = (diagnostic: Diagnostic) => void;

/** A message with a suggestion, if there is one. */
export interface Explanation {
  readonly message: string;
  readonly suggestion: string | null;
}

/** Optional parts of a diagnostic. */
interface DiagnosticDetails {
  readonly suggestion?: string | null;
  readonly related?: Diagnostic['related'];
}

/** Creates an error at a location. */
export function problem(
  code: string,
  location: Location,
  message: string,
  details: DiagnosticDetails = {},
): Diagnostic {
  return buildDiagnostic('error', code, location, message, details);
}

/** Creates a warning at a location: the file is valid, but probably not as intended. */
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

/** Suggests a replacement; null if there is none. */
export function didYouMean(word: string | null): string | null {
  return word === null ? null : `did you mean \`${word}\`?`;
}
