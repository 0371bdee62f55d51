import { barSizes } from '../../core/tables/bars.js';
import { rowKeyColumns } from '../../core/tables/row-key.js';
import { getColumns, tables } from '../../core/tables/tables.js';
import type { ColumnType } from '../../core/tables/tables.js';
import type { TableSelection } from '../selection.js';
import { quoteName, quoteText } from '../sql.js';

/** A column of a table in PostgreSQL. */
export interface TargetColumn {
  readonly name: string;
  /** The type in PostgreSQL, with constraints. */
  readonly type: string;
  /** The value as SQL of DuckDB, over a row of the lake and `ids`, which has the `symbol_id` of its symbol. */
  readonly sql: string;
  /** The type in DuckDB, as which values are compared. */
  readonly comparedAs: string;
}

/** The table of PostgreSQL that holds the rows of a table of the lake. */
export interface Target {
  readonly table: string;
  readonly columns: readonly TargetColumn[];
  /** The key as expressions of PostgreSQL. */
  readonly key: readonly string[];
  /** The columns of `changed_windows` by name, with the column of the target and its value as SQL of DuckDB. */
  readonly windowColumns: Readonly<
    Record<string, { readonly column: string; readonly type: string; readonly sql: string }>
  >;
  readonly time: { readonly column: string; readonly type: string };
  /** True if rows name their symbol by its id in `symbols`. */
  readonly usesSymbolIds: boolean;
}

const postgresTypes: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  number: 'double precision',
  integer: 'bigint',
  boolean: 'boolean',
  timestamp: 'timestamptz',
  date: 'date',
};

const comparedTypes: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMPTZ',
  date: 'DATE',
};

/** Text columns of a key that may be null: a null in a unique index differs from every other one. */
const nullableKeys: ReadonlySet<string> = new Set(['trading_class', 'exchange']);

export function createTarget(selection: TableSelection): Target {
  return selection.dataset === 'equity_bars' ? createMarketData(selection) : createPlainTarget(selection);
}

/** A table named and built like that of the lake. */
function createPlainTarget({ dataset, columns }: TableSelection): Target {
  const all = getColumns(dataset);
  const key = rowKeyColumns(dataset);
  const { time } = tables[dataset];
  return {
    table: dataset,
    columns: columns.map((name) => {
      const type = all[name]?.type ?? 'text';
      const constraint = key.includes(name) && !nullableKeys.has(name) ? ' NOT NULL' : '';
      return {
        name,
        type: `${postgresTypes[type]}${constraint}`,
        sql: `r.${quoteName(name)}`,
        comparedAs: comparedTypes[type],
      };
    }),
    key: key.map((name) => (nullableKeys.has(name) ? `coalesce(${quoteName(name)}, '')` : quoteName(name))),
    windowColumns: Object.fromEntries(
      key
        .filter((name) => name !== time)
        .map((name) => [
          name,
          { column: name, type: postgresTypes[all[name]?.type ?? 'text'], sql: `w.${quoteName(name)}` },
        ]),
    ),
    time: { column: time, type: 'timestamptz' },
    usesSymbolIds: false,
  };
}

/** Names of bar sizes as other collectors write them: `1day`, `5min`, `1hour`. */
export function toTimeframe(barSize: string): string {
  return barSize.replace(' ', '').replace(/s$/, '');
}

function timeframeSql(value: string): string {
  const cases = Object.keys(barSizes).map((size) => `WHEN ${quoteText(size)} THEN ${quoteText(toTimeframe(size))}`);
  return `CASE ${value} ${cases.join(' ')} ELSE ${value} END`;
}

const toTimestamp = (instant: string): string => `make_timestamp(epoch_us(${instant}))`;

/** Columns of `market_data` under other names, with their values; the others are named like those of the lake. */
const marketDataColumns: readonly (TargetColumn & { readonly from: string })[] = [
  { from: 'symbol', name: 'symbol_id', type: 'integer', sql: 'ids.symbol_id', comparedAs: 'BIGINT' },
  { from: 'ts', name: 'timestamp', type: 'timestamp NOT NULL', sql: toTimestamp('r.ts'), comparedAs: 'TIMESTAMP' },
  {
    from: 'bar_size',
    name: 'timeframe',
    type: 'varchar(20) NOT NULL',
    sql: timeframeSql('r.bar_size'),
    comparedAs: 'VARCHAR',
  },
  price('open'),
  price('high'),
  price('low'),
  price('close'),
  {
    from: 'volume',
    name: 'volume',
    type: 'bigint DEFAULT 0',
    sql: 'CAST(round(r.volume) AS BIGINT)',
    comparedAs: 'BIGINT',
  },
  { from: 'wap', name: 'wap', type: 'numeric', sql: 'r.wap', comparedAs: 'DOUBLE' },
  { from: 'bar_count', name: 'bar_count', type: 'bigint DEFAULT 0', sql: 'r.bar_count', comparedAs: 'BIGINT' },
];

function price(name: string): TargetColumn & { readonly from: string } {
  return { from: name, name, type: 'numeric NOT NULL', sql: `r.${name}`, comparedAs: 'DOUBLE' };
}

/**
 * `market_data`, as collectors of bars have it, with the columns of the lake that distinguish series. Rows that others write have
 * no provider, and are left as they are.
 */
function createMarketData({ columns }: TableSelection): Target {
  const all = getColumns('equity_bars');
  const known = new Map(marketDataColumns.map((column) => [column.from, column]));
  return {
    table: 'market_data',
    columns: columns.map((name) => {
      const type = all[name]?.type ?? 'text';
      return (
        known.get(name) ?? {
          name,
          type: postgresTypes[type],
          sql: `r.${quoteName(name)}`,
          comparedAs: comparedTypes[type],
        }
      );
    }),
    key: ['symbol_id', 'timeframe', '"timestamp"', 'provider', 'what', 'use_rth'],
    windowColumns: {
      symbol: { column: 'symbol_id', type: 'integer', sql: 'ids.symbol_id' },
      provider: { column: 'provider', type: 'text', sql: 'w.provider' },
      bar_size: { column: 'timeframe', type: 'text', sql: timeframeSql('w.bar_size') },
      what: { column: 'what', type: 'text', sql: 'w.what' },
      use_rth: { column: 'use_rth', type: 'boolean', sql: 'w.use_rth' },
    },
    time: { column: 'timestamp', type: 'timestamp' },
    usesSymbolIds: true,
  };
}
