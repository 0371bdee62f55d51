/** One column of a text table. */
export interface TextColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Rows under headings, columns two spaces apart, nothing trailing. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[], heading: (text: string) => string): string {
  const widths = columns.map((column, index) => Math.max(width(column.title), ...rows.map((row) => width(row[index] ?? ''))));
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => {
        const cell = cells[index] ?? '';
        const fill = ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(cell)));
        return column.align === 'right' ? fill + cell : cell + fill;
      })
      .join('  ')
      .trimEnd();
  return [heading(line(columns.map((column) => column.title))), ...rows.map(line)].map((text) => `${text}\n`).join('');
}

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** The cells a text takes on the screen: colour codes take none. */
function width(text: string): number {
  return [...text.replaceAll(escapes, '')].length;
}
