import type { Diagnostic, Location } from '../../core/diagnostic.js';
import { sortDiagnostics } from './sort-diagnostics.js';
import type { SourceTexts } from './source-texts.js';

/** The content of a valid file with its warnings, or the diagnostics of an invalid one; with the texts they refer to. */
export type Loaded<T> =
  | (T & { readonly ok: true; readonly warnings: readonly Diagnostic[]; readonly sourceTexts: SourceTexts })
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly sourceTexts: SourceTexts };

/** Combines the results of loading a file; `content` is null if the file could not be read. */
export function toLoaded<T extends object>(
  file: string,
  content: T | null,
  diagnostics: readonly Diagnostic[],
  sourceTexts: SourceTexts,
): Loaded<T> {
  const hasErrors = diagnostics.some(({ severity }) => severity === 'error');
  if (content === null && !hasErrors) throw new Error(`${file} has no content, but no error was reported`);
  const sorted = sortDiagnostics(
    diagnostics.map((diagnostic) => locateConcealed(diagnostic, sourceTexts)),
    sourceTexts,
  );
  return content === null || hasErrors
    ? { ok: false, diagnostics: sorted, sourceTexts }
    : { ...content, ok: true, warnings: sorted, sourceTexts };
}

/** A file whose text is concealed has no places to point at. */
function locateConcealed(diagnostic: Diagnostic, sourceTexts: SourceTexts): Diagnostic {
  const locate = (location: Location): Location =>
    sourceTexts.has(location.file) ? location : { file: location.file, offset: 0, length: 0 };
  const { location, related } = diagnostic;
  return {
    ...diagnostic,
    ...(location === undefined ? {} : { location: locate(location) }),
    ...(related === undefined
      ? {}
      : { related: related.map((other) => ({ ...other, location: locate(other.location) })) }),
  };
}
