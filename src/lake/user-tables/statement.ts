import { isRecord } from '../../platform/json.js';
import { errorMessage } from '../../platform/error-message.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { toEngineError } from '../parquet/engine.js';
import type { Engine } from '../parquet/engine.js';
import { quoteLiteral } from '../parquet/sql.js';
import type { StatementProblem } from '../api.js';

/** Makes DuckDB report the position of errors; must be set before the engine is confined. */
export const structuredErrors = 'SET errors_as_json = true';

/** Rejects everything but one valid read-only statement. */
export async function checkStatement(
  { connection, duckdb }: Engine,
  sql: string,
): Promise<Result<void, StatementProblem>> {
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) {
      const message = statements.count === 0 ? 'the query is empty' : 'expected one statement, found several';
      return err({ message, offset: null });
    }
    const prepared = await statements.prepare(0);
    const isSelect = prepared.statementType === duckdb.StatementType.SELECT;
    prepared.destroySync();
    return isSelect
      ? ok(undefined)
      : err({ message: 'expected a statement that returns rows (SELECT, WITH or FROM)', offset: 0 });
  } catch (error) {
    return err(toStatementProblem(error, sql));
  }
}

/** Converts DuckDB's error about a statement that it received behind a prefix. Throws errors of the disk. */
export function toStatementProblem(error: unknown, sql: string, prefix = ''): StatementProblem {
  const text = errorMessage(error);
  const duckDbError = parseDuckDbError(text);
  const lakeError = toEngineError(error, 'statement');
  if (['no-space', 'read-only', 'too-many-files'].includes(lakeError.kind)) throw lakeError;
  if (duckDbError === null) return { message: text.trim(), offset: null };
  const { type, message, position } = duckDbError;
  const description = message
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim();
  if (type === 'Permission')
    return { message: `custom steps can read only the lake: ${description}`, offset: toOffset(position) };
  return { message: `${type} Error: ${description}`, offset: toOffset(position) };

  /** DuckDB's parser counts characters, later stages count bytes. */
  function toOffset(at: number | null): number | null {
    if (at === null || at < prefix.length) return null;
    const offset = at - prefix.length;
    const before =
      type === 'Parser' ? Array.from(sql).slice(0, offset).join('') : Buffer.from(sql).subarray(0, offset).toString();
    return before.length > sql.length ? null : before.length;
  }
}

interface DuckDbError {
  readonly type: string;
  readonly message: string;
  readonly position: number | null;
}

function parseDuckDbError(text: string): DuckDbError | null {
  const start = text.indexOf('{');
  if (start < 0) return null;
  let duckDbError: unknown;
  try {
    duckDbError = JSON.parse(text.slice(start));
  } catch {
    return null;
  }
  if (!isRecord(duckDbError)) return null;
  const { exception_type: type, exception_message: message, position } = duckDbError;
  if (typeof type !== 'string' || typeof message !== 'string') return null;
  return { type, message, position: typeof position === 'string' ? Number(position) : null };
}

/** The syntax tree of a statement; null if DuckDB does not provide it. */
export async function parseSyntaxTree(engine: Engine, sql: string): Promise<unknown> {
  try {
    const [row] = await engine.queryRows(
      `SELECT json_serialize_sql(${quoteLiteral(sql)}::VARCHAR) AS tree`,
      'statement',
    );
    const tree: unknown = JSON.parse(String(row?.['tree']));
    if (!isRecord(tree) || tree['error'] !== false || !Array.isArray(tree['statements'])) return null;
    const statement: unknown = tree['statements'][0];
    return isRecord(statement) ? statement['node'] : null;
  } catch {
    return null;
  }
}

/** Every name in the place of a table in a syntax tree. */
export function findTableNames(tree: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const part of node) visit(part);
    if (!isRecord(node)) return;
    if (node['type'] === 'BASE_TABLE' && typeof node['table_name'] === 'string')
      names.add(node['table_name'].toLowerCase());
    for (const part of Object.values(node)) visit(part);
  };
  visit(tree);
  return names;
}
