/** One cell: its text, and the style to apply after its width is known. */
export interface TableCell {
  readonly text: string;
  readonly style?: (text: string) => string;
}

/** Formats rows in aligned columns, with numbers to the right; styles are applied after measuring. */
export function formatTable(
  rows: readonly (readonly TableCell[])[],
  align: readonly ('left' | 'right')[],
  gap = 3,
): string[] {
  const widths = align.map((_, index) => Math.max(0, ...rows.map((row) => row[index]?.text.length ?? 0)));
  return rows.map((row) =>
    row
      .map(({ text, style }, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - text.length);
        const styled = style === undefined ? text : style(text);
        if (align[index] === 'right') return padding + styled;
        return index === row.length - 1 ? styled : styled + padding;
      })
      .join(' '.repeat(gap))
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
