import { err, ok } from '../core/result.js';
import type { Result } from '../core/result.js';
import { errorMessage } from '../platform/error-message.js';
import { openRows } from './read/source-rows.js';
import type { ReadParquet, SourceRows } from './read/source-rows.js';
import type { ImportSettings } from './rows/import-settings.js';
import { createRowReader } from './rows/read-row.js';
import { findFileSymbol, resolveLayout } from './rows/resolve-layout.js';
import type { ResolvedLayout } from './rows/resolve-layout.js';
import { createSeriesCollector } from './series/collect-series.js';
import type { CollectedSeries, RejectedLine } from './series/collect-series.js';

/** Rows that are neither imported nor rejected, by the reason; every row of a file is counted once. */
export interface LeftOutRows {
  /** Of symbols that the pipeline does not have. */
  readonly otherSymbols: number;
  /** Of instruments that the preset does not import, such as futures. */
  readonly otherKinds: number;
  /** Outside of the regular hours. */
  readonly outside: number;
  /** Without a trade. */
  readonly untraded: number;
  /** Equal to an earlier line of the file. */
  readonly duplicates: number;
}

/** The content of a file. */
export interface ReadFile {
  /** SHA-256 (hex) of the bytes that were read. */
  readonly hash: string;
  /** Number of rows, without empty lines and the line of column names. */
  readonly rows: number;
  readonly series: readonly CollectedSeries[];
  readonly rejected: readonly RejectedLine[];
  readonly leftOut: LeftOutRows;
}

/** Keeps the beginning of a rejected line: the line itself stays in the file. */
const maxRejectedText = 200;

/** Reads a file to its end. An error says why nothing of it can be imported. */
export async function readImportFile(
  path: string,
  settings: ImportSettings,
  readParquet: ReadParquet,
  signal: AbortSignal,
): Promise<Result<ReadFile, string>> {
  const [layout] = settings.layouts;
  if (layout === undefined) return err('the step has no layout');
  try {
    const source = await openRows(path, layout, readParquet);
    const resolved = resolveLayout(settings.layouts, source.names);
    try {
      return resolved.ok ? await collect(path, source, resolved.value, settings, signal) : resolved;
    } finally {
      await source.close();
    }
  } catch (error) {
    return err(errorMessage(error));
  }
}

async function collect(
  path: string,
  source: SourceRows,
  resolved: ResolvedLayout,
  settings: ImportSettings,
  signal: AbortSignal,
): Promise<Result<ReadFile, string>> {
  const { contract, symbol } = resolved.positions;
  const fileSymbol =
    settings.symbol ?? (contract === undefined && symbol === undefined ? findFileSymbol(path, settings) : null);
  if (contract === undefined && symbol === undefined && fileSymbol === null)
    return err(
      'its name begins with no symbol of the pipeline; name the symbol with `symbol`, or the column with `columns`',
    );
  const read = createRowReader(resolved, settings, fileSymbol);
  if (!read.ok) return read;
  const collector = createSeriesCollector(settings);
  const rejected: RejectedLine[] = [];
  const leftOut = { otherSymbols: 0, otherKinds: 0, outside: 0, untraded: 0, duplicates: 0 };
  let rows = 0;
  for await (const row of source.rows) {
    if (signal.aborted) return err('the run was cancelled');
    rows++;
    const meaning = read.value(row);
    switch (meaning.kind) {
      case 'bar':
      case 'untraded':
        if (meaning.kind === 'untraded') leftOut.untraded++;
        collector.add(meaning, row.line);
        break;
      case 'other-symbol':
        leftOut.otherSymbols++;
        break;
      case 'other-kind':
        leftOut.otherKinds++;
        break;
      case 'outside':
        leftOut.outside++;
        break;
      case 'rejected':
        rejected.push({ line: row.line, problem: meaning.problem, text: row.text.slice(0, maxRejectedText) });
    }
  }
  const { series, duplicates } = collector.finish((line, problem) => rejected.push({ line, problem, text: '' }));
  return ok({
    hash: source.hash(),
    rows,
    series,
    rejected: rejected.sort((a, b) => a.line - b.line),
    leftOut: { ...leftOut, duplicates },
  });
}
