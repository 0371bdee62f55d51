import type { ScalarNode } from '../../yaml/tree.js';
import type { QueryText } from '../pipeline.js';

/** A statement with its place in the YAML file that it is written in. */
export function toInlineQuery({ location }: ScalarNode, text: string, source: string): QueryText {
  const { file, offset } = location;
  const raw = source.slice(offset, offset + location.length);
  const header = /^[|>][^\n]*\n/.exec(raw)?.[0];
  if (header !== undefined) {
    const blankLines = /^(?:[ \t]*\r?\n)*/.exec(raw.slice(header.length))?.[0] ?? '';
    const indent = /^ */.exec(raw.slice(header.length + blankLines.length))?.[0].length ?? 0;
    const line = getLineNumber(source, offset + header.length);
    // Folding joins lines, so that no more can be said than where the text begins.
    return { text, file, line, column: indent + 1, indent: raw.startsWith('|') ? indent : null };
  }
  const start = /^["']/.test(raw) ? offset + 1 : offset;
  const column = start - source.lastIndexOf('\n', start - 1);
  return { text, file, line: getLineNumber(source, start), column, indent: null };
}

/** A statement that is a file of its own. */
export function toFileQuery(file: string, text: string): QueryText {
  return { text, file, line: 1, column: 1, indent: 0 };
}

function getLineNumber(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}
