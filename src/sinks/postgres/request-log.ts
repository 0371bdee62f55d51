import type { RequestOutcome, RunEvent } from '../../core/events.js';
import type { RequestId, RunId } from '../../core/request.js';
import { parseSeriesName } from '../../core/series.js';
import { datasets } from '../../core/tables/tables.js';
import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import type { TableSelection } from '../selection.js';
import { describeCollection } from './collection-logs.js';
import type { CollectionLog } from './collection-logs.js';
import { connectPostgres } from './connection.js';
import type { PostgresAddress, PostgresSession } from './connection.js';
import { findSymbolIds } from './symbol-ids.js';
import type { KnownSymbol } from './symbol-ids.js';

export interface RequestLogOptions extends PostgresAddress {
  readonly run: RunId;
  readonly pipeline: string;
  readonly selections: readonly TableSelection[];
  readonly symbols: ReadonlyMap<string, KnownSymbol>;
}

/**
 * Writes the requests of a run to `collection_logs` while they are in flight: `pending` when they are sent, then how they ended. The
 * delivery after the run writes what the lake has of them. A failure ends the log: the delivery reports what is wrong.
 */
export interface RequestLog {
  handle(event: RunEvent): void;
  /** Writes what is left; requests without an answer have failed. */
  close(now: Instant): Promise<void>;
}

type SentRequest = Pick<CollectionLog, 'symbol' | 'collectionType' | 'timeframe' | 'startedAt'> & {
  readonly start: Instant | null;
  readonly end: Instant | null;
};

interface EndedRequest {
  readonly status: 'completed' | 'failed';
  readonly error: string | null;
  readonly rows: number;
  readonly at: Instant;
}

/** Outcomes whose windows the lake closes. */
const completedOutcomes: ReadonlySet<RequestOutcome> = new Set(['rows', 'empty', 'partial']);

const noAnswer = 'the run ended before an answer came';

/** For what is left to write at the end: a server that hangs must not delay the delivery, in milliseconds. */
const closeTimeout = 2_000;

export function createRequestLog(options: RequestLogOptions): RequestLog {
  const { selections, run, pipeline } = options;
  let sent = new Map<RequestId, SentRequest>();
  let ended = new Map<RequestId, EndedRequest>();
  const logged = new Set<RequestId>();
  let session: PostgresSession | null = null;
  let hasFailed = false;
  let writing: Promise<void> | null = null;
  const closing = new AbortController();
  const signal = AbortSignal.any([options.signal, closing.signal]);

  function start(): void {
    writing ??= write().finally(() => {
      writing = null;
    });
  }

  async function write(): Promise<void> {
    // Events of the same moment are one statement.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      session ??= await open({ ...options, signal });
      while (sent.size + ended.size > 0) {
        const [newlySent, newlyEnded] = [sent, ended];
        sent = new Map();
        ended = new Map();
        await insertSent(session, newlySent, options);
        await updateEnded(session, newlyEnded);
      }
    } catch {
      hasFailed = true;
    }
  }

  return {
    handle(event) {
      if (hasFailed) return;
      if (event.type === 'request-sent') {
        const request = toSentRequest(event, selections);
        if (request === null) return;
        logged.add(event.request);
        sent.set(event.request, request);
        start();
      } else if (event.type === 'request-completed' && logged.has(event.request)) {
        const isCompleted = completedOutcomes.has(event.outcome);
        const error = isCompleted ? null : (event.message ?? event.outcome);
        ended.set(event.request, {
          status: isCompleted ? 'completed' : 'failed',
          error,
          rows: event.rows,
          at: event.at,
        });
        start();
      }
    },
    async close(now) {
      const timer = setTimeout(() => closing.abort(), closeTimeout);
      await writing;
      clearTimeout(timer);
      const opened = session;
      session = null;
      if (opened === null) return;
      if (!hasFailed)
        await opened
          .query(
            `UPDATE collection_logs SET status = 'failed', error_message = $3, completed_at = $4
             WHERE pipeline = $1 AND run_id = $2 AND status = 'pending'`,
            [pipeline, run, noAnswer, toTimestamp(now)],
          )
          .catch(() => undefined);
      await opened.close();
    },
  };
}

function toSentRequest(
  { series, window, at }: RunEvent & { readonly type: 'request-sent' },
  selections: readonly TableSelection[],
): SentRequest | null {
  const { dataset: name, symbol, parameters } = parseSeriesName(series);
  const dataset = datasets.find((one) => one === name);
  const selection = selections.find((one) => one.dataset === dataset);
  if (dataset === undefined || selection === undefined) return null;
  if (selection.symbols?.includes(symbol) === false) return null;
  return {
    symbol,
    ...describeCollection(dataset, parameters),
    start: window?.start ?? null,
    end: window?.end ?? null,
    startedAt: at,
  };
}

/** Connects, and ends the pending requests of runs that were killed: the pipeline's lock excludes others. */
async function open(options: RequestLogOptions): Promise<PostgresSession> {
  const session = await connectPostgres(options);
  await session.query(
    `UPDATE collection_logs SET status = 'failed', error_message = $3, completed_at = started_at
     WHERE pipeline = $1 AND run_id <> $2 AND status = 'pending'`,
    [options.pipeline, options.run, noAnswer],
  );
  return session;
}

async function insertSent(
  session: PostgresSession,
  sent: ReadonlyMap<RequestId, SentRequest>,
  { symbols, run, pipeline }: RequestLogOptions,
): Promise<void> {
  if (sent.size === 0) return;
  const requests = [...sent];
  const named = new Set(requests.map(([, { symbol }]) => symbol));
  const ids = await findSymbolIds(session, [...named].toSorted(), symbols);
  const column = (read: (request: SentRequest) => string | number | null | undefined): readonly unknown[] =>
    requests.map(([, request]) => read(request) ?? null);
  await session.query(
    `INSERT INTO collection_logs (request_id, symbol_id, collection_type, timeframe, start_date, end_date, started_at, status, run_id, pipeline)
     SELECT u.*, 'pending', $8, $9
     FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::timestamp[], $6::timestamp[], $7::timestamp[]) AS u
     ON CONFLICT (request_id) DO NOTHING`,
    [
      requests.map(([id]) => id),
      column(({ symbol }) => ids.get(symbol)),
      column(({ collectionType }) => collectionType),
      column(({ timeframe }) => timeframe),
      column(({ start }) => (start === null ? null : toTimestamp(start))),
      column(({ end }) => (end === null ? null : toTimestamp(end))),
      column(({ startedAt }) => toTimestamp(startedAt)),
      run,
      pipeline,
    ],
  );
}

async function updateEnded(session: PostgresSession, ended: ReadonlyMap<RequestId, EndedRequest>): Promise<void> {
  if (ended.size === 0) return;
  const requests = [...ended];
  await session.query(
    `UPDATE collection_logs l SET status = u.status, error_message = u.error, records_collected = u.rows, completed_at = u.at
     FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::timestamp[]) AS u (request_id, status, error, rows, at)
     WHERE l.request_id = u.request_id`,
    [
      requests.map(([id]) => id),
      requests.map(([, { status }]) => status),
      requests.map(([, { error }]) => error?.replaceAll('\0', '') ?? null),
      requests.map(([, { rows }]) => rows),
      requests.map(([, { at }]) => toTimestamp(at)),
    ],
  );
}

/** Without a zone, in UTC, as the columns are. */
function toTimestamp(instant: Instant): string {
  return formatInstant(instant).replace('Z', '');
}
