import { describe, expect, test } from 'vitest';

import { tables } from '../../src/core/tables/tables.js';
import { readDocument } from './documents.js';

describe('data/README.md', () => {
  const { text } = readDocument('data/README.md');
  const rows = new Map(
    [...text.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, name = '', columns = '']) => [name, columns]),
  );

  test.for(Object.entries(tables))('lists the columns of $0', ([name, { columns }]) => {
    const row = rows.get(name) ?? '';
    // The row of option bars names only the columns that bars of symbols do not have.
    const listed = `${row}, ${row.startsWith('the same') ? (rows.get('equity_bars') ?? '') : ''}`.split(
      /[,;]\s*(?:and )?/,
    );
    const missing = Object.keys(columns).filter(
      (column) => !['run_id', 'request_id'].includes(column) && !listed.includes(column),
    );
    expect(missing).toEqual([]);
  });
});
