import { formatCell } from './format-cell.js';

/** Formats rows as comma-separated values with a header line. */
export function formatCsv(names: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [names, ...rows.map((row) => names.map((name) => formatCell(row[name])))];
  return lines.map((cells) => `${cells.map(quote).join(',')}\n`).join('');
}
