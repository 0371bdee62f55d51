import { escapeLine } from '../../platform/text/escape.js';
import { formatCell } from './cell.js';
import type { Row, RowFormat } from './row-format.js';

export interface CsvOptions {
  /** True to write texts as they are: line breaks, control characters and formulas too. */
  readonly isRaw: boolean;
}

/** Formats rows as comma-separated values with a header line. */
export function createCsvFormat(names: readonly string[], { isRaw }: CsvOptions): RowFormat {
  const protect = isRaw ? (value: unknown): string => formatCell(value) : formatSafeCell;
  const formatLine = (cells: readonly unknown[]): string => `${cells.map((cell) => quote(protect(cell))).join(',')}\n`;
  let head = formatLine(names);
  const takeHead = (): string => {
    const line = head;
    head = '';
    return line;
  };
  return {
    rows: (rows) => takeHead() + rows.map((row) => formatLine(names.map((name) => row[name]))).join(''),
    end: takeHead,
  };
}

/** Formats all rows at once. */
export function formatCsv(
  names: readonly string[],
  rows: readonly Row[],
  options: CsvOptions = { isRaw: false },
): string {
  const format = createCsvFormat(names, options);
  return format.rows(rows) + format.end();
}

/** One line, and nothing that a spreadsheet would execute. */
function formatSafeCell(value: unknown): string {
  const text = formatCell(value);
  if (typeof value === 'number') return text;
  const line = escapeLine(text);
  return isFormula(line) ? `'${line}` : line;
}

/** Spreadsheets execute what begins like a formula, except signed numbers. */
function isFormula(text: string): boolean {
  return /^\s*[=+\-@＝＋－＠]/.test(text) && !/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
}

function quote(text: string): string {
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
