import type { Location } from '../../../core/diagnostic.js';
import { problem } from '../../yaml/problem.js';
import type { ReportDiagnostic } from '../../yaml/problem.js';

/** One cell of a line, with its location; surrounding spaces are not part of it. */
export interface CsvCell {
  readonly text: string;
  readonly location: Location;
}

/** Reads the lines of a CSV text as cells and skips blank lines. A quoted cell may contain commas but no line break. */
export function* readCsv(file: string, text: string, report: ReportDiagnostic): Generator<readonly CsvCell[]> {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const lineEnd = newline < 0 ? text.length : newline;
    const end = text[lineEnd - 1] === '\r' && lineEnd > start ? lineEnd - 1 : lineEnd;
    const line = text.slice(start, end);
    if (line.trim() !== '') {
      const cells = readLine(file, line, start, report);
      if (cells !== null) yield cells;
    }
    start = lineEnd + 1;
  }
}

function readLine(file: string, line: string, offset: number, report: ReportDiagnostic): readonly CsvCell[] | null {
  const cells: CsvCell[] = [];
  let position = 0;
  for (;;) {
    while (line[position] === ' ') position++;
    if (line[position] === '"') {
      const cell = readQuoted(line, position);
      if (cell === null) {
        const location = { file, offset: offset + position, length: line.length - position };
        report(
          problem('csv-quote', location, 'the quote is not closed on its line, or text follows the closing quote'),
        );
        return null;
      }
      cells.push({ text: cell.text, location: { file, offset: offset + position, length: cell.end - position } });
      position = cell.end;
    } else {
      const comma = line.indexOf(',', position);
      const end = comma < 0 ? line.length : comma;
      const text = line.slice(position, end).trimEnd();
      cells.push({ text, location: { file, offset: offset + position, length: text.length } });
      position = end;
    }
    while (line[position] === ' ') position++;
    if (position >= line.length) return cells;
    position++;
  }
}

/** Reads the quoted text at `position`; null if the quote is not closed or text follows it. */
function readQuoted(line: string, position: number): { readonly text: string; readonly end: number } | null {
  let end = position + 1;
  for (;;) {
    end = line.indexOf('"', end);
    if (end < 0) return null;
    if (line[end + 1] !== '"') break;
    end += 2;
  }
  end++;
  const rest = line.slice(end).trimStart();
  if (rest !== '' && !rest.startsWith(',')) return null;
  return { text: line.slice(position + 1, end - 1).replaceAll('""', '"'), end };
}
