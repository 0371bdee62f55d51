import type { Diagnostic } from '../../core/diagnostic.js';
import type { SourceTexts } from './source-texts.js';

/** Limit for files with thousands of invalid rows. */
const maxDiagnostics = 100;

/** Sorts diagnostics by file and position, removes duplicates and limits their number; errors take precedence. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[], sourceTexts: SourceTexts): readonly Diagnostic[] {
  const fileOrder = new Map([...sourceTexts.keys()].map((file, index) => [file, index]));
  const getFileIndex = ({ location }: Diagnostic): number =>
    location === undefined ? -1 : (fileOrder.get(location.file) ?? -1);
  const sorted = diagnostics.toSorted((a, b) =>
    comparePositions(getFileIndex(a), getFileIndex(b), a.location?.offset ?? 0, b.location?.offset ?? 0),
  );

  const seen = new Set<string>();
  const unique = sorted.filter(({ code, message, location }) => {
    // An alias repeats the diagnostics of its value.
    const key = `${code} ${location?.file ?? ''}:${location?.offset ?? ''} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  if (unique.length <= maxDiagnostics) return unique;

  const errors = unique.filter(({ severity }) => severity === 'error');
  const retained = new Set(
    [...errors, ...unique.filter(({ severity }) => severity === 'warning')].slice(0, maxDiagnostics),
  );
  const overflow: Diagnostic = {
    severity: errors.length > maxDiagnostics ? 'error' : 'warning',
    code: 'more-problems',
    message: `there are more problems than the ${maxDiagnostics} shown here`,
  };
  return [...unique.filter((diagnostic) => retained.has(diagnostic)), overflow];
}

function comparePositions(file: number, otherFile: number, offset: number, otherOffset: number): number {
  return file === otherFile ? offset - otherOffset : file - otherFile;
}
