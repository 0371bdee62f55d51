import type { Dataset } from '../../core/tables/tables.js';

/** Where the rows of a table are in the folder of a sink: a folder per symbol, below it one file for a day or a year. */
export interface CsvLayout {
  /** The unit of time of one file. */
  readonly unit: 'day' | 'year';
  /** The path below the folder of the symbol without the unit and the extension, as SQL of DuckDB; with a slash at its end. */
  readonly folder: string;
  /** The date of a row, as SQL of DuckDB. */
  readonly date: string;
  /** Matches the paths of the table below the folder of a symbol. */
  readonly pattern: RegExp;
}

const byExpiry = "strftime(expiry, '%Y-%m-%d')";
const day = String.raw`\d{4}-\d\d-\d\d`;

export const csvLayouts: Readonly<Record<Dataset, CsvLayout>> = {
  equity_bars: {
    unit: 'year',
    folder: "''",
    date: 'coalesce(session, CAST(ts AS DATE))',
    pattern: /^\d{4}\.csv(\.gz)?$/,
  },
  option_snapshots: {
    unit: 'day',
    folder: `${byExpiry} || '/'`,
    date: 'CAST(ts AS DATE)',
    pattern: new RegExp(`^${day}/${day}\\.csv(\\.gz)?$`),
  },
  option_bars: {
    unit: 'year',
    folder: `${byExpiry} || '/bars/'`,
    date: 'coalesce(session, CAST(ts AS DATE))',
    pattern: new RegExp(`^${day}/bars/\\d{4}\\.csv(\\.gz)?$`),
  },
  quotes: named('quotes', 'day', 'CAST(ts AS DATE)'),
  overviews: named('overviews', 'year', 'CAST(ts AS DATE)'),
  contracts: named('contracts', 'year', 'CAST(as_of AS DATE)'),
  chains: named('chains', 'day', 'CAST(as_of AS DATE)'),
  history_starts: named('history_starts', 'year', 'CAST(as_of AS DATE)'),
  corporate_actions: named('corporate_actions', 'year', 'CAST(as_of AS DATE)'),
};

function named(name: string, unit: 'day' | 'year', date: string): CsvLayout {
  return {
    unit,
    folder: `'${name}/'`,
    date,
    pattern: new RegExp(`^${name}/${unit === 'day' ? day : String.raw`\d{4}`}\\.csv(\\.gz)?$`),
  };
}

/** The name of a symbol's folder as SQL of DuckDB: every character that a file system may not take is percent-encoded. */
export const symbolFolderSql =
  "(CASE WHEN symbol IN ('.', '..') THEN replace(symbol, '.', '%2E') ELSE replace(url_encode(symbol), '~', '%7E') END)";

/** The same for one symbol. */
export function symbolFolder(symbol: string): string {
  if (symbol === '.' || symbol === '..') return symbol.replaceAll('.', '%2E');
  return Array.from(Buffer.from(symbol, 'utf8'), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

/** The path of a row's file without its extension, as SQL of DuckDB; `date` stands for the date of the row. */
export function pathSql({ unit, folder }: CsvLayout, date: string): string {
  const name = `strftime(${date}, '${unit === 'day' ? '%Y-%m-%d' : '%Y'}')`;
  return `${symbolFolderSql} || '/' || ${folder} || ${name}`;
}
