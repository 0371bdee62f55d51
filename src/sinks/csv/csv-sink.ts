import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Dataset } from '../../core/tables/tables.js';
import type { FeedChanges, LakeFeed } from '../../lake/feed/feed.js';
import { isNotFound } from '../../platform/error-message.js';
import { describeFileError, isFileError, suggestFileRemedy } from '../../platform/files/describe-file-error.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import { forEachConcurrent } from '../../platform/for-each-concurrent.js';
import { compareRelations } from '../compare-relations.js';
import { formatSelectionKey, symbolCondition } from '../selection.js';
import type { TableSelection } from '../selection.js';
import { SinkError } from '../sink.js';
import type { Comparison, Delivery, Sink } from '../sink.js';
import { quoteName, quoteText } from '../sql.js';
import { cellSql } from './csv-cells.js';
import { csvLayouts, pathSql, symbolFolder } from './layout.js';
import { openPositionFile } from '../position-file.js';
import { stageFiles } from './stage-files.js';
import type { CsvFile } from './stage-files.js';

export interface CsvSinkOptions {
  readonly name: string;
  /** The base directory, absolute. */
  readonly folder: string;
  readonly selections: readonly TableSelection[];
  readonly gzip: boolean;
  /** Number of files that are written at the same time. */
  readonly concurrency: number;
}

/** The folder of the sink's own files below its base directory. */
const ownFolder = '.pipe';

/**
 * Files in the layout `<base>/<symbol>/…`. A file is a function of the rows that the lake has for it: a delivery writes every file
 * with a changed row again, under another name, and renames it into place. The positions are stored last, so that an
 * interrupted delivery writes the same files again.
 */
export function createCsvSink({ name, folder, selections, gzip, concurrency }: CsvSinkOptions): Sink {
  const positions = openPositionFile(join(folder, ownFolder, 'positions.json'));
  const extension = gzip ? '.csv.gz' : '.csv';
  const otherExtension = gzip ? '.csv' : '.csv.gz';
  const selectionOf = (dataset: Dataset): TableSelection => {
    const selection = selections.find((one) => one.dataset === dataset);
    if (selection === undefined) throw new Error(`the sink ${name} has no table ${dataset}`);
    return selection;
  };
  const selectionKey = (dataset: Dataset): string => `${formatSelectionKey(selectionOf(dataset))}${extension}`;

  async function writeFiles(feed: LakeFeed, dataset: Dataset, files: readonly CsvFile[]): Promise<void> {
    let number = 0;
    await forEachConcurrent(files, concurrency, async (file) => {
      const target = join(folder, `${file.path}${extension}`);
      if (file.rows === 0) {
        await rm(target, { force: true });
        return;
      }
      const temporary = join(folder, ownFolder, `${dataset}-${String(process.pid)}-${String(number++)}.tmp`);
      const options = `FORMAT csv, HEADER true${gzip ? ', COMPRESSION gzip' : ''}`;
      await feed.copyConcurrently(file.query, temporary, options);
      await syncFile(temporary);
      await makeFolder(dirname(target));
      await rename(temporary, target);
      await rm(join(folder, `${file.path}${otherExtension}`), { force: true });
    });
  }

  /** The files of a table below the folders of some symbols, relative. */
  async function listStored(dataset: Dataset, folders: readonly string[]): Promise<readonly string[]> {
    const { pattern } = csvLayouts[dataset];
    const found: string[] = [];
    for (const below of folders) {
      const names = await readdir(join(folder, below), { recursive: true }).catch((error: unknown) => {
        if (isNotFound(error)) return [];
        throw error;
      });
      for (const path of names) if (pattern.test(path)) found.push(`${below}/${path}`);
    }
    return found;
  }

  async function guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isFileError(error)) throw error;
      throw new SinkError(
        'rejected',
        `cannot write to ${folder}: ${describeFileError(error)}`,
        suggestFileRemedy(error.code),
      );
    }
  }

  return {
    name,
    tables: selections.map(({ dataset }) => dataset),
    setup: () =>
      guard(async () => {
        await makeFolder(join(folder, ownFolder));
        return [`folder ${folder}`];
      }),
    position: (dataset) => guard(() => positions.read(dataset, selectionKey(dataset))),
    deliver: (feed, changes) =>
      guard(async (): Promise<Delivery> => {
        const { dataset } = changes;
        const selection = selectionOf(dataset);
        await makeFolder(join(folder, ownFolder));
        await removeTemporary(join(folder, ownFolder));
        const stored =
          changes.scope === 'table'
            ? await listStored(dataset, (await listChangedSymbols(feed, selection)).map(symbolFolder))
            : [];
        const files = await stageFiles(feed, changes, selection, stored.map(stripExtension));
        for (const batch of files.batches) {
          await batch.prepare();
          await writeFiles(feed, dataset, batch.files);
        }
        await positions.write(dataset, selectionKey(dataset), changes.position);
        return { rows: files.changedRows, refused: 0 };
      }),
    compare: (feed, changes) => guard(() => compare(feed, changes)),
    close: () => Promise.resolve(),
  };

  async function compare(feed: LakeFeed, { dataset }: FeedChanges): Promise<Comparison> {
    const selection = selectionOf(dataset);
    const stored = await listStored(dataset, selection.symbols?.map(symbolFolder) ?? (await listFolders(folder)));
    const { columns } = selection;
    const layout = csvLayouts[dataset];
    const texts = columns.map(
      (column) => `coalesce(CAST(${cellSql(dataset, column)} AS VARCHAR), '') AS ${quoteName(column)}`,
    );
    const lake = `SELECT ${pathSql(layout, layout.date)} AS "window", ${texts.join(', ')} FROM all_rows WHERE ${symbolCondition(selection)}`;
    const paths = stored.map((path) => quoteText(join(folder, path)));
    const types = columns.map((column) => `${quoteText(column)}: 'VARCHAR'`);
    const prefix = String(folder.length + 2);
    // A file that was damaged must differ, and not end the comparison.
    const options = `header = true, columns = {${types.join(', ')}}, filename = true, ignore_errors = true, null_padding = true, auto_detect = false, delim = ',', quote = '"', escape = '"'`;
    const found = columns.map((column) => `coalesce(${quoteName(column)}, '') AS ${quoteName(column)}`);
    const copy =
      paths.length === 0
        ? `SELECT ''::VARCHAR AS "window", ${columns.map((column) => `''::VARCHAR AS ${quoteName(column)}`).join(', ')} WHERE false`
        : `SELECT regexp_replace(substr(filename, ${prefix}), '\\.csv(\\.gz)?$', '') AS "window", ${found.join(', ')} FROM read_csv([${paths.join(', ')}], ${options})`;
    return compareRelations(feed, { lake, copy, columns, refused: 0 });
  }
}

/** The folders of all symbols, also of those that the lake does not have. */
async function listFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isNotFound(error)) return [];
    throw error;
  });
  return entries.filter((entry) => entry.isDirectory() && entry.name !== ownFolder).map(({ name }) => name);
}

async function listChangedSymbols(feed: LakeFeed, selection: TableSelection): Promise<readonly string[]> {
  const rows = await feed.query(
    `SELECT DISTINCT symbol FROM changed_windows WHERE ${symbolCondition(selection)} ORDER BY symbol`,
  );
  return rows.map((row) => String(row['symbol']));
}

function stripExtension(path: string): string {
  return path.replace(/\.csv(\.gz)?$/, '');
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Removes what a delivery that was killed left behind; the lock of the sink excludes others. */
async function removeTemporary(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (name.endsWith('.tmp')) await rm(join(folder, name), { force: true });
}
