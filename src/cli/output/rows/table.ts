import type { ApplyStyle } from '../../../platform/style.js';
import { escapeCell, formatRows, measureColumns } from '../../../platform/table.js';
import type { TableCell } from '../../../platform/table.js';
import { formatCell } from '../../../outputs/rows/cell.js';
import type { Row, RowFormat } from '../../../outputs/rows/row-format.js';

/** Columns are aligned within so many rows, and never become narrower after them. */
const blockRows = 1_000;

/** A longer text moves the rest of its row instead of the whole column. */
const maxColumnWidth = 100;

const gap = 2;

/** Formats rows in aligned columns, numbers to the right. `formatValue` formats a value of a column for a person. */
export function createTableFormat(
  names: readonly string[],
  style: ApplyStyle,
  formatValue: (row: Row, name: string) => string = (row, name) => formatCell(row[name]),
): RowFormat {
  const head = names.map((text) => escapeCell({ text, style: (cell: string) => style('quiet', cell) }));
  let pending: Row[] = [];
  let align: readonly ('left' | 'right')[] | null = null;
  let widths: readonly number[] = [];

  const formatBlock = (block: readonly Row[]): string => {
    const rows: TableCell[][] = block.map((row) => names.map((name) => escapeCell({ text: formatValue(row, name) })));
    const lines = align === null ? [head, ...rows] : rows;
    align ??= alignColumns(names, block);
    widths = measureColumns(lines, align, maxColumnWidth).map((width, index) => Math.max(width, widths[index] ?? 0));
    return formatRows(lines, align, widths, gap)
      .map((line) => `${line}\n`)
      .join('');
  };

  return {
    rows(rows) {
      let text = '';
      for (const row of rows) {
        pending.push(row);
        if (pending.length < blockRows) continue;
        text += formatBlock(pending);
        pending = [];
      }
      return text;
    },
    end: () => (pending.length > 0 || align === null ? formatBlock(pending) : ''),
  };
}

function alignColumns(names: readonly string[], rows: readonly Row[]): readonly ('left' | 'right')[] {
  return names.map((name) =>
    rows.length > 0 && rows.every((row) => row[name] === null || typeof row[name] === 'number') ? 'right' : 'left',
  );
}
