import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { datasets, getColumns } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { openLakeFeed } from '../../lake/feed/lake-feed.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import { closestMatch } from '../../platform/suggest.js';
import { cellSql } from '../../sinks/csv/csv-cells.js';
import { orderSql } from '../../sinks/csv/stage-files.js';
import { quoteName, quoteText } from '../../sinks/sql.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { requireLocalPath } from '../local-path.js';
import { toOutputError } from '../output-file.js';

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
  { dataFolder }: Pick<AppContext, 'dataFolder'>,
): Promise<ExportResult> {
  const dataset = findDataset(table);
  const ending = Object.keys(formats).findLast((one) => to.toLowerCase().endsWith(one));
  if (ending === undefined)
    throw new CliError(
      exitCode.usage,
      `--to ${to} has no known ending`,
      `write a file that ends with ${Object.keys(formats).join(', ')}`,
    );
  requireLocalPath('--to', to);
  const path = resolve(to);
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${String(process.pid)}.tmp`);
  const feed = openLakeFeed(dataFolder, [folder]);
  try {
    await makeFolder(folder);
    if ((await feed.stage(dataset, null)) === null)
      throw new CliError(exitCode.usage, `the lake has no table ${dataset} yet`, 'fetch it with pipe run');
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
