import { datasets, getColumns } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { LocalDate } from '../../core/time/time.js';
import type { LakeFeed } from '../../lake/feed/feed.js';
import { closestMatch } from '../../platform/suggest.js';
import { cellSql, neutralizeSql } from '../../sinks/csv/csv-cells.js';
import { csvLayouts } from '../../sinks/csv/layout.js';
import { orderSql } from '../../sinks/csv/stage-files.js';
import { quoteName, quoteText } from '../../sinks/sql.js';
import { CliError } from '../cli-error.js';
import { exitCode } from '../exit-code.js';
import { createUnknownSymbolError } from '../queries/unknown-symbol.js';

/** The rows to export: of a table, or of a read-only statement over the lake. */
export type ExportSource =
  | {
      readonly kind: 'table';
      readonly dataset: Dataset;
      /** Null for all symbols. */
      readonly symbols: readonly string[] | null;
      /** The first and the last session or day; null for no bound. */
      readonly from: LocalDate | null;
      readonly until: LocalDate | null;
    }
  | { readonly kind: 'query'; readonly sql: string };

export interface ExportColumn {
  readonly name: string;
  /** The type in DuckDB. */
  readonly type: string;
  /** The value as SQL of DuckDB, over `source`. */
  readonly value: string;
  /** The value in a file that a spreadsheet may open: no text is a formula. */
  readonly safe: string;
}

/** A source whose rows the engine of a feed can read. */
export interface PreparedSource {
  readonly columns: readonly ExportColumn[];
  /** Follows `FROM`; rows have the alias `held`. */
  readonly from: string;
  /** Follows `ORDER BY`; empty for the order of a statement. */
  readonly order: string;
  /** The date of a row as SQL of DuckDB; null for a statement, whose columns have no known meaning. */
  readonly date: string | null;
}

/** Stages the rows of a source; a source without a table, symbol or meaning ends the command. */
export async function prepareSource(feed: LakeFeed, source: ExportSource): Promise<PreparedSource> {
  return source.kind === 'table' ? prepareTable(feed, source) : prepareQuery(feed, source.sql);
}

async function prepareTable(
  feed: LakeFeed,
  { dataset, symbols, from, until }: ExportSource & { readonly kind: 'table' },
): Promise<PreparedSource> {
  if ((await feed.stage(dataset, null)) === null)
    throw new CliError(exitCode.usage, `the lake has no table ${dataset} yet`, 'fetch it with pipe run');
  if (symbols !== null) await requireKnownSymbols(feed, symbols, dataset);
  const { date } = csvLayouts[dataset];
  const conditions = [
    ...(symbols === null ? [] : [`symbol IN (${symbols.map(quoteText).join(', ')})`]),
    ...(from === null ? [] : [`${date} >= DATE ${quoteText(from)}`]),
    ...(until === null ? [] : [`${date} <= DATE ${quoteText(until)}`]),
  ];
  const types = getColumns(dataset);
  const columns = Object.keys(types).map((name) => ({
    name,
    type: types[name]?.type === 'timestamp' ? instantType : 'VARCHAR',
    value: quoteName(name),
    safe: cellSql(dataset, name),
  }));
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return { columns, from: `all_rows AS held${where}`, order: `held.symbol, ${orderSql(dataset, 'held.')}`, date };
}

export const instantType = 'TIMESTAMP WITH TIME ZONE';

async function prepareQuery(feed: LakeFeed, sql: string): Promise<PreparedSource> {
  await feed.defineViews(sql);
  // A view takes a statement as it is, also with a semicolon and a comment at its end.
  await feed.query(`CREATE OR REPLACE TEMP VIEW exported_rows AS ${sql}`);
  const described = await feed.query('DESCRIBE exported_rows');
  const columns = described.map((row, index) => {
    const value = `c${String(index)}`;
    const type = String(row['column_type']);
    return { name: String(row['column_name']), type, value, safe: type === 'VARCHAR' ? neutralizeSql(value) : value };
  });
  const names = columns.map(({ value }) => value).join(', ');
  return { columns, from: `exported_rows AS held (${names})`, order: '', date: null };
}

/** A misspelt symbol would replace the file of an earlier export by one without its rows. */
async function requireKnownSymbols(feed: LakeFeed, symbols: readonly string[], dataset: Dataset): Promise<void> {
  const rows = await feed.query('SELECT DISTINCT symbol FROM all_rows');
  const known = new Set(rows.map(({ symbol }) => String(symbol)));
  const unknown = symbols.find((symbol) => !known.has(symbol));
  if (unknown !== undefined) throw createUnknownSymbolError(unknown, known, `table ${dataset}`);
}

export function findDataset(table: string): Dataset {
  const dataset = datasets.find((one) => one === table);
  if (dataset !== undefined) return dataset;
  const suggestion = closestMatch(table, datasets);
  throw new CliError(
    exitCode.usage,
    `${table} is not a table of the lake`,
    suggestion === null ? `the tables are ${datasets.join(', ')}` : `did you mean ${suggestion}?`,
  );
}

/** The columns by which a table can be partitioned besides its own, as SQL of DuckDB over the date of a row. */
const datePartitions: Readonly<Record<string, string>> = { year: '%Y', month: '%Y-%m', day: '%Y-%m-%d' };

/** The values of partition columns; an unknown one ends the command. */
export function findPartitions({ columns, date }: PreparedSource, names: readonly string[]): readonly ExportColumn[] {
  return names.map((name) => {
    const own = columns.find((column) => column.name === name);
    if (own !== undefined) return own;
    const format = datePartitions[name];
    if (format !== undefined && date !== null) {
      const value = `strftime(${date}, ${quoteText(format)})`;
      return { name, type: 'VARCHAR', value, safe: value };
    }
    const known = [...columns.map((column) => column.name), ...(date === null ? [] : Object.keys(datePartitions))];
    const suggestion = closestMatch(name, known);
    throw new CliError(
      exitCode.usage,
      `--partition-by: there is no column ${name}`,
      suggestion === null ? `the columns are ${known.join(', ')}` : `did you mean ${suggestion}?`,
    );
  });
}
