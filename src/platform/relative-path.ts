import { relative } from 'node:path';

/** A path as it is shortest from here: what lies below this folder is named from it. */
export function toRelativePath(path: string): string {
  const from = relative('.', path);
  return from === '' || from.startsWith('..') ? path : from;
}
