import type { Command } from 'commander';

import { CliError } from '../../../app/cli-error.js';
import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import { createStopWait } from '../../../app/signals.js';
import { tailTable } from '../../../app/tail/tail-table.js';
import type { TailStart, TailedChanges } from '../../../app/tail/tail-table.js';
import { getColumns } from '../../../core/tables/tables.js';
import type { Dataset } from '../../../core/tables/tables.js';
import { isLocalDate } from '../../../core/time/time.js';
import { createCsvFormat } from '../../../outputs/rows/csv.js';
import type { RowFormat } from '../../../outputs/rows/row-format.js';
import { formatJson } from '../../../platform/text/escape.js';
import type { CliContext } from '../../cli-context.js';
import { parseDataset } from '../../options/parse-dataset.js';
import { parseInstant } from '../../options/parse-instant.js';
import { parseSymbols } from '../../options/parse-symbols.js';
import type { RunAction } from '../../run-action.js';

interface Flags {
  readonly follow?: boolean;
  readonly from?: string;
  readonly symbols?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function defineTail(command: Command, run: RunAction): void {
  command
    .command('tail')
    .argument('<table>', 'table of the lake, such as equity_bars')
    .option('--follow', 'print the rows of the next commits as they come')
    .option('--from <start>', 'first version (0: all rows), date or time')
    .option('--symbols <list>', 'only these symbols, separated by commas')
    .option('--json', 'print one JSON object a line; the default')
    .option('--csv', 'print comma-separated values')
    .action((table: string, flags: Flags) => run((ctx) => runTail(table, flags, ctx)));
}

async function runTail(table: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  if (flags.json === true && flags.csv === true)
    throw new CliError(exitCode.usage, '--json and --csv select different formats', 'omit one of them');
  const dataset = parseDataset(table, []);
  if (dataset === undefined) return exitCode.usage;
  const stop = createStopWait();
  const format = flags.csv === true ? createCsvFormat(listColumns(dataset), { isRaw: false }) : linesFormat;
  const request = {
    dataset,
    start: parseStart(flags.from),
    symbols: parseSymbols('--symbols', flags.symbols),
    follows: flags.follow === true,
    signal: stop.signal,
  };
  try {
    await tailTable(request, ctx, (changes) => print(changes, format, stop.signal, ctx));
    if (flags.follow !== true) await ctx.write(format.end());
    return stop.received() ?? exitCode.done;
  } finally {
    stop.dispose();
  }
}

/** False if nothing reads the output any more, or the user has stopped the command. */
async function print(
  { rows, version, isWholeTable }: TailedChanges,
  format: RowFormat,
  signal: AbortSignal,
  ctx: CliContext,
): Promise<boolean> {
  if (isWholeTable)
    ctx.info(`version ${String(version)} does not name the rows that it changed: all rows of the table follow`);
  for await (const batch of rows) {
    if (!(await ctx.write(format.rows(batch))) || signal.aborted) return false;
  }
  return true;
}

const linesFormat: RowFormat = {
  rows: (rows) => rows.map((row) => `${formatJson(row)}\n`).join(''),
  end: () => '',
};

function listColumns(dataset: Dataset): readonly string[] {
  return Object.keys(getColumns(dataset));
}

function parseStart(text: string | undefined): TailStart {
  if (text === undefined) return { kind: 'end' };
  if (/^\d{1,12}$/.test(text)) return { kind: 'version', version: Number(text) };
  // A date is its beginning in UTC.
  const instant = parseInstant('--from', isLocalDate(text) ? `${text}T00:00:00Z` : text);
  return instant === null ? { kind: 'end' } : { kind: 'moment', instant };
}
