import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { QueryResult, QueryStream } from '../../lake/api.js';
import { createCsvFormat } from '../../outputs/rows/csv.js';
import { createJsonFormat } from '../../outputs/rows/json.js';
import type { RowFormat } from '../../outputs/rows/row-format.js';
import type { TableDocument } from '../../web/server/documents.js';
import { RequestProblem } from '../../web/server/routes.js';
import type { Answer, Handler } from '../../web/server/routes.js';
import type { Folders } from '../context.js';
import { runSql, saveSql } from '../queries/run-sql.js';

/** A statement that takes longer is ended, in milliseconds. */
const maxQueryTime = 30_000;

/** Answers with the rows of one statement: as they are computed, bounded in number and in time. */
export function createQueryHandler(folders: Folders): Handler {
  return async (values, signal) => {
    const sql = values.text('sql') ?? '';
    const limit = values.count('limit') ?? 1_000;
    const format = values.text('format') ?? 'json';
    const timeout = AbortSignal.timeout(maxQueryTime);
    const deadline = AbortSignal.any([signal, timeout]);
    try {
      if (format === 'table') return await readTable(sql, limit, deadline, folders);
      if (format === 'parquet') return await openParquet(sql, limit, deadline, folders);
      return await openRows(sql, limit, format, deadline, folders);
    } catch (error) {
      // The engine reports only that it was interrupted.
      throw timeout.aborted ? createTimeoutProblem() : error;
    }
  };
}

async function readTable(sql: string, limit: number, deadline: AbortSignal, folders: Folders): Promise<Answer> {
  let document: TableDocument = { columns: [], rows: [], truncated: false };
  await runSql({ sql, withZones: false, signal: deadline }, folders, async ({ stream }) => {
    const rows: (readonly unknown[])[] = [];
    let isTruncated = false;
    for await (const row of takeRows(stream, limit + 1, deadline)) {
      if (rows.length === limit) isTruncated = true;
      else rows.push(stream.columns.map((column) => row[column]));
    }
    document = { columns: stream.columns, rows, truncated: isTruncated };
  });
  return { kind: 'json', document };
}

/** Starts the statement before it answers, so that a wrong one is an error and not the beginning of a file. */
async function openRows(
  sql: string,
  limit: number,
  format: string,
  deadline: AbortSignal,
  folders: Folders,
): Promise<Answer> {
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let work: Promise<void> = Promise.resolve();
  const stream = await new Promise<QueryStream>((resolve, reject) => {
    work = runSql({ sql, withZones: false, signal: deadline }, folders, async (result) => {
      resolve(result.stream);
      await finished;
    });
    work.catch(reject);
  });
  const layout = format === 'csv' ? createCsvFormat(stream.columns, { isRaw: false }) : createJsonFormat();
  return {
    kind: 'stream',
    contentType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
    fileName: format === 'csv' ? 'query.csv' : null,
    isComputing: true,
    chunks: formatRows(stream, layout, limit, deadline, async () => {
      finish();
      await work;
    }),
  };
}

/** Parquet has its directory at its end: the file is written first, then sent and deleted. */
async function openParquet(sql: string, limit: number, deadline: AbortSignal, folders: Folders): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'pipe-query-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'query.parquet');
  try {
    await saveSql({ sql, path, limit }, deadline, folders);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    kind: 'stream',
    contentType: 'application/vnd.apache.parquet',
    fileName: 'query.parquet',
    isComputing: false,
    chunks: readFileParts(path, remove),
  };
}

async function* readFileParts(path: string, close: () => Promise<void>): AsyncIterable<Uint8Array> {
  try {
    for await (const part of createReadStream(path)) if (part instanceof Uint8Array) yield part;
  } finally {
    await close();
  }
}

async function* formatRows(
  stream: QueryStream,
  layout: RowFormat,
  limit: number,
  deadline: AbortSignal,
  close: () => Promise<void>,
): AsyncIterable<string> {
  try {
    let batch: QueryResult['rows'][number][] = [];
    for await (const row of takeRows(stream, limit, deadline)) {
      batch.push(row);
      if (batch.length < 1_000) continue;
      yield layout.rows(batch);
      batch = [];
    }
    yield `${batch.length > 0 ? layout.rows(batch) : ''}${layout.end()}`;
  } finally {
    await close();
  }
}

async function* takeRows(
  { rows }: QueryStream,
  limit: number,
  deadline: AbortSignal,
): AsyncIterable<QueryResult['rows'][number]> {
  let count = 0;
  if (limit === 0) return;
  for await (const batch of rows) {
    for (const row of batch) {
      if (deadline.aborted) throw createTimeoutProblem();
      yield row;
      if (++count >= limit) return;
    }
  }
}

function createTimeoutProblem(): RequestProblem {
  return new RequestProblem(503, 'the query took longer than 30 seconds', 'narrow it, or run it with pipe query');
}
