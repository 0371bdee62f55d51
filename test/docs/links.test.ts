import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

import { parseDocument, readDocuments, root } from './documents.js';

const documents = readDocuments();
const byPath = new Map(documents.map((document) => [document.path, document]));

describe('links of documents', () => {
  test.for(documents)('name existing files and headings in $path', ({ path, links }) => {
    const broken = links.filter(({ target }) => {
      const [file = '', anchor] = target.split('#');
      const goal = file === '' ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(root, goal))) return true;
      return anchor !== undefined && byPath.get(goal)?.anchors.has(anchor) !== true;
    });
    expect(broken).toEqual([]);
  });

  test('lead from docs/README.md to every page of docs', () => {
    const index = byPath.get('docs/README.md');
    const linked = index?.links.map(({ target }) => normalize(join('docs', target))) ?? [];
    const pages = documents.map(({ path }) => path).filter((path) => path.startsWith('docs/'));
    const unlinked = pages.filter((path) => !linked.includes(path) && !path.startsWith('docs/decisions/'));
    expect(unlinked).toEqual(['docs/README.md']);
  });

  test('lead from docs/decisions/README.md to every decision', () => {
    const linked = byPath.get('docs/decisions/README.md')?.links.map(({ target }) => `docs/decisions/${target}`) ?? [];
    const decisions = documents.map(({ path }) => path).filter((path) => path.startsWith('docs/decisions/'));
    expect(decisions.filter((path) => !linked.includes(path))).toEqual(['docs/decisions/README.md']);
  });
});

describe('parseDocument', () => {
  test('returns relative links and the anchors of headings', () => {
    const { links, anchors } = parseDocument(
      'a.md',
      '# `pipe run [file]`\n\n[b](b.md#c) and [web](https://example.com)\n\n## Same\n\n## Same\n',
    );
    expect(links).toEqual([{ target: 'b.md#c', line: 3 }]);
    expect([...anchors]).toEqual(['pipe-run-file', 'same', 'same-1']);
  });
});
