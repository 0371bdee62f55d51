import { relative } from 'node:path';

/** The shortest form of a path: relative to the working directory if it is below it. */
export function toRelativePath(path: string): string {
  const from = relative('.', path);
  return from === '' || from.startsWith('..') ? path : from;
}
