import { dirname, resolve } from 'node:path';

import type { LakeFeed } from '../../lake/feed/feed.js';
import { openLakeFeed } from '../../lake/feed/lake-feed.js';
import { LakeError } from '../../lake/lake-error.js';
import { quoteName, quoteText } from '../../sinks/sql.js';
import { CliError } from '../cli-error.js';
import type { Folders } from '../context.js';
import { exitCode } from '../exit-code.js';
import { requireOutputPath, toOutputError } from '../output-file.js';
import { findFormat, requireCsvStyle } from './export-format.js';
import type { CsvStyle, ExportFormat } from './export-format.js';
import { findPartitions, instantType, prepareSource } from './export-source.js';
import type { ExportColumn, ExportSource, PreparedSource } from './export-source.js';
import { stageTarget } from './stage-target.js';

export interface ExportRequest {
  /** The sources with the names of their tables; only a `.duckdb` file takes several. */
  readonly sources: readonly { readonly name: string; readonly source: ExportSource }[];
  /** The target; its ending selects the format. */
  readonly to: string;
  /** The columns of a partitioned folder; null for one file. */
  readonly partitions: readonly string[] | null;
  readonly isForExcel: boolean;
  /** Null for the usual one. */
  readonly separator: string | null;
  /** Called now and then with the progress of the table in progress, from 0 to 100. */
  readonly onProgress?: (name: string, percentage: number) => void;
}

export interface ExportResult {
  readonly path: string;
  readonly rows: number;
}

/** The interval between two looks at the progress, in milliseconds. */
const progressInterval = 200;

/** Writes tables or the result of a statement to a file or folder, which appears whole or not at all. */
export async function exportRows(request: ExportRequest, folders: Folders): Promise<ExportResult> {
  const { sources, to, partitions, onProgress } = request;
  const format = findFormat(to, partitions);
  const style = requireCsvStyle(format, request);
  if (sources.length > 1 && format !== 'duckdb')
    throw new CliError(
      exitCode.usage,
      `${to} takes one table`,
      'export the tables one by one, or write a .duckdb file',
    );
  const path = resolve(await requireOutputPath('--to', to, folders));
  const feed = openLakeFeed(folders.dataFolder, [dirname(path)]);
  try {
    const target = await stageTarget(path, format === 'folder' ? 'folder' : 'file');
    try {
      let rows = 0;
      for (const { name, source } of sources) {
        const prepared = await prepareSource(feed, source);
        const timer = watchProgress(feed, (percentage) => onProgress?.(name, percentage));
        rows += await write({ feed, format, path: target.path, prepared, name, partitions, style }).catch(
          (error: unknown) => {
            throw source.kind === 'query' ? toQueryFailure(error) : error;
          },
        );
        clearInterval(timer);
      }
      await target.finish();
      return { path, rows };
    } finally {
      await target.discard();
    }
  } catch (error) {
    throw toOutputError('--to', to, error);
  } finally {
    await feed.close();
  }
}

function watchProgress(feed: LakeFeed, report: (percentage: number) => void): NodeJS.Timeout {
  return setInterval(() => {
    feed.progress().then(
      (percentage) => {
        if (percentage !== null) report(percentage);
      },
      () => undefined,
    );
  }, progressInterval);
}

interface WriteJob {
  readonly feed: LakeFeed;
  readonly format: ExportFormat;
  readonly path: string;
  readonly prepared: PreparedSource;
  readonly name: string;
  readonly partitions: readonly string[] | null;
  readonly style: CsvStyle;
}

async function write(job: WriteJob): Promise<number> {
  const { feed, format, path, prepared, name, partitions, style } = job;
  const { columns } = prepared;
  const plain = columns.map((column) => `${column.value} AS ${quoteName(column.name)}`);
  switch (format) {
    case 'parquet':
      return feed.copyTo(select(prepared, plain), path, 'FORMAT parquet, COMPRESSION zstd');
    case 'csv':
    case 'csv.gz':
      return writeCsv(job, style);
    case 'duckdb':
      return writeDatabase(feed, path, name, select(prepared, plain));
    case 'folder': {
      const found = findPartitions(prepared, partitions ?? []);
      const added = found.filter(({ name: own }) => !columns.some((column) => column.name === own));
      const values = [...plain, ...added.map((column) => `${column.value} AS ${quoteName(column.name)}`)];
      const by = found.map((column) => quoteName(column.name)).join(', ');
      return feed.copyTo(select(prepared, values), path, `FORMAT parquet, COMPRESSION zstd, PARTITION_BY (${by})`);
    }
  }
}

function select({ from, order }: PreparedSource, values: readonly string[]): string {
  return `SELECT ${values.join(', ')} FROM ${from}${order === '' ? '' : ` ORDER BY ${order}`}`;
}

/** Excel takes a text in UTF-8 for one in the character set of its machine, unless it begins with this mark. */
const byteOrderMark = '\uFEFF';

async function writeCsv(
  { feed, format, path, prepared }: WriteJob,
  { isForExcel, separator }: CsvStyle,
): Promise<number> {
  const values = prepared.columns.map((column, index) => {
    const name = index === 0 && isForExcel ? `${byteOrderMark}${column.name}` : column.name;
    return `${isForExcel ? toExcelValue(column) : column.safe} AS ${quoteName(name)}`;
  });
  const options = [
    'FORMAT csv',
    'HEADER true',
    `DELIMITER ${quoteText(separator)}`,
    ...(format === 'csv.gz' ? ['COMPRESSION gzip'] : []),
  ];
  return feed.copyTo(select(prepared, values), path, options.join(', '));
}

/** Excel knows no time zones and no fractions of a second in dates. */
function toExcelValue({ type, safe }: ExportColumn): string {
  return type === instantType || type === 'TIMESTAMP' ? `strftime(${safe}, '%Y-%m-%d %H:%M:%S')` : safe;
}

/** Adds a table to a database of its own; without an earlier one, the database is created. */
async function writeDatabase(feed: LakeFeed, path: string, name: string, sql: string): Promise<number> {
  await feed.query(`ATTACH ${quoteText(path)} AS exported`);
  try {
    await feed.query(`CREATE TABLE exported.${quoteName(name)} AS ${sql}`);
    const [counted] = await feed.query(`SELECT count(*)::DOUBLE AS n FROM exported.${quoteName(name)}`);
    return Number(counted?.['n'] ?? 0);
  } finally {
    await feed.query('DETACH exported');
  }
}

/** What a statement cannot compute is a mistake of its author; the rest is about the disk. */
function toQueryFailure(error: unknown): unknown {
  return error instanceof LakeError && error.kind === 'io'
    ? new CliError(exitCode.usage, `--query: ${error.message}`, 'correct the statement')
    : error;
}
