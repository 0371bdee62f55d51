import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { datasets, getColumns } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { LakeFeed } from '../../lake/feed/feed.js';
import { openLakeFeed } from '../../lake/feed/lake-feed.js';
import { openToReplace, requireReplaceable } from '../../platform/files/write-file.js';
import { closestMatch } from '../../platform/suggest.js';
import { cellSql } from '../../sinks/csv/csv-cells.js';
import { orderSql } from '../../sinks/csv/stage-files.js';
import { quoteName, quoteText } from '../../sinks/sql.js';
import { CliError } from '../cli-error.js';
import type { Folders } from '../context.js';
import { exitCode } from '../exit-code.js';
import { createUnknownSymbolError } from '../queries/unknown-symbol.js';
import { requireOutputPath, toOutputError } from '../output-file.js';

export interface ExportRequest {
  readonly table: string;
  /** The target; its ending selects the format. */
  readonly to: string;
  /** Null for all symbols. */
  readonly symbols: readonly string[] | null;
}

export interface ExportResult {
  readonly path: string;
  readonly rows: number;
}

/** The endings of targets, with the options of the file. */
const formats: Readonly<Record<string, string>> = {
  '.csv': 'FORMAT csv, HEADER true',
  '.csv.gz': 'FORMAT csv, HEADER true, COMPRESSION gzip',
  '.parquet': 'FORMAT parquet, COMPRESSION zstd',
};

/** Writes a table of the lake to one file, which appears whole or not at all. */
export async function exportTable(
  { table, to, symbols }: ExportRequest,
  { dataFolder, lineageFolder }: Folders,
): Promise<ExportResult> {
  const dataset = findDataset(table);
  const ending = Object.keys(formats).findLast((one) => to.toLowerCase().endsWith(one));
  if (ending === undefined)
    throw new CliError(
      exitCode.usage,
      `--to ${to} has no known ending`,
      `write a file that ends with ${Object.keys(formats).join(', ')}`,
    );
  if (symbols?.length === 0)
    throw new CliError(exitCode.usage, '--symbols is empty', 'name symbols, such as --symbols AAPL,MSFT');
  const path = resolve(await requireOutputPath('--to', to, { dataFolder, lineageFolder }));
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${String(process.pid)}.tmp`);
  const feed = openLakeFeed(dataFolder, [folder]);
  try {
    // Before the engine writes it: the system names the path that the user named, and the reason.
    await (await openToReplace(temporary)).close();
    await requireReplaceable(path);
    if ((await feed.stage(dataset, null)) === null)
      throw new CliError(exitCode.usage, `the lake has no table ${dataset} yet`, 'fetch it with pipe run');
    if (symbols !== null) await requireKnownSymbols(feed, symbols, dataset);
    const columns = Object.keys(getColumns(dataset)).map((name) =>
      ending === '.parquet' ? quoteName(name) : `${cellSql(dataset, name)} AS ${quoteName(name)}`,
    );
    const condition = symbols === null ? 'true' : `symbol IN (${symbols.map(quoteText).join(', ')})`;
    const rows = await feed.copyTo(
      `SELECT ${columns.join(', ')} FROM all_rows AS held WHERE ${condition} ORDER BY held.symbol, ${orderSql(dataset, 'held.')}`,
      temporary,
      formats[ending] ?? '',
    );
    await rename(temporary, path);
    return { path, rows };
  } catch (error) {
    throw toOutputError('--to', to, error);
  } finally {
    await feed.close();
    await rm(temporary, { force: true });
  }
}

/** A misspelt symbol would replace the file of an earlier export by one without its rows. */
async function requireKnownSymbols(feed: LakeFeed, symbols: readonly string[], dataset: Dataset): Promise<void> {
  const rows = await feed.query('SELECT DISTINCT symbol FROM all_rows');
  const known = new Set(rows.map(({ symbol }) => String(symbol)));
  const unknown = symbols.find((symbol) => !known.has(symbol));
  if (unknown !== undefined) throw createUnknownSymbolError(unknown, known, `table ${dataset}`);
}

function findDataset(table: string): Dataset {
  const dataset = datasets.find((one) => one === table);
  if (dataset !== undefined) return dataset;
  const suggestion = closestMatch(table, datasets);
  throw new CliError(
    exitCode.usage,
    `${table} is not a table of the lake`,
    suggestion === null ? `the tables are ${datasets.join(', ')}` : `did you mean ${suggestion}?`,
  );
}
