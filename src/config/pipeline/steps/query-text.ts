import type { ScalarNode } from '../../yaml/tree.js';
import type { QueryText } from '../pipeline.js';

/** Creates the query of a statement in a YAML file, with its location. */
export function toInlineQuery({ location }: ScalarNode, text: string, source: string): QueryText {
  const { file, offset } = location;
  const raw = source.slice(offset, offset + location.length);
  const header = /^[|>][^\n]*\n/.exec(raw)?.[0];
  if (header !== undefined) {
    const blankLines = /^(?:[ \t]*\r?\n)*/.exec(raw.slice(header.length))?.[0] ?? '';
    const indent = /^ */.exec(raw.slice(header.length + blankLines.length))?.[0].length ?? 0;
    const line = getLineNumber(source, offset + header.length);
    // Folding joins lines, so only the start of the text can be located.
    return { text, file, line, column: indent + 1, indent: raw.startsWith('|') ? indent : null };
  }
  const start = /^["']/.test(raw) ? offset + 1 : offset;
  const column = start - source.lastIndexOf('\n', start - 1);
  return { text, file, line: getLineNumber(source, start), column, indent: null };
}

/** Creates the query of a statement that is a separate file. */
export function toFileQuery(file: string, text: string): QueryText {
  return { text, file, line: 1, column: 1, indent: 0 };
}

function getLineNumber(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}
