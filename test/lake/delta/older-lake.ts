import { isRecord } from '../../../src/platform/json.js';
import { readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitPath, logFolder, decodeLogPath, parseCommitName } from '../../../src/lake/delta/paths.js';
import { readChecksum } from '../../../src/lake/parquet/checksum.js';
import type { Engine } from '../../../src/lake/parquet/engine.js';
import { quoteIdentifier, quoteLiteral } from '../../../src/lake/parquet/sql.js';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Rewrites the commits of a table from a version on as if a program without some columns had written them: data files,
 * statistics, checksums and the schema lack these columns.
 */
export async function removeColumns(
  engine: Engine,
  table: string,
  columns: readonly string[],
  fromVersion = 0,
): Promise<void> {
  for (const name of await readdir(logFolder(table))) {
    const version = parseCommitName(name);
    if (version === null) throw new Error(`${name}: only a table without checkpoints can be rewritten`);
    if (version < fromVersion) continue;
    const path = commitPath(table, version);
    const lines = stripSeal(await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n');
    const older: object[] = [];
    for (const line of lines) {
      const action: unknown = JSON.parse(line);
      if (!isRecord(action)) throw new Error('no action');
      const { add, metaData } = action;
      if (isRecord(add)) older.push({ add: await removeFromFile(engine, table, add, columns) });
      else if (!isRecord(metaData)) older.push(action);
      // A program without the new columns describes the table only in its first commit.
      else if (version === 0) older.push({ metaData: removeFromSchema(metaData, columns) });
    }
    await writeFile(path, older.map((action) => `${JSON.stringify(action)}\n`).join(''));
  }
}

/** The text of a commit without its seal, which would reveal the change: the first versions of pipe wrote none. */
export function stripSeal(text: string): string {
  return text.replace(/"pipe\.seal":"[0-9a-f]{8}",/, '');
}

async function removeFromFile(
  engine: Engine,
  table: string,
  add: JsonObject,
  columns: readonly string[],
): Promise<JsonObject> {
  const path = join(table, decodeLogPath(String(add['path'])));
  const { tags } = add;
  const stats: unknown = JSON.parse(String(add['stats']));
  if (!isRecord(stats)) throw new Error('no statistics');
  await engine.run(
    `COPY (SELECT * EXCLUDE (${columns.map(quoteIdentifier).join(', ')}) FROM read_parquet(${quoteLiteral(path)}, ` +
      `hive_partitioning = false)) TO ${quoteLiteral(`${path}.older`)} (FORMAT parquet, COMPRESSION zstd)`,
    path,
  );
  await rename(`${path}.older`, path);
  const parts = Object.entries(stats).map(([name, part]) => [name, isRecord(part) ? omit(part, columns) : part]);
  return {
    ...add,
    size: (await stat(path)).size,
    stats: JSON.stringify(Object.fromEntries(parts)),
    tags: { ...(isRecord(tags) ? tags : {}), 'pipe.crc32': (await readChecksum(path)).crc32 },
  };
}

function omit(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function removeFromSchema(metadata: JsonObject, columns: readonly string[]): JsonObject {
  const schema = JSON.parse(String(metadata['schemaString'])) as { fields: readonly { name: string }[] };
  const fields = schema.fields.filter(({ name }) => !columns.includes(name));
  return { ...metadata, schemaString: JSON.stringify({ ...schema, fields }) };
}
