import type { Place } from '../core/diagnostic.js';
import { problem } from '../yaml/problem.js';
import type { Report } from '../yaml/problem.js';

/** One cell of a line, with its place; surrounding spaces are not part of it. */
export interface Cell {
  readonly text: string;
  readonly place: Place;
}

/** The lines of a CSV text as cells, blank lines left out. A cell in quotes may hold commas but no line break. */
export function* readCsv(file: string, text: string, report: Report): Generator<readonly Cell[]> {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline;
    const end = text[next - 1] === '\r' && next > start ? next - 1 : next;
    const line = text.slice(start, end);
    if (line.trim() !== '') {
      const cells = readLine(file, line, start, report);
      if (cells !== null) yield cells;
    }
    start = next + 1;
  }
}

function readLine(file: string, line: string, offset: number, report: Report): readonly Cell[] | null {
  const cells: Cell[] = [];
  let at = 0;
  for (;;) {
    while (line[at] === ' ') at++;
    if (line[at] === '"') {
      const cell = readQuoted(line, at);
      if (cell === null) {
        const place = { file, offset: offset + at, length: line.length - at };
        report(problem('csv-quote', place, 'this quote is not closed on its line, or text follows the closing one'));
        return null;
      }
      cells.push({ text: cell.text, place: { file, offset: offset + at, length: cell.end - at } });
      at = cell.end;
    } else {
      const comma = line.indexOf(',', at);
      const end = comma < 0 ? line.length : comma;
      const text = line.slice(at, end).trimEnd();
      cells.push({ text, place: { file, offset: offset + at, length: text.length } });
      at = end;
    }
    while (line[at] === ' ') at++;
    if (at >= line.length) return cells;
    at++;
  }
}

/** The text in quotes that begins at `at`, and where it ends; null when it is not closed or something follows it. */
function readQuoted(line: string, at: number): { readonly text: string; readonly end: number } | null {
  let end = at + 1;
  for (;;) {
    end = line.indexOf('"', end);
    if (end < 0) return null;
    if (line[end + 1] !== '"') break;
    end += 2;
  }
  end++;
  const rest = line.slice(end).trimStart();
  if (rest !== '' && !rest.startsWith(',')) return null;
  return { text: line.slice(at + 1, end - 1).replaceAll('""', '"'), end };
}
