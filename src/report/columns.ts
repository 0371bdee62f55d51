/** One cell: its text, and how to paint it once its width is settled. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Rows in aligned columns, numbers to the right; cells are painted after they are measured. */
export function columns(rows: readonly (readonly Cell[])[], align: readonly ('left' | 'right')[], gap = 3): string[] {
  const widths = align.map((_, index) => Math.max(0, ...rows.map((row) => row[index]?.text.length ?? 0)));
  return rows.map((row) =>
    row
      .map(({ text, paint }, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - text.length);
        const painted = paint === undefined ? text : paint(text);
        if (align[index] === 'right') return padding + painted;
        return index === row.length - 1 ? painted : painted + padding;
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** Text broken into lines of at most `width`, at spaces; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
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
