import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the repository. */
export const root = join(import.meta.dirname, '../..');

/** A fenced block of a document. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** The line of its first fence, counted from 1. */
  readonly line: number;
  /** The file that the block shows, from a comment `<!-- file: path -->` before it or a first line `# path.yaml`. */
  readonly file: string | null;
}

/** A link of a document to another file of the repository. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

export interface Document {
  /** The path in the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
  readonly links: readonly Link[];
  /** The anchors of its headings, as GitHub derives them. */
  readonly anchors: ReadonlySet<string>;
}

const pagesOutsideDocs = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'data/README.md', 'lineage/README.md'];

/** Reads every page for users and contributors. */
export function readDocuments(): readonly Document[] {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .sort();
  return [...pagesOutsideDocs, ...pages].map(readDocument);
}

export function readDocument(path: string): Document {
  return parseDocument(path, readFileSync(join(root, path), 'utf8'));
}

export function parseDocument(path: string, text: string): Document {
  const blocks: CodeBlock[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | null = null;
  let comment: string | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(\w*)/.exec(line);
    if (open !== null) {
      if (fence === null) {
        open.lines.push(line);
        continue;
      }
      const blockText = `${open.lines.join('\n')}\n`;
      const titled = /^# (\S+\.ya?ml)$/m.exec(open.lines[0] ?? '')?.[1] ?? null;
      blocks.push({ language: open.language, line: open.line, text: blockText, file: comment ?? titled });
      open = null;
      comment = null;
    } else if (fence !== null) {
      open = { language: fence[1] ?? '', line: index + 1, lines: [] };
    } else {
      comment = /^<!-- file: (\S+) -->$/.exec(line)?.[1] ?? (line === '' ? comment : null);
      if (/^#+ /.test(line)) anchors.add(toAnchor(line, anchors));
      for (const [, target = ''] of line.matchAll(/\]\(([^()\s]+)\)/g)) {
        if (!/^[a-z]+:/.test(target)) links.push({ target, line: index + 1 });
      }
    }
  }
  if (open !== null) throw new Error(`${path}:${String(open.line)}: the block does not end`);
  return { path, text, blocks, links, anchors };
}

/** GitHub's anchor: lower case, no punctuation, a number for repeated headings. */
function toAnchor(heading: string, taken: ReadonlySet<string>): string {
  const base = heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
  let anchor = base;
  for (let number = 1; taken.has(anchor); number += 1) anchor = `${base}-${String(number)}`;
  return anchor;
}
