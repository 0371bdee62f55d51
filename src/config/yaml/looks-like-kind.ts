import { closestMatch } from '../../platform/suggest.js';
import type { YamlFileKind } from './file-kind.js';

/** A line of more characters than this before its colon has no key. */
const maxKeyLength = 40;

/** The first lines of a file show its kind. */
const maxLines = 5_000;

/**
 * Returns whether a text has at least one key of a kind of file, misspelt or not. A text without one is a file of another kind,
 * such as a private key or a list of passwords, and diagnostics must not show its lines.
 */
export function looksLikeKind(text: string, { keys }: Pick<YamlFileKind, 'keys'>): boolean {
  return text
    .split('\n', maxLines)
    .flatMap((line) => findKeys(line.slice(0, 2_000)))
    .some((key) => keys.includes(key) || closestMatch(key, keys) !== null);
}

/** The words of a line that a colon and a space follow, as keys of mappings in both styles have them. */
function findKeys(line: string): readonly string[] {
  const parts = line.split(':');
  return parts.slice(0, -1).flatMap((part, index) => {
    const follows = parts[index + 1] ?? '';
    if (follows !== '' && !/^\s/.test(follows)) return [];
    const word = /[A-Za-z_][\w-]*["']?$/.exec(part.trimEnd().slice(-maxKeyLength))?.[0] ?? '';
    return word === '' ? [] : [word.replace(/["']$/, '')];
  });
}
