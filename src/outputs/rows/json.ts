import { formatJson } from '../../platform/text/escape.js';
import type { RowFormat } from './row-format.js';

/** Formats rows as an array of objects. */
export function createJsonFormat(): RowFormat {
  let isFirst = true;
  return {
    rows(rows) {
      const parts = rows.map((row) => {
        const separator = isFirst ? '[\n  ' : ',\n  ';
        isFirst = false;
        return `${separator}${formatJson(row, 2).replaceAll('\n', '\n  ')}`;
      });
      return parts.join('');
    },
    end: () => (isFirst ? '[]\n' : '\n]\n'),
  };
}
