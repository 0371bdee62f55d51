import { formatCell } from './format-cell.js';

/** Rows as comma-separated values with a line of names; what needs quotes has them. */
export function formatCsv(names: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [names, ...rows.map((row) => names.map((name) => formatCell(row[name])))];
  return lines.map((cells) => `${cells.map(quote).join(',')}\n`).join('');
}
