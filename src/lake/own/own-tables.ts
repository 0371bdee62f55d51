import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Author } from '../../core/delivery.js';
import type { FileFormat, StatementOrigins, TableVersions } from '../../core/own-tables.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { columnsOf, datasets } from '../../core/tables.js';
import type { LakeMoment, OwnAuthor, OwnCommit, OwnProblem, OwnTables } from '../contract.js';
import { checkpointReader } from '../delta/checkpoint.js';
import { advanceSnapshot, emptySnapshot, readSnapshot } from '../delta/snapshot.js';
import type { Snapshot } from '../delta/snapshot.js';
import { appendCommit, tableFolder } from '../delta/table-log.js';
import { lakeErrorOf } from '../lake-error.js';
import type { Engine } from '../parquet/engine.js';
import { discard, publish, relativePath } from '../parquet/files.js';
import { literal, identifier } from '../parquet/sql.js';
import { lakeDatabase } from '../reader-database.js';
import type { LakeDatabase } from '../reader-database.js';
import { tidyLog } from '../tidy-log.js';
import type { WritableTables } from '../writable-tables.js';
import { columnOrigins } from './column-origins.js';
import { replacementText, toldColumns } from './own-commit.js';
import { writeStepDone } from './own-done.js';
import { contentVersion } from './own-folders.js';
import { readOwnKnowledge } from './own-knowledge.js';
import { loggedColumns } from './own-views.js';
import { writeResult } from './result-file.js';
import { checkStatement, errorsWithPlaces, statementProblem, syntaxTree, tableNamesIn } from './statement.js';

export interface OwnTablesOptions {
  readonly tables: WritableTables;
  readonly author: Author;
  readonly program: string;
  /** Called when a table has changed. */
  readonly onChange: () => void;
}

/** The tables of users' own steps, for one run to write. */
export function ownTables(options: OwnTablesOptions): OwnTables {
  return {
    knowledge: () => readOwnKnowledge(options.tables.folder),
    moment: () => lakeMoment(options),
  };
}

/** What a statement is called while it is worked on. */
const result = 'result of the step';

