import type { Command } from 'commander';

import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { exportTable } from '../../app/export/export-table.js';
import { pluralize } from '../../platform/format.js';
import { toRelativePath } from '../../platform/relative-path.js';
import { escapeLine } from '../../platform/text/escape.js';
import type { CliContext } from '../cli-context.js';
import type { RunAction } from '../run-action.js';

interface Flags {
  readonly to: string;
  readonly symbols?: string;
  readonly json?: boolean;
}

export function defineExport(command: Command, run: RunAction): void {
  command
    .command('export')
    .argument('<table>', 'table of the lake, such as equity_bars')
    .requiredOption('--to <file>', 'target; .csv, .csv.gz or .parquet selects the format')
    .option('--symbols <list>', 'only these symbols, separated by commas')
    .option('--json', 'print one JSON document')
    .action((table: string, flags: Flags) => run((ctx) => runExport(table, flags, ctx)));
}

async function runExport(table: string, { to, symbols, json }: Flags, ctx: CliContext): Promise<ExitCode> {
  const listed = symbols?.split(',').map((symbol) => symbol.trim());
  const selected = listed?.filter((symbol) => symbol !== '') ?? null;
  const result = await exportTable({ table, to, symbols: selected }, ctx);
  if (json === true) ctx.printJson({ table, path: result.path, rows: result.rows });
  else ctx.print(`${escapeLine(toRelativePath(result.path))}: ${pluralize(result.rows, 'row')}\n`);
  return exitCode.done;
}
