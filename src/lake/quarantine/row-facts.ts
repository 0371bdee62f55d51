import { isBarTable } from '../../core/quality/quality-rule.js';
import type { SeriesName } from '../../core/series.js';
import { barSizes } from '../../core/tables/bars.js';
import type { Dataset } from '../../core/tables/tables.js';
import { day } from '../../core/time/time.js';
import type { Window } from '../../core/time/window.js';
import { groupBy } from '../../platform/group-by.js';
import type { FactInput } from '../coverage/fact-encoding.js';
import { parseCommit } from '../coverage/parse-commit.js';
import { readCommit } from '../delta/commit-file.js';
import { listVersions } from '../delta/log-listing.js';
import type { Engine } from '../parquet/engine.js';
import { formatRowSeries, toRowSeries } from '../parquet/row-series.js';
import { quoteIdentifier } from '../parquet/sql.js';
import { seriesColumns } from '../../core/tables/row-key.js';
import { timeColumn } from '../delta/schema.js';

/** The rows of one series, one request and one instant that are moved. */
export interface MovedRows {
  readonly series: SeriesName;
  readonly requestId: string;
  readonly window: Window;
  readonly rows: number;
  /** True if their window becomes a gap. */
  readonly isGap: boolean;
}

/** Groups the rows of a relation; `is_gap` is one of its columns. */
export async function groupMovedRows(
  engine: Engine,
  dataset: Dataset,
  relation: string,
): Promise<readonly MovedRows[]> {
  const columns = ['symbol', 'provider', ...seriesColumns[dataset], 'request_id'].map(quoteIdentifier).join(', ');
  const time = quoteIdentifier(timeColumn(dataset));
  const rows = await engine.queryRows(
    `SELECT ${columns}, epoch_ms(${time})::DOUBLE AS start_ms, count(*)::DOUBLE AS row_count, bool_and(is_gap) AS is_gap
     FROM ${relation} GROUP BY ALL ORDER BY start_ms`,
    dataset,
  );
  return rows.map((row) => {
    const start = Number(row['start_ms']);
    return {
      series: formatRowSeries(dataset, row),
      requestId: String(row['request_id']),
      window: { start, end: start + getSpan(dataset, row['bar_size']) },
      rows: Number(row['row_count']),
      isGap: row['is_gap'] === true,
    };
  });
}

/** A bar shorter than a session is requested alone; a daily bar, with its session; an answer of an instant is one millisecond. */
function getSpan(dataset: Dataset, barSize: unknown): number {
  if (!isBarTable(dataset)) return 1;
  const length = Object.entries(barSizes).find(([name]) => name === barSize)?.[1] ?? day;
  return length < day ? length : 1;
}

/** The latest facts of the requests of rows, with their step and their calendar. */
export async function findRowFacts(
  table: string,
  moved: readonly MovedRows[],
): Promise<(rows: MovedRows) => FactInput | null> {
  const wanted = new Set(moved.map(({ requestId }) => requestId));
  const runs = [...new Set(moved.map(({ requestId }) => requestId.slice(0, requestId.lastIndexOf('/'))))];
  const found: FactInput[] = [];
  for (const version of await listVersions(table)) {
    const content = await readCommit(table, version);
    if (content === null || !runs.some((run) => content.includes(run))) continue;
    for (const { size, step, calendar, state, fact } of parseCommit(content, table, version, 'skip').groups) {
      if (state !== 'data' && state !== 'provisional') continue;
      for (let row = 0; row < size; row++) {
        const known = fact(row);
        if (wanted.has(known.requestId)) found.push({ fact: known, step, calendar });
      }
    }
  }
  const byRequest = groupBy(found, ({ fact }) => fact.requestId);
  return ({ requestId, series, window }) =>
    byRequest
      .get(requestId)
      ?.findLast(
        ({ fact }) =>
          toRowSeries(fact.series) === series && fact.window.start <= window.start && window.start < fact.window.end,
      ) ?? null;
}

/** The facts of a commit that takes rows out of a table. The windows of rows that are no gaps stay answered. */
export function removalFacts(
  dataset: Dataset,
  moved: readonly MovedRows[],
  find: (rows: MovedRows) => FactInput | null,
  reason: string,
  runId: string,
): readonly FactInput[] {
  return moved.flatMap((rows): readonly FactInput[] => {
    const known = find(rows);
    if (known === null) return [];
    const { fact, ...rest } = known;
    const changed = isBarTable(dataset)
      ? { ...fact, window: rows.window, rows: 0, reason }
      : { ...fact, rows: Math.max(0, fact.rows - rows.rows), reason };
    // No request gets the number 0.
    const gap = { ...changed, state: 'missing', requestId: `${runId}/0`, upstream: [] } as const;
    return [{ ...rest, fact: rows.isGap ? gap : changed }];
  });
}

/** The facts of a commit that puts rows back. */
export function returnFacts(
  dataset: Dataset,
  moved: readonly MovedRows[],
  find: (rows: MovedRows) => FactInput | null,
): readonly FactInput[] {
  return moved.flatMap((rows): readonly FactInput[] => {
    const known = find(rows);
    if (known === null) return [];
    const { reason: _, ...fact } = known.fact;
    const changed = isBarTable(dataset)
      ? { ...fact, window: rows.window, rows: rows.rows }
      : { ...fact, rows: fact.rows + rows.rows };
    return [{ ...known, fact: changed }];
  });
}
