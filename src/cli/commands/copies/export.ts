import type { Command } from 'commander';

import { CliError } from '../../../app/cli-error.js';
import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import { exportRows } from '../../../app/export/export-rows.js';
import type { ExportRequest } from '../../../app/export/export-rows.js';
import { findDataset } from '../../../app/export/export-source.js';
import { requireLake } from '../../../app/require-lake.js';
import { pluralize } from '../../../platform/format.js';
import { toRelativePath } from '../../../platform/relative-path.js';
import { escapeLine } from '../../../platform/text/escape.js';
import type { CliContext } from '../../cli-context.js';
import { parseDate } from '../../options/parse-date.js';
import { parseNames, parseSymbols } from '../../options/parse-symbols.js';
import type { RunAction } from '../../run-action.js';

interface Flags {
  readonly to: string;
  readonly query?: string;
  readonly symbols?: string;
  readonly from?: string;
  readonly until?: string;
  readonly partitionBy?: string;
  readonly excel?: boolean;
  readonly separator?: string;
  readonly json?: boolean;
}

export function defineExport(command: Command, run: RunAction): void {
  command
    .command('export')
    .argument('[table]', 'table of the lake; several, separated by commas, for .duckdb')
    .requiredOption('--to <path>', 'target; .csv, .csv.gz, .parquet or .duckdb, or a folder')
    .option('--query <sql>', 'the result of a read-only statement instead of a table')
    .option('--symbols <list>', 'only these symbols, separated by commas')
    .option('--from <date>', 'first session, or day in UTC')
    .option('--until <date>', 'last session, or day in UTC')
    .option('--partition-by <list>', 'columns of a folder of Parquet files: symbol,month')
    .option('--excel', 'write CSV that Excel opens as it is')
    .option('--separator <character>', 'separator of CSV: , ; | or tab [,]')
    .option('--json', 'print one JSON document')
    .action((table: string | undefined, flags: Flags) => run((ctx) => runExport(table, flags, ctx)));
}

async function runExport(table: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  let drawnLines = 0;
  const draw = (text: string): void => {
    ctx.draw(drawnLines, text);
    drawnLines = text === '' ? 0 : 1;
  };
  requireLake(ctx);
  const result = await exportRows(
    {
      sources: parseSources(table, flags),
      to: flags.to,
      partitions:
        flags.partitionBy === undefined
          ? null
          : parseNames('--partition-by', flags.partitionBy, 'columns', 'symbol,month'),
      isForExcel: flags.excel === true,
      separator: flags.separator ?? null,
      ...(ctx.isInteractive ? { onProgress: (name: string, done: number) => draw(formatProgress(name, done)) } : {}),
    },
    ctx,
  ).finally(() => draw(''));
  const { path, rows } = result;
  if (flags.json === true) ctx.printJson({ table: table ?? null, path, rows });
  else ctx.print(`${escapeLine(toRelativePath(path))}: ${pluralize(rows, 'row')}\n`);
  return exitCode.done;
}

const barWidth = 30;

function formatProgress(name: string, percentage: number): string {
  const full = Math.round((Math.min(100, percentage) / 100) * barWidth);
  return `${name} [${'#'.repeat(full)}${'.'.repeat(barWidth - full)}] ${percentage.toFixed(0)} %\n`;
}

function parseSources(table: string | undefined, flags: Flags): ExportRequest['sources'] {
  const { query } = flags;
  if (query === undefined) {
    if (table === undefined)
      throw new CliError(
        exitCode.usage,
        'nothing to export is named',
        'name a table, such as equity_bars, or add --query',
      );
    const symbols = parseSymbols('--symbols', flags.symbols);
    const from = parseDate('--from', flags.from);
    const until = parseDate('--until', flags.until);
    if (from !== null && until !== null && from > until)
      throw new CliError(exitCode.usage, `--from ${from} is after --until ${until}`);
    return parseNames('the list of tables', table, 'tables', 'equity_bars').map((name) => ({
      name,
      source: { kind: 'table', dataset: findDataset(name), symbols, from, until },
    }));
  }
  if (table !== undefined)
    throw new CliError(exitCode.usage, `--query replaces the table ${table}`, 'name the table in the statement only');
  const filter = (['symbols', 'from', 'until'] as const).find((name) => flags[name] !== undefined);
  if (filter !== undefined)
    throw new CliError(exitCode.usage, `--${filter} applies to a table`, 'write the condition into the statement');
  return [{ name: 'result', source: { kind: 'query', sql: query } }];
}
