import { isRecord } from '../../platform/json.js';
import { errorMessage } from '../../platform/error-message.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { toEngineError } from '../parquet/engine.js';
import type { Engine } from '../parquet/engine.js';
import { quoteLiteral } from '../parquet/sql.js';
import type { StatementProblem } from '../api.js';

/** Makes DuckDB tell errors with their place; to be set before the engine is confined. */
export const structuredErrors = 'SET errors_as_json = true';

/** Refuses everything but one statement that reads, and what DuckDB cannot make sense of. */
export async function checkStatement(
  { connection, duckdb }: Engine,
  sql: string,
): Promise<Result<null, StatementProblem>> {
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) {
      const message = statements.count === 0 ? 'there is no statement' : 'one statement, please: this is more than one';
      return err({ message, offset: null });
    }
    const prepared = await statements.prepare(0);
    const isSelect = prepared.statementType === duckdb.StatementType.SELECT;
    prepared.destroySync();
    return isSelect
      ? ok(null)
      : err({ message: 'only a statement that reads gives rows: SELECT, WITH, FROM', offset: 0 });
  } catch (error) {
    return err(toStatementProblem(error, sql));
  }
}

/** What DuckDB says of a statement that stands, in what it was given, behind a prefix. Throws when it is the disk's fault. */
export function toStatementProblem(error: unknown, sql: string, prefix = ''): StatementProblem {
  const text = errorMessage(error);
  const duckDbError = parseDuckDbError(text);
  const lakeError = toEngineError(error, 'statement');
  if (lakeError.kind === 'no-space' || lakeError.kind === 'read-only') throw lakeError;
  if (duckDbError === null) return { message: text.trim(), offset: null };
  const { type, message, position } = duckDbError;
  const description = message.replaceAll(/\s*\n\s*/g, ' ').trim();
  if (type === 'Permission')
    return { message: `only the lake can be read here: ${description}`, offset: toOffset(position) };
  return { message: `${type} Error: ${description}`, offset: toOffset(position) };

  /** DuckDB's parser counts characters, and what comes after it bytes. */
  function toOffset(at: number | null): number | null {
    const offset = at === null ? -1 : at - prefix.length;
    const before =
      type === 'Parser' ? Array.from(sql).slice(0, offset).join('') : Buffer.from(sql).subarray(0, offset).toString();
    return offset < 0 || before.length > sql.length ? null : before.length;
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

/** The parsed form of a statement; null where DuckDB does not give it. */
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

/** Every name that stands where a table may stand, in parsed SQL. */
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
