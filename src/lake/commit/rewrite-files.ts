import { join } from 'node:path';
import type { SeriesCoverage } from '../../core/coverage.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import { tables } from '../../core/tables/tables.js';
import type { Dataset } from '../../core/tables/tables.js';
import { overlaps } from '../../core/time/window.js';
import type { Window } from '../../core/time/window.js';
import type { WindowReplacement } from './batch.js';
import type { LiveFile } from '../delta/actions.js';
import { partitionColumns, storedColumns, timeColumn } from '../delta/schema.js';
import { expectIntact } from '../parquet/checksum.js';
import type { Engine } from '../parquet/engine.js';
import { writeParquet } from '../parquet/parquet-files.js';
import type { FileNames, WrittenFile } from '../parquet/parquet-files.js';
import { buildTableSource } from '../parquet/table-source.js';
import { quoteIdentifier, formatInstantLiteral, quoteLiteral } from '../parquet/sql.js';
import { formatConstant, getSeriesColumns } from '../parquet/stage-rows.js';
import { getRange } from '../parquet/file-statistics.js';

/** A live file with replaced rows, and the file of its other rows; null if it has no others. */
export interface Rewrite {
  readonly file: LiveFile;
  readonly remainder: WrittenFile | null;
}

/** The part of `TableCoverage` that is used here. */
export interface CoverageLookup {
  coverage(provider: ProviderName, series: SeriesName): SeriesCoverage;
}

/**
 * The replacements of windows that may have rows in the lake. A window without coverage, or known to be empty, has none: most
 * commits only add rows, and must not pay for a search. The coverage of a point table has only the latest result of a series,
 * so that every earlier window may have rows.
 */
export function selectOverlappingReplacements(
  dataset: Dataset,
  replacements: readonly WindowReplacement[],
  coverageLookup: CoverageLookup,
): readonly WindowReplacement[] {
  const isPoint = tables[dataset].kind === 'point';
  return replacements.filter(({ provider, name, windows }) => {
    const held = coverageLookup.coverage(provider, name);
    if (isPoint) return held.some((known) => windows.some(({ start }) => start < known.end));
    return held.some((known) => known.state !== 'empty' && overlapsAny(known, windows));
  });
}

function overlapsAny(window: Window, windows: readonly Window[]): boolean {
  return windows.some((other) => overlaps(window, other));
}

/** The live files that may hold rows of the replaced windows, by folder and statistics. */
export function findCandidateFiles(
  dataset: Dataset,
  files: Iterable<LiveFile>,
  replacements: readonly WindowReplacement[],
): readonly LiveFile[] {
  const wantedColumns = replacements.map(({ series, windows }) => ({ columns: getSeriesColumns(series), windows }));
  const folderColumns = partitionColumns(dataset).filter((name) => name in (wantedColumns[0]?.columns ?? {}));
  return [...files].filter((file) => {
    const times = getRange(file.stats, timeColumn(dataset));
    const symbols = getRange(file.stats, 'symbol');
    const span =
      times === null ? null : { start: Date.parse(String(times.min)), end: Date.parse(String(times.max)) + 1 };
    return wantedColumns.some(({ columns, windows }) => {
      if (folderColumns.some((name) => file.partitionValues[name] !== columns[name])) return false;
      // The log orders text by its bytes; `<` orders some characters differently.
      const symbol = String(columns['symbol']);
      if (symbols !== null && isAscii(symbol) && (symbol < String(symbols.min) || symbol > String(symbols.max)))
        return false;
      return span === null || overlapsAny(span, windows);
    });
  });
}

function isAscii(text: string): boolean {
  return /^[\u0000-\u007f]*$/.test(text);
}

/** Writes the remaining rows of every candidate that does hold rows of the replaced windows. */
export async function rewriteFiles(
  engine: Engine,
  dataset: Dataset,
  table: string,
  candidates: readonly LiveFile[],
  replacements: readonly WindowReplacement[],
  names: FileNames,
): Promise<readonly Rewrite[]> {
  if (candidates.length === 0) return [];
  await stageReplacedWindows(engine, replacements, table);
  const rewrites: Rewrite[] = [];
  for (const file of candidates) {
    const path = join(table, file.path);
    await expectIntact(path, file);
    const source = buildTableSource(dataset, table, [file]);
    const match = replacedCondition(dataset, replacements);
    const [found] = await engine.queryRows(
      `SELECT (SELECT count(*) FROM ${source})::DOUBLE AS total, count(*)::DOUBLE AS hit ` +
        `FROM ${source} AS held SEMI JOIN replaced ON (${match})`,
      path,
    );
    if (found === undefined || Number(found['hit']) === 0) continue;
    if (found['hit'] === found['total']) {
      rewrites.push({ file, remainder: null });
      continue;
    }
    const columns = Object.keys(storedColumns(dataset)).map(quoteIdentifier).join(', ');
    const rest = `SELECT ${columns} FROM ${source} AS held ANTI JOIN replaced ON (${match})`;
    const { partitionValues } = file;
    const content = { dataset, query: rest, isSorted: true, partitionValues };
    rewrites.push({ file, remainder: await writeParquet(engine, content, names) });
  }
  await engine.run('DROP TABLE IF EXISTS replaced', 'memory');
  return rewrites;
}

const keyColumnTypes: Readonly<Record<string, string>> = { use_rth: 'BOOLEAN', expiry: 'DATE', strike: 'DOUBLE' };

/** The columns that identify a series. */
function keyColumns(replacements: readonly WindowReplacement[]): readonly string[] {
  const [first] = replacements;
  return first === undefined ? [] : Object.keys(getSeriesColumns(first.series)).filter((name) => name !== 'con_id');
}

function replacedCondition(dataset: Dataset, replacements: readonly WindowReplacement[]): string {
  const keys = keyColumns(replacements).map(
    // Only the trading class may be null.
    (name) =>
      `held.${quoteIdentifier(name)} ${name === 'trading_class' ? 'IS NOT DISTINCT FROM' : '='} replaced.${quoteIdentifier(name)}`,
  );
  const time = `held.${timeColumn(dataset)}`;
  return [...keys, `${time} >= replaced.window_start`, `${time} < replaced.window_end`].join(' AND ');
}

async function stageReplacedWindows(
  engine: Engine,
  replacements: readonly WindowReplacement[],
  path: string,
): Promise<void> {
  const keys = keyColumns(replacements);
  const columns = keys.map((name) => `${quoteIdentifier(name)} ${keyColumnTypes[name] ?? 'VARCHAR'}`);
  await engine.run(
    `CREATE OR REPLACE TABLE replaced (${columns.join(', ')}, window_start TIMESTAMPTZ, window_end TIMESTAMPTZ)`,
    path,
  );
  const rows = replacements.flatMap(({ series, windows }) => {
    const values = getSeriesColumns(series);
    const key = keys.map((name) =>
      name === 'expiry' ? `DATE ${quoteLiteral(String(values[name]))}` : formatConstant(values[name] ?? null),
    );
    return windows.map(
      ({ start, end }) => `(${[...key, formatInstantLiteral(start), formatInstantLiteral(end)].join(', ')})`,
    );
  });
  const batch = 1_000;
  for (let from = 0; from < rows.length; from += batch) {
    await engine.run(`INSERT INTO replaced VALUES ${rows.slice(from, from + batch).join(', ')}`, path);
  }
}
