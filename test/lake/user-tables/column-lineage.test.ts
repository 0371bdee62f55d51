import { expect, onTestFinished, test } from 'vitest';
import { traceColumnLineage } from '../../../src/lake/user-tables/column-lineage.js';
import { parseSyntaxTree } from '../../../src/lake/user-tables/statement.js';
import { openEngine } from '../../../src/lake/parquet/engine.js';
import { temporaryFolder } from '../lake-fixture.js';

const known = {
  tables: new Map([
    ['bars', ['symbol', 'ts', 'close', 'volume']],
    ['names', ['symbol', 'name']],
  ]),
  aggregates: new Set(['sum', 'max', 'count_star']),
};

async function traceLineage(sql: string, result: readonly string[]): Promise<readonly string[]> {
  const engine = await openEngine({ memoryLimit: '160MB', spillFolder: await temporaryFolder(), preserveOrder: true });
  onTestFinished(() => {
    engine.close();
  });
  const { columns, rows } = traceColumnLineage(await parseSyntaxTree(engine, sql), result, known);
  const formatRefs = (names: readonly { dataset: string; column: string }[]): string =>
    names
      .map(({ dataset, column }) => `${dataset}.${column}`)
      .sort()
      .join(' ');
  return [
    ...columns.map(({ column, kind, from }) => `${column} ${kind} ${formatRefs(from)}`.trim()),
    `rows ${formatRefs(rows)}`.trim(),
  ];
}

test.each<[string, readonly string[], readonly string[]]>([
  [
    'SELECT symbol, close * 2 AS twice FROM bars',
    ['symbol', 'twice'],
    ['symbol identity bars.symbol', 'twice transformation bars.close', 'rows'],
  ],
  [
    'SELECT symbol, sum(close * volume) AS turnover FROM bars WHERE volume > 0 GROUP BY symbol',
    ['symbol', 'turnover'],
    ['symbol identity bars.symbol', 'turnover aggregation bars.close bars.volume', 'rows bars.symbol bars.volume'],
  ],
  [
    'SELECT close / lag(close) OVER (PARTITION BY symbol ORDER BY ts) - 1 AS r, r * r AS square FROM bars',
    ['r', 'square'],
    ['r aggregation bars.close bars.symbol bars.ts', 'square aggregation bars.close bars.symbol bars.ts', 'rows'],
  ],
  ['FROM names', ['symbol', 'name'], ['symbol identity names.symbol', 'name identity names.name', 'rows']],
  [
    'SELECT * EXCLUDE (ts) FROM bars JOIN names USING (symbol)',
    ['symbol', 'close', 'volume', 'name'],
    [
      'symbol identity bars.symbol',
      'close identity bars.close',
      'volume identity bars.volume',
      'name identity names.name',
      'rows bars.symbol names.symbol',
    ],
  ],
  [
    'WITH last(s, c) AS (SELECT symbol, max(close) FROM bars GROUP BY 1) SELECT n.name, l.c + 1 AS c FROM last l JOIN names n ON n.symbol = l.s',
    ['name', 'c'],
    ['name identity names.name', 'c aggregation bars.close', 'rows bars.symbol names.symbol'],
  ],
  [
    'SELECT b.symbol, (SELECT max(name) FROM names n WHERE n.symbol = b.symbol) AS name FROM bars AS b',
    ['symbol', 'name'],
    ['symbol identity bars.symbol', 'name aggregation names.name', 'rows bars.symbol names.symbol'],
  ],
  [
    'SELECT symbol AS what FROM bars UNION ALL SELECT name FROM names',
    ['what'],
    ['what identity bars.symbol names.name', 'rows'],
  ],
  ['SELECT 1 AS one, now() AS at', ['one', 'at'], ['one transformation', 'at transformation', 'rows']],
  // Columns with unknown sources are omitted, one by one if possible.
  ['SELECT symbol, i FROM bars, range(3) t(i)', ['symbol', 'i'], ['symbol identity bars.symbol', 'rows']],
  [
    'SELECT symbol, list_transform([close], x -> x + 1) AS l FROM bars',
    ['symbol', 'l'],
    ['symbol identity bars.symbol', 'rows'],
  ],
  ["SELECT COLUMNS('s.*') FROM names", ['symbol'], ['rows']],
  ['SELECT symbol FROM bars UNION BY NAME SELECT name FROM names', ['symbol', 'name'], ['rows']],
])('traces the columns of %s', async (sql, result, expected) => {
  expect(await traceLineage(sql, result)).toEqual(expected);
});
