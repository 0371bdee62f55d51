import { isAnswered } from '../../core/coverage-fold.js';
import type { ClosedWindow } from '../../core/fetch-result.js';
import type { RequestId, RunId } from '../../core/request.js';
import type { ProviderName, SeriesName } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import { subtract } from '../../core/time/window.js';
import type { FactInput } from '../coverage/fact-encoding.js';
import { hasRows } from '../coverage/lost-span-windows.js';
import { getCoverage } from '../coverage/table-fold.js';
import type { TableFold } from '../coverage/table-fold.js';
import type { RowGroup } from '../parquet/row-series.js';

/** A request as the record of its run describes it. */
export interface RecordedRequest {
  readonly provider: ProviderName;
  readonly series: SeriesName;
  readonly step: string;
  readonly requestedAt: Instant;
  readonly closed: readonly ClosedWindow[];
}

export type RecordedRequests = ReadonlyMap<RequestId, RecordedRequest>;

/** Finds the requests of some runs, and of those that wrote some commits of a table, in the records of runs. */
export type FindRecordedRequests = (
  dataset: Dataset,
  versions: readonly number[],
  runs: ReadonlySet<RunId>,
) => Promise<RecordedRequests>;

/**
 * The facts of lost commits that the records of runs prove. A window with rows is certain only if the table has exactly the rows
 * that its request returned. What later requests have answered stays.
 */
export function restoreFacts(
  recorded: RecordedRequests,
  knownRequests: ReadonlySet<RequestId>,
  coverage: TableFold,
  groups: readonly RowGroup[],
): readonly FactInput[] {
  const rowsByRequest = new Map<RequestId, number>();
  for (const { requestId, rows } of groups) rowsByRequest.set(requestId, (rowsByRequest.get(requestId) ?? 0) + rows);
  const facts: FactInput[] = [];
  const oldestFirst = [...recorded].sort(([, a], [, b]) => a.requestedAt - b.requestedAt);
  for (const [requestId, { provider, series, step, requestedAt, closed }] of oldestFirst) {
    if (knownRequests.has(requestId)) continue;
    const expected = closed.reduce((sum, { state, rows }) => sum + (hasRows(state) ? rows : 0), 0);
    const isComplete = (rowsByRequest.get(requestId) ?? 0) === expected;
    const known = getCoverage(coverage, provider, series);
    for (const { window, state, rows, reason, emptyAnswers, lacks } of closed) {
      if (hasRows(state) && !isComplete) continue;
      // Without rows nothing proves that the lost commit removed those of an earlier answer.
      const kept = known.filter(
        (other) => other.lastRequestedAt >= requestedAt || (!hasRows(state) && isAnswered(other.state)),
      );
      const open = subtract([window], kept);
      const isWhole = open.length === 1 && open[0]?.start === window.start && open[0].end === window.end;
      for (const part of open) {
        const details = {
          ...(reason === undefined ? {} : { reason }),
          ...(emptyAnswers === undefined ? {} : { emptyAnswers }),
          ...(lacks === undefined ? {} : { lacks }),
        };
        const fact = { provider, series, window: part, state, requestId, requestedAt, ...details, upstream: [] };
        // The rows of a part are not known; a window with another number of rows than its fact is no finding if it was replaced.
        if (isWhole || !hasRows(state)) facts.push({ fact: { ...fact, rows: isWhole ? rows : 0 }, step, calendar: '' });
      }
    }
  }
  return facts;
}
