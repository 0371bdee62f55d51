import { escapeLine } from './text/escape.js';

/** One cell: its text, and the style to apply after its width is known. */
export interface TableCell {
  readonly text: string;
  readonly style?: (text: string) => string;
}

/** The columns of a table: texts to the left, numbers to the right. */
export type Alignment = readonly ('left' | 'right')[];

/**
 * Formats rows in aligned columns, with numbers to the right. Texts are escaped, since cells show what providers and files contain;
 * styles are applied after measuring.
 */
export function formatTable(rows: readonly (readonly TableCell[])[], align: Alignment, gap = 3): string[] {
  const escaped = rows.map((row) => row.map(escapeCell));
  return formatRows(escaped, align, measureColumns(escaped, align), gap);
}

/** Escapes the text of a cell. */
export function escapeCell<Cell extends TableCell>(cell: Cell): Cell {
  return { ...cell, text: escapeLine(cell.text) };
}

/** Measures the widest cell of each column; cells wider than `limit` do not count. */
export function measureColumns(
  rows: readonly (readonly TableCell[])[],
  align: Alignment,
  limit = Number.POSITIVE_INFINITY,
): readonly number[] {
  const widths = align.map(() => 0);
  for (const row of rows) {
    for (const [index, { text }] of row.entries()) {
      const width = text.length;
      if (width > (widths[index] ?? 0) && width <= limit) widths[index] = width;
    }
  }
  return widths;
}

/** Formats rows of escaped cells in columns of given widths; a wider cell moves the rest of its row. */
export function formatRows(
  rows: readonly (readonly TableCell[])[],
  align: Alignment,
  widths: readonly number[],
  gap: number,
): string[] {
  const separator = ' '.repeat(gap);
  return rows.map((row) =>
    row
      .map(({ text, style }, index) => {
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - text.length));
        const styled = style === undefined ? text : style(text);
        if (align[index] === 'right') return padding + styled;
        return index === row.length - 1 ? styled : styled + padding;
      })
      .join(separator)
      .trimEnd(),
  );
}

/** Wraps text at spaces into lines of at most `width`; a longer word gets a line of its own. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}
