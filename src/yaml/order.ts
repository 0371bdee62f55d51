import type { Diagnostic } from '../core/diagnostic.js';
import type { Sources } from './sources.js';

/** A file with ten thousand bad rows is told about by its first hundred. */
const most = 100;

/** Problems as one reads the files: from top to bottom, each once, errors of a hopeless file cut short. */
export function inReadingOrder(diagnostics: readonly Diagnostic[], sources: Sources): readonly Diagnostic[] {
  const position = new Map([...sources.keys()].map((file, index) => [file, index]));
  const fileOf = ({ place }: Diagnostic): number => (place === undefined ? -1 : (position.get(place.file) ?? -1));
  const sorted = diagnostics.toSorted((a, b) =>
    inOrder(fileOf(a), fileOf(b), a.place?.offset ?? 0, b.place?.offset ?? 0),
  );

  const seen = new Set<string>();
  const once = sorted.filter(({ code, message, place }) => {
    // What an alias repeats is wrong once.
    const key = `${code} ${place?.file ?? ''}:${place?.offset ?? ''} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  if (once.length <= most) return once;

  const errors = once.filter(({ severity }) => severity === 'error');
  const kept = new Set([...errors, ...once.filter(({ severity }) => severity === 'warning')].slice(0, most));
  const rest: Diagnostic = {
    severity: errors.length > most ? 'error' : 'warning',
    code: 'more-problems',
    message: `there are more problems than the ${most} shown here`,
  };
  return [...once.filter((diagnostic) => kept.has(diagnostic)), rest];
}

function inOrder(file: number, otherFile: number, offset: number, otherOffset: number): number {
  return file === otherFile ? offset - otherOffset : file - otherFile;
}
