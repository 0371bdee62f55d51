import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

const list = join(import.meta.dirname, 'forbidden-words.txt');

/** The searched paths below the project's folder. */
const searched = ['src', 'test', 'docs', 'schemas', 'pipelines', 'bench', 'README.md', 'CONTRIBUTING.md'];

/** Files that are not the project's own text: fixtures, the list itself, and old names on disk that are still read. */
const excluded = [
  /\.generated\.ts$/,
  /\.tgz$/,
  /\/legacy-[\w.-]+\.ts$/,
  /^test\/architecture\/forbidden-words\..*txt$/,
];

/** Returns every line with a forbidden word as `path:line: word`. */
export function findForbiddenWords(root: string, paths: readonly string[] = searched): readonly string[] {
  const patterns = readPatterns();
  return paths
    .flatMap((path) => listFiles(root, path))
    .flatMap((path) => {
      const lines = readFileSync(join(root, path), 'utf8').split('\n');
      return lines.flatMap((line, index) => {
        const word = patterns.map((pattern) => pattern.exec(line)?.[0]).find((match) => match !== undefined);
        return word === undefined ? [] : [`${path}:${String(index + 1)}: ${word}`];
      });
    });
}

/** The expressions of the list. Case matters in those that name the beginning of an identifier. */
export function readPatterns(): readonly RegExp[] {
  return readFileSync(list, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => new RegExp(line, /[A-Z]\]/.test(line) ? '' : 'i'));
}

function listFiles(root: string, path: string): readonly string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .map((file) => posix.join(path, file.split(sep).join(posix.sep)))
    .filter((file) => statSync(join(root, file)).isFile() && !excluded.some((pattern) => pattern.test(file)));
}
