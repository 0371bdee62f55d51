import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitInfo } from '../../core/fetch-result.js';
import type { FileFormat, ColumnLineage, TableVersions } from '../../core/tables/user-tables.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { getColumns, datasets } from '../../core/tables/tables.js';
import type { LakeSnapshot, CustomStepRef, UserTableCommit, StatementProblem, UserTables } from '../api.js';
import { createCheckpointReader } from '../delta/checkpoint.js';
import { advanceSnapshot, emptySnapshot, readSnapshot } from '../delta/snapshot.js';
import type { CommittedSnapshot, Snapshot } from '../delta/snapshot.js';
import { appendCommit, tableFolder } from '../delta/table-log.js';
import { toLakeError } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { discard, publish, getRelativePath } from '../parquet/parquet-files.js';
import { quoteLiteral, quoteIdentifier } from '../parquet/sql.js';
import { openLakeDatabase } from '../reader/lake-database.js';
import type { LakeDatabase } from '../reader/lake-database.js';
import { trimLog } from '../maintenance/trim-log.js';
import type { WritableTables } from '../writer/writable-tables.js';
import { traceColumnLineage } from './column-lineage.js';
import { buildReplaceCommit, columnsForEvent } from './replace-commit.js';
import { writeStepDone } from './steps-done.js';
import { readContentVersion } from './user-table-log.js';
import { readUserTablesState } from './user-tables-state.js';
import { parseLoggedColumns } from './user-table-view.js';
import { writeResult } from './result-file.js';
import { checkStatement, structuredErrors, toStatementProblem, parseSyntaxTree, findTableNames } from './statement.js';

export interface UserTablesDeps {
  readonly tables: WritableTables;
  readonly author: CommitInfo;
  readonly program: string;
  readonly onChange: () => void;
}

export function createUserTables(options: UserTablesDeps): UserTables {
  return {
    readState: () => readUserTablesState(options.tables.folder),
    openSnapshot: () => openLakeSnapshot(options),
  };
}

/** The name of the view of a step's statement. */
const resultView = 'result of the step';

/** Milliseconds between two attempts to interrupt a statement. */
const interruptInterval = 20;

