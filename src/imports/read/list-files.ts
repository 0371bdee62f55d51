import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';

import { isNotFound } from '../../platform/error-message.js';

/** A file to import. */
export interface FoundFile {
  /** As the pipeline would name it: relative to its folder, or absolute. */
  readonly path: string;
  /** The path to open. */
  readonly location: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

export interface FoundFiles {
  /** By path, each file once. */
  readonly files: readonly FoundFile[];
  /** Paths and patterns that match no file. */
  readonly unmatched: readonly string[];
  /** Files that links lead to outside of the project. */
  readonly outside: readonly string[];
}

/** Lists the files that paths and patterns name; `*` and `?` stand for characters of one name, and a folder for the files in it. */
export async function listImportFiles(
  folder: string,
  patterns: readonly string[],
  project: string | null,
): Promise<FoundFiles> {
  const found = new Map<string, FoundFile>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const files = await expandPattern(folder, pattern);
    if (files.length === 0) unmatched.push(pattern);
    for (const file of files) found.set(file.path, file);
  }
  const files = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const isOutside = await Promise.all(files.map(({ location }) => isOutsideOf(project, location)));
  const outside = files.filter((_, index) => isOutside[index] === true).map(({ path }) => path);
  return { files: files.filter((_, index) => isOutside[index] !== true), unmatched, outside };
}

async function isOutsideOf(project: string | null, location: string): Promise<boolean> {
  if (project === null) return false;
  const from = relative(await realpath(project), await realpath(location));
  return from === '..' || from.startsWith(`..${sep}`) || isAbsolute(from);
}

async function expandPattern(folder: string, pattern: string): Promise<readonly FoundFile[]> {
  let paths: readonly string[] = [isAbsolute(pattern) ? '/' : ''];
  for (const segment of pattern.split('/').filter((part) => part !== '')) {
    const next: string[] = [];
    for (const path of paths) {
      if (!/[*?]/.test(segment)) next.push(join(path, segment));
      else for (const name of await listNames(locate(folder, path), segment)) next.push(join(path, name));
    }
    paths = next;
  }
  const files: FoundFile[] = [];
  for (const path of paths) {
    const file = await findFile(folder, path);
    if (file !== 'folder') files.push(...(file === null ? [] : [file]));
    else
      for (const name of await listNames(locate(folder, path), '*')) {
        const inside = await findFile(folder, join(path, name));
        if (inside !== null && inside !== 'folder') files.push(inside);
      }
  }
  return files;
}

function locate(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

async function findFile(folder: string, path: string): Promise<FoundFile | 'folder' | null> {
  const location = locate(folder, path);
  try {
    const found = await stat(location);
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? { path, location, bytes: found.size, modifiedAt: Math.floor(found.mtimeMs) } : null;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** The names in a folder that match, without hidden ones. */
async function listNames(folder: string, pattern: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
  return names.filter((name) => !name.startsWith('.') && matches(name, pattern)).sort();
}

/** Matches in time proportional to the product of the lengths, whatever the number of `*`. */
function matches(name: string, pattern: string): boolean {
  let [inName, inPattern, star, resume] = [0, 0, -1, 0];
  while (inName < name.length) {
    const expected = pattern[inPattern];
    if (expected === '?' || (expected === name[inName] && expected !== '*')) {
      inName++;
      inPattern++;
    } else if (expected === '*') {
      star = inPattern++;
      resume = inName;
    } else if (star >= 0) {
      inPattern = star + 1;
      inName = ++resume;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}
