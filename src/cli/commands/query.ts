import type { Command } from 'commander';

import { CliError } from '../../app/cli-error.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { requireLake } from '../../app/require-lake.js';
import { runSql } from '../../app/queries/run-sql.js';
import type { SqlResult } from '../../app/queries/run-sql.js';
import type { QueryStream } from '../../lake/api.js';
import { formatCount, pluralize } from '../../platform/format.js';
import { escapeLine } from '../../platform/text/escape.js';
import { createCsvFormat } from '../../outputs/rows/csv.js';
import { createJsonFormat } from '../../outputs/rows/json.js';
import { createLocalFormatter } from '../output/rows/local-time.js';
import type { RowFormat } from '../../outputs/rows/row-format.js';
import { createTableFormat } from '../output/rows/table.js';
import { parseInstant } from '../options/parse-instant.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly limit?: string;
  readonly local?: boolean;
  readonly raw?: boolean;
  readonly asOf?: string;
}

type Layout = 'json' | 'csv' | 'table';

/** A table is for reading: by default it ends here. Exports have all rows. */
const defaultTableLimit = 1_000;

export function defineQuery(command: Command, run: RunAction): void {
  command
    .command('query')
    .argument('<sql>', 'such as "SELECT max(session) FROM equity_bars"')
    .option('--json', 'print an array of row objects')
    .option('--csv', 'print comma-separated values')
    .option('--limit <rows>', `print at most so many rows, or all [${formatCount(defaultTableLimit)} in tables]`)
    .option('--local', 'show times of a table in the zone of the exchange')
    .option('--raw', 'keep formulas and control characters in CSV')
    .option('--as-of <instant>', 'tables as they were then (ISO 8601; a date is its end)')
    .action((sql: string, flags: Flags) => run((ctx) => runQuery(sql, flags, ctx)));
}

async function runQuery(sql: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const layout: Layout = flags.json === true ? 'json' : flags.csv === true ? 'csv' : 'table';
  rejectConflicts(flags, layout);
  const limit = parseLimit(flags.limit, layout);
  const asOf = parseInstant('--as-of', flags.asOf);
  requireLake(ctx);
  await runSql({ sql, withZones: flags.local === true, asOf }, ctx, async (result) => {
    for (const { dataset, path, problem } of result.stream.skippedFiles) {
      const file = escapeLine(path);
      ctx.error(ctx.stderrStyle('warn', `${dataset}: ${file} is damaged (${problem}); the result lacks its rows`));
    }
    const isRaw = flags.raw === true;
    const format = createFormat(layout, result, isRaw, ctx);
    const printed = await printRows(result.stream, format, limit, (text) => ctx.write(text, { unescaped: isRaw }));
    if (printed !== null) await reportCount(printed, layout, ctx);
  });
  return exitCode.done;
}

function createFormat(layout: Layout, { stream, zones }: SqlResult, isRaw: boolean, ctx: CliContext): RowFormat {
  switch (layout) {
    case 'json':
      return createJsonFormat();
    case 'csv':
      return createCsvFormat(stream.columns, { isRaw });
    case 'table':
      return zones === null
        ? createTableFormat(stream.columns, ctx.style)
        : createTableFormat(stream.columns, ctx.style, createLocalFormatter(stream.instantColumns, zones));
  }
}

interface PrintedRows {
  readonly count: number;
  /** True if the result has more rows. */
  readonly isTruncated: boolean;
}

/** Writes rows as they come; null if nothing reads them any more. */
async function printRows(
  { rows }: QueryStream,
  format: RowFormat,
  limit: number,
  write: (text: string) => Promise<boolean>,
): Promise<PrintedRows | null> {
  let count = 0;
  let isTruncated = false;
  for await (const batch of rows) {
    const printed = batch.slice(0, limit - count);
    count += printed.length;
    const text = format.rows(printed);
    if (text !== '' && !(await write(text))) return null;
    if (printed.length === batch.length) continue;
    isTruncated = true;
    break;
  }
  return (await write(format.end())) ? { count, isTruncated } : null;
}

/** A table ends with its number of rows; an export must stay one document. */
async function reportCount({ count, isTruncated }: PrintedRows, layout: Layout, ctx: CliContext): Promise<void> {
  const rows = pluralize(count, 'row');
  const hint = '--limit all prints every row';
  if (layout === 'table') {
    const text = isTruncated ? `first ${rows}, and there are more: ${hint}` : rows;
    await ctx.write(`${ctx.style('quiet', text)}\n`);
  } else if (isTruncated) ctx.info(`printed the first ${rows}, and there are more: ${hint}`);
}

function rejectConflicts({ local, raw, json, csv }: Flags, layout: Layout): void {
  if (json === true && csv === true)
    throw new CliError(exitCode.usage, '--json and --csv select different formats', 'omit one of them');
  if (local === true && layout !== 'table')
    throw new CliError(
      exitCode.usage,
      `--local applies to tables, and --${layout} has instants in UTC`,
      'omit one of them',
    );
  if (raw === true && layout !== 'csv') throw new CliError(exitCode.usage, '--raw applies to --csv only', 'add --csv');
}

function parseLimit(text: string | undefined, layout: Layout): number {
  if (text === undefined) return layout === 'table' ? defaultTableLimit : Infinity;
  if (text === 'all') return Infinity;
  const number = /^\d{1,12}$/.test(text) ? Number(text) : 0;
  if (number > 0) return number;
  throw new CliError(exitCode.usage, `--limit ${text} is neither a whole number of 1 or more nor all`);
}