async function lakeMoment({ tables, author, program, onChange }: OwnTablesOptions): Promise<LakeMoment> {
  const { folder, workshop } = tables;
  const database = lakeDatabase(folder, `${errorsWithPlaces};`);
  await database.hold();
  let scratch: string | null = null;

  async function versions(names: Iterable<string>): Promise<TableVersions> {
    const own = await database.own();
    const found: Record<string, number> = {};
    for (const name of names) {
      const dataset = datasets.find((one) => one === name);
      const snapshot = dataset === undefined ? own.get(name) : await database.snapshot(dataset);
      if (snapshot !== undefined) found[name] = await contentVersion(join(folder, name), snapshot.version);
    }
    return found;
  }

  /** Does something with DuckDB that a signal interrupts; what DuckDB does not like is a problem and no exception. */
  async function attempt<T>(
    sql: string,
    prefix: string,
    signal: AbortSignal,
    work: (engine: Engine) => Promise<Result<T, OwnProblem>>,
  ): Promise<Result<T, OwnProblem>> {
    const engine = await database.withViews();
    const interrupt = (): void => {
      engine.connection.interrupt();
    };
    signal.addEventListener('abort', interrupt);
    try {
      return await work(engine);
    } catch (error) {
      return err(statementProblem(error, sql, prefix));
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  async function replace(
    engine: Engine,
    by: OwnAuthor,
    dataset: string,
    inputs: TableVersions,
    origins: (columns: readonly string[]) => Promise<StatementOrigins | null>,
  ): Promise<Result<OwnCommit, OwnProblem>> {
    const written = await writeResult(engine, result, workshop.names);
    if (!written.ok) return written;
    const { columns, file } = written.value;
    const files = file === null ? [] : [file];
    const table = join(folder, dataset);
    const log = followed(table);
    let snapshot: Snapshot;
    try {
      await publish(table, files);
      snapshot = await log.append((current) =>
        replacementText({ dataset, author, by, program, now: workshop.now(), columns, inputs, file }, current),
      );
    } catch (error) {
      // The commit may have got through all the same: then the file belongs to the table.
      const named = await log.refresh().catch(() => null);
      if (file !== null && named?.files.has(relativePath(file)) === false) await discard(table, files);
      throw lakeErrorOf(error, table);
    }
    onChange();
    const { version } = snapshot;
    await tidyLog({
      engine: workshop.engine,
      table,
      version,
      now: workshop.now(),
      staging: workshop.names.staging,
    });
    return ok({
      version,
      rows: file?.rows ?? 0,
      files: files.length,
      bytes: file?.size ?? 0,
      columns: toldColumns(columns),
      inputs,
      origins: await origins(columns.map(({ name }) => name)),
    });
  }

  /** The log of a table, read once and then followed. */
  function followed(table: string): {
    refresh(): Promise<Snapshot>;
    append(textOf: (current: Snapshot) => string): Promise<Snapshot>;
  } {
    let known = emptySnapshot;
    const refresh = async (): Promise<Snapshot> => {
      const isNew = known.version === -1;
      known = isNew
        ? await readSnapshot(table, checkpointReader(workshop.engine, 'live'))
        : await advanceSnapshot(table, known);
      return known;
    };
    const temporary = (): string => join(workshop.names.staging, workshop.names.next());
    return {
      refresh,
      async append(textOf) {
        const place = { folder: table, refresh, temporary };
        const snapshot = await appendCommit(place, (current) => Promise.resolve(textOf(current)));
        if (snapshot === null) throw new Error('a replacement never gives up');
        return snapshot;
      },
    };
  }

  return {
    versions,
    replaceByQuery(by, dataset, sql, signal) {
      const prefix = `CREATE OR REPLACE TEMP VIEW ${identifier(result)} AS `;
      return attempt(sql, prefix, signal, async (engine) => {
        const checked = await checkStatement(engine, sql);
        if (!checked.ok) return checked;
        const tree = await syntaxTree(engine, sql);
        const inputs = await versions(tree === null ? await namesOf(database) : tableNamesIn(tree));
        await engine.connection.run(`${prefix}${sql}`);
        return replace(engine, by, dataset, inputs, async (columns) =>
          tree === null ? null : columnOrigins(tree, columns, await knownNames(database, engine)),
        );
      });
    },
    async folder() {
      scratch ??= join(workshop.names.staging, workshop.names.next());
      await mkdir(scratch, { recursive: true });
      return scratch;
    },
    writeFile(dataset, format, path, signal) {
      return attempt('', '', signal, async (engine) => {
        await engine.connection.run(`COPY ${identifier(dataset)} TO ${literal(path)} (${written[format]})`);
        return ok(null);
      });
    },
    replaceByFile(by, dataset, { format, path }, inputs, signal) {
      return attempt('', '', signal, async (engine) => {
        if (!(await exists(path))) return err({ message: 'there is no such file', offset: null });
        const source = `${readers[format]}(${literal(path)})`;
        await engine.connection.run(`CREATE OR REPLACE TEMP VIEW ${identifier(result)} AS SELECT * FROM ${source}`);
        return replace(engine, by, dataset, inputs, () => Promise.resolve(null));
      });
    },
    async remember({ step, definition }, inputs) {
      const temporary = join(workshop.names.staging, workshop.names.next());
      const at = workshop.now();
      const origin = { pipeline: author.pipeline.name, step, runId: author.runId, at, definition, inputs };
      await writeStepDone(folder, origin, temporary);
    },
    async close() {
      await database.close();
      if (scratch !== null) await rm(scratch, { recursive: true, force: true });
    },
  };
}

const written: Readonly<Record<FileFormat, string>> = {
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  csv: 'FORMAT csv, HEADER',
  json: 'FORMAT json, ARRAY true',
};

const readers: Readonly<Record<FileFormat, string>> = { parquet: 'read_parquet', csv: 'read_csv', json: 'read_json' };

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Every table, for a statement whose tables cannot be told. */
async function namesOf(database: LakeDatabase): Promise<readonly string[]> {
  return [...datasets, ...(await database.own()).keys()];
}

async function knownNames(database: LakeDatabase, engine: Engine): Promise<Parameters<typeof columnOrigins>[2]> {
  const tables = new Map<string, readonly string[]>();
  for (const dataset of datasets)
    tables.set(dataset, await viewColumns(engine, dataset, Object.keys(columnsOf(dataset))));
  for (const [name, snapshot] of await database.own())
    tables.set(
      name,
      loggedColumns(snapshot).map((column) => column.name),
    );
  const functions = await engine.rows(
    "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'",
    tableFolder('', 'contracts'),
  );
  return { tables, aggregates: new Set(functions.map((row) => String(row['function_name']))) };
}

/** Views have the columns of the table and those that only folders hold. */
async function viewColumns(engine: Engine, view: string, fallback: readonly string[]): Promise<readonly string[]> {
  const rows = await engine.rows(`SELECT column_name FROM (DESCRIBE ${identifier(view)})`, view);
  return rows.length === 0 ? fallback : rows.map((row) => String(row['column_name']));
}
