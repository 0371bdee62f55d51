import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../platform/files/make-folder.js';
import type { FileFormat, TableVersions } from '../../core/tables/user-tables.js';
import { err, ok } from '../../core/result.js';
import { datasets } from '../../core/tables/tables.js';
import type { LakeSnapshot, UserTables } from '../api.js';
import { quoteIdentifier, quoteLiteral } from '../parquet/sql.js';
import { openLakeDatabase } from '../reader/lake-database.js';
import type { LakeDatabase } from '../reader/lake-database.js';
import { traceColumnLineage } from './column-lineage.js';
import { replaceTable, resultView } from './replace-table.js';
import type { UserTablesDeps } from './replace-table.js';
import { runInterruptible } from './run-interruptible.js';
import { readSchemaNames } from './schema-names.js';
import { checkStatement, findTableNames, parseSyntaxTree, structuredErrors } from './statement.js';
import { writeStepDone } from './steps-done.js';
import { readContentVersion } from './user-table-log.js';
import { readUserTablesState } from './user-tables-state.js';

export function createUserTables(deps: UserTablesDeps): UserTables {
  return {
    readState: () => readUserTablesState(deps.tables.folder),
    openSnapshot: () => openLakeSnapshot(deps),
  };
}

async function openLakeSnapshot(deps: UserTablesDeps): Promise<LakeSnapshot> {
  const { tables, author } = deps;
  const { folder, context } = tables;
  const database = openLakeDatabase(folder, { settings: `${structuredErrors};` });
  await database.pin();
  let scratch: string | null = null;

  async function readVersions(names: Iterable<string>): Promise<TableVersions> {
    const userTables = await database.userTables();
    const found: Record<string, number | null> = {};
    for (const name of names) {
      const dataset = datasets.find((one) => one === name);
      const snapshot = dataset === undefined ? userTables.get(name) : await database.snapshotOrDamage(dataset);
      if (snapshot !== undefined)
        found[name] = snapshot.version === null ? null : await readContentVersion(join(folder, name), snapshot.version);
    }
    return found;
  }

  /** All tables if DuckDB does not say which of them a valid statement reads. */
  const readInputs = async (tree: unknown): Promise<TableVersions> =>
    readVersions(tree === null ? await listTableNames(database) : findTableNames(tree));

  return {
    readVersions,
    async findInputs(sql, signal) {
      const inputs = await runInterruptible(database, sql, '', signal, async (engine) => {
        const checked = await checkStatement(engine, sql);
        return checked.ok ? ok(await readInputs(await parseSyntaxTree(engine, sql))) : checked;
      });
      return inputs.ok ? inputs.value : {};
    },
    replaceByQuery(stepRef, dataset, sql, signal) {
      const prefix = `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(resultView)} AS `;
      return runInterruptible(database, sql, prefix, signal, async (engine) => {
        const checked = await checkStatement(engine, sql);
        if (!checked.ok) return checked;
        const tree = await parseSyntaxTree(engine, sql);
        const inputs = await readInputs(tree);
        await engine.connection.run(`${prefix}${sql}`);
        return replaceTable(deps, engine, stepRef, dataset, inputs, async (columns) =>
          tree === null ? null : traceColumnLineage(tree, columns, await readSchemaNames(database, engine)),
        );
      });
    },
    async createFolder() {
      scratch ??= join(context.names.staging, context.names.next());
      await makeFolder(scratch);
      return scratch;
    },
    exportTable(dataset, format, path, signal) {
      return runInterruptible(database, quoteIdentifier(dataset), '', signal, async (engine) => {
        await engine.connection.run(
          `COPY ${quoteIdentifier(dataset)} TO ${quoteLiteral(path)} (${copyOptions[format]})`,
        );
        return ok(undefined);
      });
    },
    replaceByFile(stepRef, dataset, { format, path }, inputs, signal) {
      return runInterruptible(database, '', '', signal, async (engine) => {
        if (!(await fileExists(path))) return err({ message: 'the file does not exist', offset: null });
        const source = `${readFunctions[format]}(${quoteLiteral(path)})`;
        await engine.connection.run(
          `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(resultView)} AS SELECT * FROM ${source}`,
        );
        return replaceTable(deps, engine, stepRef, dataset, inputs, () => Promise.resolve(null));
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
