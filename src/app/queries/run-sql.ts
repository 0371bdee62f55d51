import { dirname } from 'node:path';

import { datasets } from '../../core/tables/tables.js';
import type { SavedQuery } from '../../core/tables/query-tables.js';
import type { Instant } from '../../core/time/time.js';
import type { LakeReader, QueryStream } from '../../lake/api.js';
import { adjustedBarsView } from '../../lake/reader/adjusted-bars.js';
import { openLakeReader } from '../../lake/reader/lake-reader.js';
import { QueryError } from '../../lake/reader/run-query.js';
import { listUserTables } from '../../lake/user-tables/user-table-log.js';
import { querySymbolZones } from '../../queries/symbol-zones.js';
import type { SymbolZones } from '../../queries/symbol-zones.js';
import { closestMatch } from '../../platform/suggest.js';
import { CliError } from '../cli-error.js';
import type { Folders } from '../context.js';
import { exitCode } from '../exit-code.js';
import { withLakeReader } from '../lake-reader.js';
import { namesRuns, readRunsTable } from './runs-table.js';

export interface SqlStatement {
  readonly sql: string;
  /** True to find the time zones of symbols as well. */
  readonly withZones: boolean;
  /** Reads the tables as they were at this moment. */
  readonly asOf?: Instant | null;
  /** Ends the statement; without one, it takes as long as it takes. */
  readonly signal?: AbortSignal;
}

export interface SqlResult {
  readonly stream: QueryStream;
  /** Null unless they were asked for. */
  readonly zones: SymbolZones | null;
}

/** Runs a read-only SQL statement on the lake for the duration of some work on its rows. */
export function runSql(
  { sql, withZones, signal, asOf = null }: SqlStatement,
  ctx: Folders,
  work: (result: SqlResult) => Promise<void>,
): Promise<void> {
  const query = async (reader: LakeReader): Promise<void> => {
    const zones = withZones ? await querySymbolZones(reader) : null;
    if (namesRuns(sql)) await reader.provideTable(await readRunsTable(ctx, asOf));
    const stream = await nameKnownTables(ctx, reader.streamQuery(sql, signal));
    await work({ stream, zones });
  };
  return withLakeReader(ctx, query, asOf);
}

/** Writes the rows of a read-only SQL statement to a Parquet file; the statement can read the folder of the file too. */
export async function saveSql(query: SavedQuery, signal: AbortSignal, ctx: Folders): Promise<number> {
  const reader = await openLakeReader(ctx.dataFolder, { folders: [dirname(query.path)] });
  try {
    if (namesRuns(query.sql)) await reader.provideTable(await readRunsTable(ctx));
    return await nameKnownTables(ctx, reader.saveQuery(query, signal));
  } finally {
    await reader.close();
  }
}

function nameKnownTables<T>({ dataFolder }: Folders, result: Promise<T>): Promise<T> {
  return result.catch(async (error: unknown) => {
    throw withKnownTables(error, await listUserTables(dataFolder));
  });
}

/** Names the tables of the lake for an unknown table; DuckDB would suggest internal ones. */
function withKnownTables(error: unknown, userTables: readonly string[]): unknown {
  const name =
    error instanceof QueryError
      ? /^Catalog Error: Table with name (\S+) does not exist/.exec(error.message)?.[1]
      : undefined;
  if (name === undefined) return error;
  const all = [...datasets, adjustedBarsView, ...userTables, 'facts', 'requests', 'runs'];
  // The name of a table behind a schema or a database that does not exist.
  if (all.includes(name.toLowerCase()))
    return new CliError(exitCode.usage, `table ${name} is in no schema or database`, `write its plain name: ${name}`);
  const suggestion = closestMatch(name, all);
  const known = `known tables: ${all.join(', ')}`;
  return new CliError(
    exitCode.usage,
    `no table ${name} in the lake`,
    suggestion === null ? known : `did you mean ${suggestion}? (${known})`,
  );
}