async function openLakeSnapshot({ tables, author, program, onChange }: UserTablesDeps): Promise<LakeSnapshot> {
  const { folder, context } = tables;
  const database = openLakeDatabase(folder, `${structuredErrors};`);
  await database.pin();
  let scratch: string | null = null;

  async function readVersions(names: Iterable<string>): Promise<TableVersions> {
    const userTables = await database.userTables();
    const found: Record<string, number | null> = {};
    for (const name of names) {
      const dataset = datasets.find((one) => one === name);
      const snapshot = dataset === undefined ? userTables.get(name) : await database.snapshot(dataset);
      if (snapshot !== undefined)
        found[name] = snapshot.version === null ? null : await readContentVersion(join(folder, name), snapshot.version);
    }
    return found;
  }

  /** Runs work that a signal interrupts; an error of DuckDB about the statement becomes a problem, not an exception. */
  async function runInterruptible<T>(
    sql: string,
    prefix: string,
    signal: AbortSignal,
    work: (engine: Engine) => Promise<Result<T, StatementProblem>>,
  ): Promise<Result<T, StatementProblem>> {
    const engine = await database.engineWithViews();
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

  async function replaceTable(
    engine: Engine,
    stepRef: CustomStepRef,
    dataset: string,
    inputs: TableVersions,
    traceLineage: (columns: readonly string[]) => Promise<ColumnLineage | null>,
  ): Promise<Result<UserTableCommit, StatementProblem>> {
    const written = await writeResult(engine, resultView, context.names);
    if (!written.ok) return written;
    const { columns, file } = written.value;
    const files = file === null ? [] : [file];
    const table = join(folder, dataset);
    const log = trackLog(table);
    let snapshot: CommittedSnapshot;
    try {
      await publish(table, files);
      snapshot = await log.append((current) =>
        buildReplaceCommit({ dataset, author, stepRef, program, now: context.now(), columns, inputs, file }, current),
      );
    } catch (error) {
      // The commit may have succeeded nevertheless: then the file belongs to the table.
      const named = await log.refresh().catch(() => null);
      if (file !== null && named?.files.has(getRelativePath(file)) === false) await discard(table, files);
      throw toLakeError(error, table);
    }
    onChange();
    const { version } = snapshot;
    await trimLog({
      engine: context.engine,
      table,
      version,
      now: context.now(),
      staging: context.names.staging,
    });
    return ok({
      version,
      rows: file?.rows ?? 0,
      files: files.length,
      bytes: file?.size ?? 0,
      columns: columnsForEvent(columns),
      inputs,
      columnLineage: await traceLineage(columns.map(({ name }) => name)),
    });
  }

  /** The log of a table, read once and then advanced. */
  function trackLog(table: string): {
    refresh(): Promise<Snapshot>;
    append(buildText: (current: Snapshot) => string): Promise<CommittedSnapshot>;
  } {
    let cached: Snapshot = emptySnapshot;
    const refresh = async (): Promise<Snapshot> => {
      const isNew = cached.version === null;
      cached = isNew
        ? await readSnapshot(table, createCheckpointReader(context.engine, 'live'))
        : await advanceSnapshot(table, cached);
      return cached;
    };
    const nextTemporaryPath = (): string => join(context.names.staging, context.names.next());
    return {
      refresh,
      async append(buildText) {
        const target = { folder: table, refresh, nextTemporaryPath };
        const snapshot = await appendCommit(target, (current) => Promise.resolve(buildText(current)));
        if (snapshot === null) throw new Error('a replacement is never abandoned');
        return snapshot;
      },
    };
  }

  return {
    readVersions,
    replaceByQuery(stepRef, dataset, sql, signal) {
      const prefix = `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(resultView)} AS `;
      return runInterruptible(sql, prefix, signal, async (engine) => {
        const checked = await checkStatement(engine, sql);
        if (!checked.ok) return checked;
        const tree = await parseSyntaxTree(engine, sql);
        const inputs = await readVersions(tree === null ? await listTableNames(database) : findTableNames(tree));
        await engine.connection.run(`${prefix}${sql}`);
        return replaceTable(engine, stepRef, dataset, inputs, async (columns) =>
          tree === null ? null : traceColumnLineage(tree, columns, await readSchemaNames(database, engine)),
        );
      });
    },
    async createFolder() {
      scratch ??= join(context.names.staging, context.names.next());
      await mkdir(scratch, { recursive: true });
      return scratch;
    },
    exportTable(dataset, format, path, signal) {
      return runInterruptible('', '', signal, async (engine) => {
        await engine.connection.run(
          `COPY ${quoteIdentifier(dataset)} TO ${quoteLiteral(path)} (${copyOptions[format]})`,
        );
        return ok(undefined);
      });
    },
    replaceByFile(stepRef, dataset, { format, path }, inputs, signal) {
      return runInterruptible('', '', signal, async (engine) => {
        if (!(await fileExists(path))) return err({ message: 'the file does not exist', offset: null });
        const source = `${readFunctions[format]}(${quoteLiteral(path)})`;
        await engine.connection.run(
          `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(resultView)} AS SELECT * FROM ${source}`,
        );
        return replaceTable(engine, stepRef, dataset, inputs, () => Promise.resolve(null));
      });
    },
    async recordStepDone({ step, definition }, inputs) {
      const temporary = join(context.names.staging, context.names.next());
      const at = context.now();
      const origin = { pipeline: author.pipeline.name, step, runId: author.runId, at, definition, inputs };
      await writeStepDone(folder, origin, temporary);
    },
    async close() {
      await database.close();
      if (scratch !== null) await rm(scratch, { recursive: true, force: true });
    },
  };
}

const copyOptions: Readonly<Record<FileFormat, string>> = {
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  csv: 'FORMAT csv, HEADER',
  json: 'FORMAT json, ARRAY true',
};

const readFunctions: Readonly<Record<FileFormat, string>> = {
  parquet: 'read_parquet',
  csv: 'read_csv',
  json: 'read_json',
};

async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Every table, for a statement whose tables are unknown. */
async function listTableNames(database: LakeDatabase): Promise<readonly string[]> {
  return [...datasets, ...(await database.userTables()).keys()];
}

async function readSchemaNames(
  database: LakeDatabase,
  engine: Engine,
): Promise<Parameters<typeof traceColumnLineage>[2]> {
  const tables = new Map<string, readonly string[]>();
  for (const dataset of datasets)
    tables.set(dataset, await readViewColumns(engine, dataset, Object.keys(getColumns(dataset))));
  for (const [name, snapshot] of await database.userTables())
    tables.set(
      name,
      parseLoggedColumns(snapshot).map((column) => column.name),
    );
  const functions = await engine.queryRows(
    "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'",
    tableFolder('', 'contracts'),
  );
  return { tables, aggregates: new Set(functions.map((row) => String(row['function_name']))) };
}

/** The columns of the table and its partition columns. */
async function readViewColumns(engine: Engine, view: string, fallback: readonly string[]): Promise<readonly string[]> {
  const rows = await engine.queryRows(`SELECT column_name FROM (DESCRIBE ${quoteIdentifier(view)})`, view);
  return rows.length === 0 ? fallback : rows.map((row) => String(row['column_name']));
}
