import type { Command } from 'commander';

import type { QueryResult } from '../../lake/api.js';
import { pluralize } from '../../platform/format.js';
import { formatTable } from '../../platform/table.js';
import { formatCell } from '../output/format-cell.js';
import { formatCsv } from '../output/format-csv.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { runSql } from '../../app/queries/run-sql.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function defineQuery(command: Command, run: RunAction): void {
  command
    .command('query')
    .description('Run one read-only SQL statement (DuckDB) on the lake')
    .argument('<sql>', 'such as "SELECT max(session) FROM equity_bars"')
    .option('--json', 'print an array of row objects')
    .option('--csv', 'print comma-separated values')
    .action((sql: string, flags: Flags) => run((ctx) => runQuery(sql, flags, ctx)));
}

async function runQuery(sql: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const result = await runSql(sql, ctx);
  for (const { dataset, path, problem } of result.skippedFiles) {
    ctx.error(ctx.stderrStyle('warn', `${dataset}: ${path} is damaged (${problem}); the result lacks its rows`));
  }
  if (flags.json === true) ctx.printJson(result.rows);
  else if (flags.csv === true) ctx.print(formatCsv(result.columns, result.rows));
  else ctx.print(formatResult(result, ctx));
  return exitCode.done;
}

function formatResult(result: QueryResult, ctx: CliContext): string {
  const numeric = result.columns.map((name) =>
    result.rows.every((row) => row[name] === null || typeof row[name] === 'number'),
  );
  const head = result.columns.map((text) => ({ text, style: (cell: string) => ctx.style('quiet', cell) }));
  const rows = result.rows.map((row) => result.columns.map((name) => ({ text: formatCell(row[name]) })));
  const lines = formatTable(
    [head, ...rows],
    numeric.map((right) => (right && result.rows.length > 0 ? 'right' : 'left')),
    2,
  );
  return `${lines.join('\n')}\n${ctx.style('quiet', pluralize(result.rows.length, 'row'))}\n`;
}
