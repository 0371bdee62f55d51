import type { Command } from 'commander';

import { omitUndefined } from '../../platform/omit-undefined.js';
import { requireLake } from '../../app/require-lake.js';
import { toVolatilityDocument, toVolatilityDay } from '../../app/queries/volatility-document.js';
import { readVolatilityOrExit, writeVolatilityPage } from '../../app/queries/read-volatility.js';
import { parseCount } from '../options/parse-count.js';
import { formatCsv } from '../../outputs/rows/csv.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { parseInstant } from '../options/parse-instant.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../cli-context.js';
import { formatVolatility } from '../output/format-volatility.js';

interface Flags {
  readonly days: string;
  readonly at?: string;
  readonly asOf?: string;
  readonly provider?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly html?: string;
}

export function defineIv(command: Command, run: RunAction): void {
  command
    .command('iv')
    .argument('<symbol>', 'symbol, as the pipeline names it')
    .option('--days <number>', 'trading days to look back, today included', '60')
    .option('--at <instant>', 'history as of this time (ISO 8601; a date is its end)')
    .option('--as-of <instant>', 'lake as it was then: what was known at this time')
    .option('--provider <name>', 'only this provider [the one with the latest data]')
    .option('--json', 'print one JSON document')
    .option('--csv', 'print comma-separated values')
    .option('--html <file>', 'write a self-contained page')
    .action((symbol: string, flags: Flags) => run((ctx) => showVolatility(symbol, flags, ctx)));
}

async function showVolatility(symbol: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const days = parseCount('--days', flags.days, 1) ?? 60;
  const asOf = parseInstant('--as-of', flags.asOf);
  const at = parseInstant('--at', flags.at) ?? asOf ?? ctx.clock.now();
  const query = { symbol, at, days, ...omitUndefined({ provider: flags.provider }) };
  requireLake(ctx);
  const history = await readVolatilityOrExit(query, flags.at !== undefined, ctx, asOf);
  if (flags.html !== undefined) {
    await writeVolatilityPage(flags.html, history, ctx);
    ctx.info(`wrote ${flags.html}`);
  }
  if (flags.json === true) ctx.printJson(toVolatilityDocument(history));
  else if (flags.csv === true) ctx.print(formatCsv(['date', 'iv'], history.days.map(toVolatilityDay)));
  else if (flags.html === undefined) ctx.print(formatVolatility(history, ctx.terminalWidth, ctx.style));
  return exitCode.done;
}
