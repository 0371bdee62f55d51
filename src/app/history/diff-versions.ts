import type { RequestId } from '../../core/request.js';
import type { Dataset } from '../../core/tables/tables.js';
import { tables } from '../../core/tables/tables.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { openLakeHistory } from '../../lake/history/lake-history.js';
import type { LakeHistory } from '../../lake/history/lake-history.js';
import type { TableVersion } from '../../lake/history/find-version.js';
import { readNumber, readText } from '../../queries/sql.js';
import type { Row } from '../../queries/sql.js';
import { CliError } from '../cli-error.js';
import type { Folders } from '../context.js';
import { exitCode } from '../exit-code.js';
import { withLakeReader } from '../lake-reader.js';
import { requireSymbol } from '../lineage/read-lineage.js';
import { buildDiffSql, comparedColumns, groupColumns } from './diff-sql.js';

/** A version of a table by its number or by a moment. */
export type VersionRef = { readonly version: number } | { readonly moment: Instant };

export interface DiffQuery {
  readonly symbol: string;
  readonly dataset: Dataset;
  readonly from: VersionRef;
  /** Null for the newest version. */
  readonly to: VersionRef | null;
}

/** What two versions of a table say differently about a symbol. */
export interface VersionDiff {
  readonly symbol: string;
  readonly dataset: Dataset;
  /** Null before the first commit of the table. */
  readonly from: TableVersion | null;
  readonly to: TableVersion | null;
  readonly windows: readonly ChangedWindow[];
  /** The requests behind the rows of both versions. */
  readonly requests: ReadonlyMap<RequestId, DiffRequest>;
}

/** A window of a series in which rows differ: a session of a span table, the time of an answer of a point table. */
export interface ChangedWindow {
  /** The columns that name the series, with the provider. */
  readonly series: Readonly<Record<string, unknown>>;
  readonly window: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Rows with equal values of another request. */
  readonly confirmed: number;
  readonly columns: readonly ChangedColumn[];
  readonly before: readonly RequestId[];
  readonly after: readonly RequestId[];
}

export interface ChangedColumn {
  readonly column: string;
  /** The number of rows in which it changed. */
  readonly rows: number;
  /** The values of the first of them. */
  readonly old: unknown;
  readonly new: unknown;
  /** The least and the greatest quotient of new and old value; null for texts and zeros. */
  readonly ratio: { readonly low: number; readonly high: number } | null;
}

export interface DiffRequest {
  readonly runId: string;
  readonly requestedAt: Instant;
  readonly version: number;
  readonly series: string;
}

/** Compares two versions of the rows of a symbol. */
export async function diffVersions(query: DiffQuery, ctx: Folders): Promise<VersionDiff> {
  const { symbol, dataset } = query;
  const history = openLakeHistory(ctx.dataFolder);
  try {
    return await withLakeReader(ctx, async (reader) => {
      await requireSymbol(symbol, reader);
      const from = await resolveVersion('--from', dataset, query.from, history);
      const to =
        query.to === null ? await history.latest(dataset) : await resolveVersion('--to', dataset, query.to, history);
      if (from !== null && (to === null || to.version < from.version))
        throw new CliError(
          exitCode.usage,
          `--from is version ${String(from.version)} of ${dataset}, which is later than --to`,
          'write the earlier version or moment behind --from',
        );
      const pair = { dataset, symbol, from: from?.version ?? null, to: to?.version ?? null };
      const rows = await history.compare(pair, (before, after) => buildDiffSql(dataset, symbol, before, after));
      const windows = rows.map((row) => toWindow(dataset, row));
      const wanted = new Set(windows.flatMap(({ before, after }) => [...before, ...after]));
      const requests = new Map<RequestId, DiffRequest>();
      if (wanted.size > 0)
        for await (const { requestId, requestedAt, version, series, author } of reader.readFacts({
          symbol,
          datasets: [dataset],
        }))
          if (wanted.has(requestId)) requests.set(requestId, { runId: author.runId, requestedAt, version, series });
      return { symbol, dataset, from, to, windows, requests };
    });
  } finally {
    await history.close();
  }
}

async function resolveVersion(
  option: string,
  dataset: Dataset,
  ref: VersionRef,
  history: LakeHistory,
): Promise<TableVersion | null> {
  if ('moment' in ref) return history.versionAt(dataset, ref.moment);
  const found = await history.findVersion(dataset, ref.version);
  if (found !== null) return found;
  const latest = await history.latest(dataset);
  throw new CliError(
    exitCode.usage,
    `${option} ${String(ref.version)}: ${dataset} has no such version`,
    latest === null
      ? `the lake has no table ${dataset} yet`
      : `its newest version is ${String(latest.version)}; a moment, such as 2026-11-20T22:00:00Z, works too`,
  );
}

function toWindow(dataset: Dataset, row: Row): ChangedWindow {
  const count = (name: string): number => readNumber(row, name) ?? 0;
  return {
    series: Object.fromEntries(groupColumns(dataset).map((name) => [name, row[name] ?? null])),
    window: readText(row, 'window') ?? '',
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    confirmed: count('confirmed'),
    columns: comparedColumns(dataset).flatMap((column) => toColumn(column, row)),
    before: readTexts(row['before_requests']),
    after: readTexts(row['after_requests']),
  };
}

function toColumn(column: string, row: Row): readonly ChangedColumn[] {
  const rows = readNumber(row, `${column} rows`) ?? 0;
  if (rows === 0) return [];
  const [low, high] = [readNumber(row, `${column} low`), readNumber(row, `${column} high`)];
  const ratio = low === null || high === null ? null : { low, high };
  return [{ column, rows, old: row[`${column} old`] ?? null, new: row[`${column} new`] ?? null, ratio }];
}

function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string').toSorted() : [];
}

/** The document of `pipe diff --json`. */
export function toDiffDocument({ symbol, dataset, from, to, windows, requests }: VersionDiff): object {
  const toVersion = (version: TableVersion | null): object | null =>
    version === null ? null : { version: version.version, committedAt: formatInstant(version.committedAt) };
  return {
    symbol,
    dataset,
    kind: tables[dataset].kind,
    from: toVersion(from),
    to: toVersion(to),
    windows,
    requests: [...requests].map(([requestId, { requestedAt, ...request }]) => ({
      requestId,
      ...request,
      requestedAt: formatInstant(requestedAt),
    })),
  };
}
