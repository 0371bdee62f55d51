import type { ScalarNode } from '../yaml/tree.js';
import type { QueryText } from './pipeline.js';

/** A statement with its place in the YAML file that it is written in. */
export function queryIn({ place }: ScalarNode, text: string, source: string): QueryText {
  const { file, offset } = place;
  const written = source.slice(offset, offset + place.length);
  const header = /^[|>][^\n]*\n/.exec(written)?.[0];
  if (header !== undefined) {
    const blankLines = /^(?:[ \t]*\r?\n)*/.exec(written.slice(header.length))?.[0] ?? '';
    const indent = /^ */.exec(written.slice(header.length + blankLines.length))?.[0].length ?? 0;
    const line = lineAt(source, offset + header.length);
    // Folding joins lines, so that no more can be said than where the text begins.
    return { text, file, line, column: indent + 1, indent: written.startsWith('|') ? indent : null };
  }
  const start = /^["']/.test(written) ? offset + 1 : offset;
  const column = start - source.lastIndexOf('\n', start - 1);
  return { text, file, line: lineAt(source, start), column, indent: null };
}

/** A statement that is a file of its own. */
export function queryFrom(file: string, text: string): QueryText {
  return { text, file, line: 1, column: 1, indent: 0 };
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}
