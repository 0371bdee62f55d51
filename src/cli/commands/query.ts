import type { Command } from 'commander';

import { closestMatch } from '../../platform/suggest.js';
import { datasets } from '../../core/tables/tables.js';
import { listUserTables } from '../../lake/user-tables/user-table-log.js';
import { QueryError } from '../../lake/reader/run-query.js';
import { openLakeReader } from '../../lake/reader/lake-reader.js';
import type { QueryResult } from '../../lake/api.js';
import { pluralize } from '../../platform/format.js';
import { formatTable } from '../../platform/table.js';
import { formatCell } from '../output/format-cell.js';
import { formatCsv } from '../output/format-csv.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';

interface Flags {
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function defineQuery(command: Command, run: RunAction): void {
  command
    .command('query')
    .description('Run one SQL statement (DuckDB) over the tables of the lake, read-only')
    .argument('<sql>', `such as "SELECT symbol, max(session) FROM equity_bars GROUP BY symbol"`)
    .option('--json', 'an array of row objects on stdout')
    .option('--csv', 'comma-separated values on stdout')
    .action((sql: string, flags: Flags) => run((ctx) => runQuery(sql, flags, ctx)));
}

async function runQuery(sql: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const reader = await openLakeReader(ctx.dataFolder);
  try {
    const result = await reader.query(sql).catch(async (error: unknown) => {
      throw withKnownTables(error, await listUserTables(ctx.dataFolder));
    });
    for (const { dataset, path, problem } of result.skippedFiles) {
      ctx.error(ctx.stderrStyle('warn', `${dataset}: ${path} is damaged (${problem}); the answer lacks its rows`));
    }
    if (flags.json === true) ctx.printJson(result.rows);
    else if (flags.csv === true) ctx.print(formatCsv(result.columns, result.rows));
    else ctx.print(formatResult(result, ctx));
    return exitCode.done;
  } finally {
    await reader.close();
  }
}

/** A wrong table is told in the words of the lake: DuckDB proposes tables of its own that nobody has heard of. */
function withKnownTables(error: unknown, userTables: readonly string[]): unknown {
  const name =
    error instanceof QueryError
      ? /^Catalog Error: Table with name (\S+) does not exist/.exec(error.message)?.[1]
      : undefined;
  if (name === undefined) return error;
  const all = [...datasets, ...userTables, 'facts'];
  const suggestion = closestMatch(name, all);
  const known = `the lake has ${all.join(', ')}`;
  return new CliError(
    exitCode.usage,
    `there is no table ${name}`,
    suggestion === null ? known : `did you mean ${suggestion}? (${known})`,
  );
}

function formatResult(result: QueryResult, ctx: CliContext): string {
  const numeric = result.columns.map((name) =>
    result.rows.every((row) => row[name] === null || typeof row[name] === 'number'),
  );
  const head = result.columns.map((text) => ({ text, paint: (userTables: string) => ctx.style('quiet', userTables) }));
  const rows = result.rows.map((row) => result.columns.map((name) => ({ text: formatCell(row[name]) })));
  const lines = formatTable(
    [head, ...rows],
    numeric.map((right) => (right && result.rows.length > 0 ? 'right' : 'left')),
    2,
  );
  return `${lines.join('\n')}\n${ctx.style('quiet', pluralize(result.rows.length, 'row'))}\n`;
}
