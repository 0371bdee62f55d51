import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import { isImportSource } from '../../core/series.js';
import type { ImportSource, Right, SeriesName } from '../../core/series.js';
import type { RequestId } from '../../core/request.js';
import type { Instant, LocalDate } from '../../core/time/time.js';
import type { Windows } from '../../core/time/window.js';
import { isNotFound } from '../../platform/error-message.js';
import { makeFolder } from '../../platform/files/make-folder.js';
import { readFile } from '../../platform/files/read-file.js';
import {
  decodeIf,
  isCount,
  isFiniteNumber,
  isInstant,
  isString,
  listOf,
  nullable,
  objectOf,
  oneOf,
  parseJson,
  parseJsonLine,
} from '../../platform/json.js';
import type { Guard } from '../../platform/json.js';
import { replaceFile } from '../../platform/replace-file.js';
import type { RejectedLine } from '../series/collect-series.js';

/** What was imported from a file: one record for each content and source. */
export interface ImportRecord {
  readonly source: ImportSource;
  /** As the pipeline named the file. */
  readonly path: string;
  /** SHA-256 (hex) of the content. */
  readonly sha256: string;
  readonly bytes: number;
  /** Epoch milliseconds: a file with the same size and time is the same, unless it was written just before. */
  readonly modifiedAt: Instant;
  readonly importedAt: Instant;
  /** A hash of the settings by which rows became bars. */
  readonly definition: string;
  /** The symbols that the pipeline had, sorted: rows of other symbols are not imported. */
  readonly symbols: readonly string[];
  readonly pipeline: string;
  readonly step: string;
  readonly runId: string;
  /** The runs of its requests: series that have not changed keep the request that brought them. */
  readonly requestRuns: readonly string[];
  readonly rows: number;
  readonly storedRows: number;
  readonly rejectedRows: number;
  /** The record of a later content of the same file; null for the current one. */
  readonly supersededBy: string | null;
}

/** What one request of an import brought: the bars of one series in one file. */
export interface ImportedSeries {
  readonly request: RequestId;
  readonly series: SeriesName;
  readonly symbol: string;
  readonly option: { readonly expiry: LocalDate; readonly strike: number; readonly right: Right } | null;
  readonly windows: Windows;
  /** The time and the line of each bar. */
  readonly ts: readonly Instant[];
  readonly lines: readonly number[];
}

const isSource: Guard<ImportSource> = (value): value is ImportSource => isString(value) && isImportSource(value);

const isImportRecord = objectOf<ImportRecord>({
  source: isSource,
  path: isString,
  sha256: isString,
  bytes: isCount,
  modifiedAt: isFiniteNumber,
  importedAt: isInstant,
  definition: isString,
  symbols: listOf(isString),
  pipeline: isString,
  step: isString,
  runId: isString,
  requestRuns: listOf(isString),
  rows: isCount,
  storedRows: isCount,
  rejectedRows: isCount,
  supersededBy: nullable(isString),
});

const decodeSeries = decodeIf(
  objectOf<ImportedSeries>({
    request: isString,
    series: isString,
    symbol: isString,
    option: nullable(
      objectOf<NonNullable<ImportedSeries['option']>>({
        expiry: isString,
        strike: isFiniteNumber,
        right: oneOf({ C: true, P: true }),
      }),
    ),
    windows: listOf(objectOf({ start: isFiniteNumber, end: isFiniteNumber })),
    ts: listOf(isFiniteNumber),
    lines: listOf(isFiniteNumber),
  }),
);

/** The name of the record of a content. */
export function getRecordId({ source, sha256 }: Pick<ImportRecord, 'source' | 'sha256'>): string {
  return createHash('sha256').update(`${source}\n${sha256}`).digest('hex').slice(0, 24);
}

/** The folder of the records in a lake. */
export function getImportsFolder(lake: string): string {
  return join(lake, '_imports');
}

/** Reads the records of a lake, oldest first; a damaged one counts as absent, so that its file is imported again. */
export async function readImportRecords(lake: string): Promise<readonly ImportRecord[]> {
  const folder = getImportsFolder(lake);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isNotFound(error)) return [];
    throw error;
  });
  const records: ImportRecord[] = [];
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const value = parseJson(await readFile(join(folder, name), 'utf8').catch(() => ''));
    if (isImportRecord(value)) records.push(value);
  }
  return records.sort((a, b) =>
    a.importedAt === b.importedAt ? (a.path < b.path ? -1 : 1) : a.importedAt - b.importedAt,
  );
}

/** Writes the parts of a record; the record itself last, because it says that its rows are committed. */
export async function writeImportRecord(
  lake: string,
  record: ImportRecord,
  series: readonly ImportedSeries[],
  rejected: readonly RejectedLine[],
): Promise<void> {
  const base = join(getImportsFolder(lake), getRecordId(record));
  await makeFolder(getImportsFolder(lake));
  const lines = series.map((one) =>
    JSON.stringify({ ...one, ts: toDifferences(one.ts), lines: toDifferences(one.lines) }),
  );
  await replaceFile(`${base}.series.gz`, await promisify(gzip)(`${lines.join('\n')}\n`));
  if (rejected.length > 0) await replaceFile(`${base}.rejected.csv`, formatRejected(rejected));
  await replaceFile(`${base}.json`, `${JSON.stringify(record)}\n`);
}

/** Replaces the record alone. */
export function rewriteImportRecord(lake: string, record: ImportRecord): Promise<void> {
  return replaceFile(join(getImportsFolder(lake), `${getRecordId(record)}.json`), `${JSON.stringify(record)}\n`);
}

/** Reads what a file brought; empty if the list is absent or damaged. */
export async function readImportedSeries(
  lake: string,
  record: Pick<ImportRecord, 'source' | 'sha256'>,
): Promise<readonly ImportedSeries[]> {
  try {
    const bytes = await readFile(join(getImportsFolder(lake), `${getRecordId(record)}.series.gz`));
    const text = (await promisify(gunzip)(bytes)).toString('utf8');
    return text.split('\n').flatMap((line) => {
      const series = line === '' ? null : parseJsonLine(line, decodeSeries);
      return series === null
        ? []
        : [{ ...series, ts: fromDifferences(series.ts), lines: fromDifferences(series.lines) }];
    });
  } catch {
    return [];
  }
}

/** Neighbours differ by the same amount mostly, which compresses well. */
function toDifferences(values: readonly number[]): readonly number[] {
  return values.map((value, index) => value - (values[index - 1] ?? 0));
}

function fromDifferences(values: readonly number[]): readonly number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}

function formatRejected(rejected: readonly RejectedLine[]): string {
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = rejected.map(({ line, problem, text }) => [String(line), cell(problem), cell(text)].join(','));
  return `line,problem,text\n${lines.join('\n')}\n`;
}
