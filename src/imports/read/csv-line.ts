import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';

/** Splits a line into its cells without surrounding spaces. A quoted cell may contain the delimiter but no line break. */
export function splitCsvLine(line: string, delimiter: string): Result<readonly string[], string> {
  if (!line.includes('"')) return ok(line.split(delimiter).map((cell) => cell.trim()));
  const cells: string[] = [];
  let position = 0;
  for (;;) {
    while (line[position] === ' ') position++;
    if (line[position] === '"') {
      const cell = readQuoted(line, position);
      if (cell === null) return err('a quote is not closed on its line');
      cells.push(cell.text.trim());
      position = cell.end;
      while (line[position] === ' ') position++;
      if (position < line.length && !line.startsWith(delimiter, position)) return err('text follows a closing quote');
    } else {
      const next = line.indexOf(delimiter, position);
      const end = next < 0 ? line.length : next;
      const text = line.slice(position, end).trim();
      if (text.includes('"')) return err('a quote is inside a cell without quotes');
      cells.push(text);
      position = end;
    }
    if (position >= line.length) return ok(cells);
    position += delimiter.length;
  }
}

/** Reads the quoted text at `position`; null if the quote is not closed. */
function readQuoted(line: string, position: number): { readonly text: string; readonly end: number } | null {
  let end = position + 1;
  for (;;) {
    end = line.indexOf('"', end);
    if (end < 0) return null;
    if (line[end + 1] !== '"') break;
    end += 2;
  }
  return { text: line.slice(position + 1, end).replaceAll('""', '"'), end: end + 1 };
}
