import { err } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { StatementProblem } from '../api.js';
import type { Engine } from '../parquet/engine.js';
import { isDamage } from '../lake-error.js';
import type { LakeDatabase } from '../reader/lake-database.js';
import { toStatementProblem } from './statement.js';

/** Milliseconds between two attempts to interrupt a statement. */
const interruptInterval = 20;

/** Runs work that a signal interrupts; an error of DuckDB about the statement becomes a problem, not an exception. */
export async function runInterruptible<T>(
  database: LakeDatabase,
  sql: string,
  prefix: string,
  signal: AbortSignal,
  work: (engine: Engine) => Promise<Result<T, StatementProblem>>,
): Promise<Result<T, StatementProblem>> {
  const engine = await database.engineWithViews();
  try {
    database.expectReadable(sql);
  } catch (error) {
    // A statement over an empty view in place of a damaged table would give a wrong table.
    if (isDamage(error)) return err({ message: `${error.message}; ${error.hint}`, offset: null });
    throw error;
  }
  let repeat: NodeJS.Timeout | undefined;
  // DuckDB interrupts only what it executes at that moment, and the work consists of several statements.
  const interrupt = (): void => {
    engine.connection.interrupt();
    repeat = setInterval(() => {
      engine.connection.interrupt();
    }, interruptInterval);
  };
  if (signal.aborted) interrupt();
  else signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await work(engine);
  } catch (error) {
    return err(toStatementProblem(error, sql, prefix));
  } finally {
    clearInterval(repeat);
    signal.removeEventListener('abort', interrupt);
  }
}
