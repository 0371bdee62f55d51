import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CoverageState } from '../../core/coverage.js';
import type { RequestId, RunId } from '../../core/request.js';
import { parseSeriesName } from '../../core/series.js';
import type { Dataset } from '../../core/tables/tables.js';
import type { Instant } from '../../core/time/time.js';
import type { CommittedFact } from '../../lake/api.js';
import type { LakeFeed } from '../../lake/feed/feed.js';
import { unescapePart } from '../../core/series.js';
import type { PostgresSession } from './connection.js';
import { toTimeframe } from './targets.js';

/** When the requests of a run were sent and answered, from its record. */
export interface RequestTimes {
  /** Null if the record was removed, or does not have the request. */
  find(
    run: RunId,
    request: RequestId,
  ): Promise<{ readonly sentAt: Instant; readonly answeredAt: Instant | null } | null>;
}

/** One request as `collection_logs` has it. */
export interface CollectionLog {
  readonly symbol: string;
  readonly collectionType: string;
  readonly timeframe: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly status: 'pending' | 'completed' | 'failed';
  readonly error: string | null;
  readonly rows: number;
  readonly startedAt: Instant;
  readonly completedAt: Instant | null;
  readonly request: RequestId;
  readonly run: RunId;
  readonly pipeline: string;
}

const failedStates: ReadonlySet<CoverageState> = new Set(['failed', 'denied', 'unavailable']);

/** One log of each request of some facts: a request may close several windows. */
export async function toCollectionLogs(
  facts: AsyncIterable<CommittedFact>,
  times: RequestTimes,
): Promise<readonly CollectionLog[]> {
  const byRequest = new Map<RequestId, CommittedFact[]>();
  for await (const fact of facts) {
    // Rows that were lost are no request.
    if (fact.state === 'missing') continue;
    const known = byRequest.get(fact.requestId);
    if (known === undefined) byRequest.set(fact.requestId, [fact]);
    else known.push(fact);
  }
  const logs: CollectionLog[] = [];
  for (const [request, closed] of byRequest) {
    const [first] = closed;
    if (first === undefined) continue;
    const failures = closed.filter(({ state }) => failedStates.has(state));
    const found = await times.find(first.author.runId, request);
    const { symbol, parameters } = parseSeriesName(first.series);
    logs.push({
      symbol,
      ...describeCollection(first.dataset, parameters),
      start: Math.min(...closed.map(({ window }) => window.start)),
      end: Math.max(...closed.map(({ window }) => window.end)),
      status: failures.length === 0 ? 'completed' : 'failed',
      error: failures.find(({ reason }) => reason !== undefined)?.reason ?? null,
      rows: closed.reduce((sum, { rows }) => sum + rows, 0),
      startedAt: found?.sentAt ?? first.requestedAt,
      completedAt: found?.answeredAt ?? first.committedAt,
      request,
      run: first.author.runId,
      pipeline: first.author.pipeline.name,
    });
  }
  return logs;
}

/** `historical` for bars, as other collectors name it; the table for everything else. */
export function describeCollection(
  dataset: Dataset,
  parameters: string,
): Pick<CollectionLog, 'collectionType' | 'timeframe'> {
  const parts = parameters.split('/');
  if (dataset === 'equity_bars') return { collectionType: 'historical', timeframe: toTimeframe(parts[0] ?? '') };
  if (dataset === 'option_bars')
    return { collectionType: 'historical', timeframe: toTimeframe(unescapePart(parts[3] ?? '')) };
  return { collectionType: dataset, timeframe: 'snapshot' };
}

const columns = [
  'symbol_id',
  'collection_type',
  'timeframe',
  'start_date',
  'end_date',
  'status',
  'error_message',
  'records_collected',
  'started_at',
  'completed_at',
  'request_id',
  'run_id',
  'pipeline',
] as const;

const relationColumns = {
  symbol: 'VARCHAR',
  collection_type: 'VARCHAR',
  timeframe: 'VARCHAR',
  start_date: 'TIMESTAMP WITH TIME ZONE',
  end_date: 'TIMESTAMP WITH TIME ZONE',
  status: 'VARCHAR',
  error_message: 'VARCHAR',
  records_collected: 'INTEGER',
  started_at: 'TIMESTAMP WITH TIME ZONE',
  completed_at: 'TIMESTAMP WITH TIME ZONE',
  request_id: 'VARCHAR',
  run_id: 'VARCHAR',
  pipeline: 'VARCHAR',
} as const;

/** Writes logs, within the transaction of the caller; `ids` has the ids of their symbols. */
export async function deliverCollectionLogs(
  session: PostgresSession,
  feed: LakeFeed,
  logs: readonly CollectionLog[],
  scratch: string,
): Promise<void> {
  if (logs.length === 0) return;
  await feed.define(
    'collection_logs',
    relationColumns,
    logs.map((log) => [
      log.symbol,
      log.collectionType,
      log.timeframe,
      log.start,
      log.end,
      log.status,
      log.error?.replaceAll('\0', '') ?? null,
      log.rows,
      log.startedAt,
      log.completedAt,
      log.request,
      log.run,
      log.pipeline,
    ]),
  );
  const values = Object.entries(relationColumns)
    .filter(([name]) => name !== 'symbol')
    .map(([name, type]) => (type.startsWith('TIMESTAMP') ? `make_timestamp(epoch_us(l.${name}))` : `l.${name}`));
  const path = join(scratch, 'collection-logs.csv');
  await feed.copyTo(
    `SELECT ids.symbol_id, ${values.join(', ')} FROM collection_logs AS l JOIN ids USING (symbol)`,
    path,
    'FORMAT csv, HEADER false',
  );
  const list = columns.join(', ');
  await session.query('DROP TABLE IF EXISTS pg_temp.pipe_logs');
  await session.query(`CREATE TEMP TABLE pipe_logs ON COMMIT DROP AS SELECT ${list} FROM collection_logs LIMIT 0`);
  await session.copyIn(`COPY pipe_logs (${list}) FROM STDIN (FORMAT csv)`, [path]);
  await rm(path, { force: true });
  const updates = columns.map((name) => `${name} = excluded.${name}`).join(', ');
  await session.query(
    `INSERT INTO collection_logs (${list}) SELECT ${list} FROM pipe_logs ON CONFLICT (request_id) DO UPDATE SET ${updates}`,
  );
}
