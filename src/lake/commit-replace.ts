import { join } from 'node:path';
import type { SeriesCoverage } from '../core/coverage.js';
import type { ProviderName, SeriesName } from '../core/series.js';
import { tables } from '../core/tables.js';
import type { Dataset } from '../core/tables.js';
import { overlaps } from '../core/window.js';
import type { Window } from '../core/window.js';
import type { Replacement } from './commit-batch.js';
import type { LiveFile } from './delta/actions.js';
import { partitionColumns, storedColumns, timeColumn } from './delta/schema.js';
import { expectIntact } from './parquet/checksum.js';
import type { Engine } from './parquet/engine.js';
import { writeParquet } from './parquet/files.js';
import type { FileNames, WrittenFile } from './parquet/files.js';
import { tableSource } from './parquet/source.js';
import { identifier, instantLiteral, literal } from './parquet/sql.js';
import { constantLiteral, seriesColumns } from './parquet/staging.js';
import { rangeOf } from './parquet/statistics.js';

/** A live file that holds rows to be replaced, and what is left of it; null when nothing is. */
export interface Rewrite {
  readonly file: LiveFile;
  readonly rest: WrittenFile | null;
}

/** The coverage of a table; what `readTableCoverage` gives. */
export interface CoverageLookup {
  coverage(provider: ProviderName, series: SeriesName): SeriesCoverage;
}

/**
 * The replacements that may find rows in the lake. A window about which nothing is known, or which is known to be empty,
 * holds none: most commits only add, and must not pay for looking. Of a point table only the latest answer is known, so
 * that anything not later than it may be there.
 */
export function replacementsOverRows(
  dataset: Dataset,
  replacements: readonly Replacement[],
  lake: CoverageLookup,
): readonly Replacement[] {
  const isPoint = tables[dataset].kind === 'point';
  return replacements.filter(({ provider, name, windows }) => {
    const held = lake.coverage(provider, name);
    if (isPoint) return held.some((known) => windows.some(({ start }) => start < known.end));
    return held.some((known) => known.state !== 'empty' && overlapsAny(known, windows));
  });
}

function overlapsAny(window: Window, windows: readonly Window[]): boolean {
  return windows.some((other) => overlaps(window, other));
}

/** The live files that, by folder and statistics, may hold rows of the replaced windows. */
export function candidateFiles(
  dataset: Dataset,
  files: Iterable<LiveFile>,
  replacements: readonly Replacement[],
): readonly LiveFile[] {
  const wanted = replacements.map(({ series, windows }) => ({ columns: seriesColumns(series), windows }));
  const byFolder = partitionColumns(dataset).filter((name) => name in (wanted[0]?.columns ?? {}));
  return [...files].filter((file) => {
    const times = rangeOf(file.stats, timeColumn(dataset));
    const symbols = rangeOf(file.stats, 'symbol');
    const span =
      times === null ? null : { start: Date.parse(String(times.min)), end: Date.parse(String(times.max)) + 1 };
    return wanted.some(({ columns, windows }) => {
      if (byFolder.some((name) => file.partitionValues[name] !== columns[name])) return false;
      // The log's order of text is that of its bytes, which `<` is not for the rarest of characters.
      const symbol = String(columns['symbol']);
      if (symbols !== null && isPlain(symbol) && (symbol < String(symbols.min) || symbol > String(symbols.max)))
        return false;
      return span === null || overlapsAny(span, windows);
    });
  });
}

function isPlain(text: string): boolean {
  return /^[\u0000-\u007f]*$/.test(text);
}

/** Writes, for every candidate that really holds rows of the replaced windows, the rest of it. */
export async function rewriteFiles(
  engine: Engine,
  dataset: Dataset,
  table: string,
  candidates: readonly LiveFile[],
  replacements: readonly Replacement[],
  names: FileNames,
): Promise<readonly Rewrite[]> {
  if (candidates.length === 0) return [];
  await stageReplaced(engine, replacements, table);
  const rewrites: Rewrite[] = [];
  for (const file of candidates) {
    const path = join(table, file.path);
    await expectIntact(path, file);
    const source = tableSource(dataset, table, [file]);
    const match = matchReplaced(dataset, replacements);
    const [found] = await engine.rows(
      `SELECT (SELECT count(*) FROM ${source})::DOUBLE AS total, count(*)::DOUBLE AS hit ` +
        `FROM ${source} AS held SEMI JOIN replaced ON (${match})`,
      path,
    );
    if (found === undefined || Number(found['hit']) === 0) continue;
    if (found['hit'] === found['total']) {
      rewrites.push({ file, rest: null });
      continue;
    }
    const columns = Object.keys(storedColumns(dataset)).map(identifier).join(', ');
    const rest = `SELECT ${columns} FROM ${source} AS held ANTI JOIN replaced ON (${match})`;
    const { partitionValues } = file;
    const content = { dataset, query: rest, sorted: true, partitionValues };
    rewrites.push({ file, rest: await writeParquet(engine, content, names) });
  }
  await engine.run('DROP TABLE IF EXISTS replaced', 'memory');
  return rewrites;
}

const keyTypes: Readonly<Record<string, string>> = { use_rth: 'BOOLEAN', expiry: 'DATE', strike: 'DOUBLE' };

/** The columns that tell one series from another. */
function keyColumns(replacements: readonly Replacement[]): readonly string[] {
  const [first] = replacements;
  return first === undefined ? [] : Object.keys(seriesColumns(first.series)).filter((name) => name !== 'con_id');
}

function matchReplaced(dataset: Dataset, replacements: readonly Replacement[]): string {
  const keys = keyColumns(replacements).map((name) => `held.${identifier(name)} = replaced.${identifier(name)}`);
  const time = `held.${timeColumn(dataset)}`;
  return [...keys, `${time} >= replaced.window_start`, `${time} < replaced.window_end`].join(' AND ');
}

async function stageReplaced(engine: Engine, replacements: readonly Replacement[], path: string): Promise<void> {
  const keys = keyColumns(replacements);
  const columns = keys.map((name) => `${identifier(name)} ${keyTypes[name] ?? 'VARCHAR'}`);
  await engine.run(
    `CREATE OR REPLACE TABLE replaced (${columns.join(', ')}, window_start TIMESTAMPTZ, window_end TIMESTAMPTZ)`,
    path,
  );
  const rows = replacements.flatMap(({ series, windows }) => {
    const values = seriesColumns(series);
    const key = keys.map((name) =>
      name === 'expiry' ? `DATE ${literal(String(values[name]))}` : constantLiteral(values[name] ?? null),
    );
    return windows.map(({ start, end }) => `(${[...key, instantLiteral(start), instantLiteral(end)].join(', ')})`);
  });
  const batch = 1_000;
  for (let from = 0; from < rows.length; from += batch) {
    await engine.run(`INSERT INTO replaced VALUES ${rows.slice(from, from + batch).join(', ')}`, path);
  }
}
