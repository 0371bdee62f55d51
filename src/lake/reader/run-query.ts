import type { DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import { trimEndOf } from '../../platform/text/trim-end.js';
import { errorMessage } from '../../platform/error-message.js';
import type { SavedQuery } from '../../core/tables/query-tables.js';
import type { QueryResult, QueryStream } from '../api.js';
import { readAllRows, toEngineError } from '../parquet/engine.js';
import type { Engine } from '../parquet/engine.js';
import type { ChunkDecoder } from '../parquet/result-columns.js';
import { quoteLiteral } from '../parquet/sql.js';
import { createJsonDecoder } from './json-values.js';

/** A statement that was rejected or failed: a mistake of the user, not of the lake. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/** The first keyword of a statement that only reads. */
const readOnlyPattern = /^(select|with|from|values|describe|desc|summarize|show|table|pivot|unpivot|explain|\()\b|^\(/i;

/** Runs one read-only statement. The engine is confined to the lake's folder. */
export async function runQuery(engine: Engine, sql: string): Promise<Omit<QueryResult, 'skippedFiles'>> {
  const statement = await prepareReadOnly(engine, sql);
  try {
    const result = await statement.run();
    return { columns: result.deduplicatedColumnNames(), rows: await readAllRows(result, createJsonDecoder(engine)) };
  } catch (error) {
    throw toQueryError(error);
  } finally {
    statement.destroySync();
  }
}

/** Runs a statement of pipe itself, which needs no check that it only reads: checking binds it once more. */
export async function runOwnQuery(engine: Engine, sql: string): Promise<Omit<QueryResult, 'skippedFiles'>> {
  const result = await engine.connection.run(sql);
  return { columns: result.deduplicatedColumnNames(), rows: await readAllRows(result, createJsonDecoder(engine)) };
}

/**
 * Starts one read-only statement whose rows come as they are computed. The engine runs nothing else until the iteration of the
 * rows ends; ending it early, or the signal, stops the statement.
 */
export async function streamQuery(
  engine: Engine,
  sql: string,
  signal?: AbortSignal,
): Promise<Omit<QueryStream, 'skippedFiles'>> {
  const statement = await prepareReadOnly(engine, sql);
  const stopWatching = interruptAt(signal, engine);
  const close = (): void => {
    stopWatching();
    statement.destroySync();
  };
  let result: DuckDBResult;
  try {
    result = await statement.stream();
  } catch (error) {
    close();
    throw toQueryError(error);
  }
  const { TIMESTAMP_TZ } = engine.duckdb.DuckDBTypeId;
  const columns = result.deduplicatedColumnNames();
  return {
    columns,
    instantColumns: columns.filter((_, index) => result.columnTypeId(index) === TIMESTAMP_TZ),
    rows: convertRows(result, close, createJsonDecoder(engine)),
  };
}

/**
 * Writes the first rows of one read-only statement to a Parquet file, whose folder the engine may write to; returns their number.
 * The signal stops the statement.
 */
export async function saveQuery(
  engine: Engine,
  { sql, path, limit }: SavedQuery,
  signal?: AbortSignal,
): Promise<number> {
  const checked = await prepareReadOnly(engine, sql);
  const isSelect = checked.statementType === engine.duckdb.StatementType.SELECT;
  checked.destroySync();
  if (!isSelect) throw new QueryError('EXPLAIN has no rows for a file; write a statement that selects rows');
  const stopWatching = interruptAt(signal, engine);
  try {
    // The statement is one whole SELECT. A comment at its end must not hide the parenthesis.
    const rows = `SELECT * FROM (\n${trimEndOf(sql, ' \t\r\n\f\v;')}\n) LIMIT ${String(limit)}`;
    const copied = await engine.connection.runAndReadAll(
      `COPY (${rows}) TO ${quoteLiteral(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    return Number(copied.getRowObjectsJson()[0]?.['Count'] ?? 0);
  } catch (error) {
    throw toQueryError(error);
  } finally {
    stopWatching();
  }
}

async function* convertRows(result: DuckDBResult, close: () => void, decoder: ChunkDecoder): QueryStream['rows'] {
  try {
    const names = result.deduplicatedColumnNames();
    for await (const chunk of result) yield decoder.readRows(chunk, names);
  } catch (error) {
    throw toQueryError(error);
  } finally {
    close();
  }
}

/** The interval between two attempts to interrupt a statement, in milliseconds. */
const interruptInterval = 20;

/** Interrupts a statement at a signal, again and again: DuckDB interrupts only what it executes at that moment. */
function interruptAt(signal: AbortSignal | undefined, { connection }: Engine): () => void {
  let timer: NodeJS.Timeout | null = null;
  const interrupt = (): void => {
    connection.interrupt();
    timer = setInterval(() => connection.interrupt(), interruptInterval);
  };
  if (signal?.aborted === true) interrupt();
  else signal?.addEventListener('abort', interrupt, { once: true });
  return () => {
    signal?.removeEventListener('abort', interrupt);
    if (timer !== null) clearInterval(timer);
  };
}

/** Throws for a text that is not one read-only statement. */
export async function expectReadOnly(engine: Engine, sql: string): Promise<void> {
  (await prepareReadOnly(engine, sql)).destroySync();
}

/** Prepares a text of one read-only statement; throws for any other text. */
async function prepareReadOnly(engine: Engine, sql: string): Promise<DuckDBPreparedStatement> {
  const text = stripComments(sql);
  if (text === '') throw new QueryError('the statement is empty; write one such as SELECT count(*) FROM equity_bars');
  const explainedStatement = /^explain\s+(?:analyze\s+)?(?:\([^)]*\)\s*)?(.*)$/is.exec(text)?.[1];
  if (!readOnlyPattern.test(explainedStatement ?? text)) throw notAllowedError(text);
  let statements: readonly DuckDBPreparedStatement[];
  try {
    statements = await prepareAll(engine, sql);
  } catch (error) {
    throw toQueryError(error);
  }
  const [statement, ...others] = statements;
  const { SELECT, EXPLAIN } = engine.duckdb.StatementType;
  try {
    if (others.length > 0) throw new QueryError('expected one statement, found several');
    if (statement?.statementType !== SELECT && statement?.statementType !== EXPLAIN) throw notAllowedError(text);
    return statement;
  } catch (error) {
    for (const one of statements) one.destroySync();
    throw error;
  }
}

async function prepareAll({ connection }: Engine, sql: string): Promise<readonly DuckDBPreparedStatement[]> {
  const extracted = await connection.extractStatements(sql);
  const prepared: DuckDBPreparedStatement[] = [];
  for (let index = 0; index < extracted.count; index++) prepared.push(await extracted.prepare(index));
  return prepared;
}

function notAllowedError(text: string): QueryError {
  const keyword = /^\w+/.exec(text)?.[0].toUpperCase() ?? text.slice(0, 1);
  return new QueryError(
    `${keyword} is not allowed: queries only read (SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN)`,
  );
}

function stripComments(sql: string): string {
  return trimEndOf(sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, ''), ' \t\r\n\f\v;');
}

/** Keeps DuckDB's message about a wrong statement; converts errors about files. */
export function toQueryError(error: unknown): Error {
  if (error instanceof QueryError) return error;
  const message = errorMessage(error);
  if (/^(IO|Invalid) Error|No such file|Corrupt/i.test(message) && !message.includes('configuration'))
    return toEngineError(error, 'query');
  if (message.includes('disabled by configuration')) {
    return new QueryError(`queries can read only files of the lake: ${message.split('\n', 1)[0] ?? ''}`);
  }
  return new QueryError(message.trim());
}
