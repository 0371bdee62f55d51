import type { Command } from 'commander';

import { omitUndefined } from '../../platform/omit-undefined.js';
import type { Right } from '../../core/series.js';
import type { OptionChain } from '../../queries/option-chain.js';
import { listExpiries, filterChain } from '../../queries/filter-chain.js';
import type { ChainFilter } from '../../queries/filter-chain.js';
import { requireLake } from '../../app/require-lake.js';
import { readChainOrExit } from '../../app/queries/read-chain.js';
import { optionColumns, toChainDocument, toOptionDocument } from '../../app/queries/chain-documents.js';
import { formatChain, formatListedChain } from '../output/format-chain.js';
import { parseCount } from '../options/parse-count.js';
import { formatCsv } from '../../outputs/rows/csv.js';
import { parseDate } from '../options/parse-date.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { parseInstant } from '../options/parse-instant.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly at?: string;
  readonly asOf?: string;
  readonly right?: string;
  readonly expiry?: string;
  readonly delta?: string;
  readonly strikes?: string;
  readonly provider?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly raw?: boolean;
}

/** By default a terminal shows the nearest expiry with this many strikes on each side of the money. */
const defaultStrikes = 10;

export function defineChain(command: Command, run: RunAction): void {
  command
    .command('chain')
    .argument('<symbol>', 'symbol, as the pipeline names it')
    .option('--at <instant>', 'chain as of this time (ISO 8601; a date is its end)')
    .option('--as-of <instant>', 'lake as it was then: what was known at this time')
    .option('--right <right>', 'only calls (C) or puts (P)')
    .option('--expiry <date>', 'only this expiry')
    .option('--delta <range>', 'only deltas in this range, such as -0.3..-0.2')
    .option('--strikes <number>', 'only this many strikes on each side of the money')
    .option('--provider <name>', 'only this provider [the one with the latest data]')
    .option('--json', 'print one JSON document')
    .option('--csv', 'print comma-separated values')
    .option('--raw', 'keep formulas and control characters in CSV')
    .action((symbol: string, flags: Flags) => run((ctx) => showChain(symbol, flags, ctx)));
}

async function showChain(symbol: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const filter = parseFilter(flags);
  if (flags.raw === true && (flags.csv !== true || flags.json === true))
    throw new CliError(exitCode.usage, '--raw applies to --csv only', 'add --csv');
  const asOf = parseInstant('--as-of', flags.asOf);
  const at = parseInstant('--at', flags.at) ?? asOf ?? ctx.clock.now();
  requireLake(ctx);
  const found = await readChainOrExit(
    { symbol, at, ...omitUndefined({ provider: flags.provider }) },
    flags.at !== undefined,
    ctx,
    asOf,
  );
  if (flags.json === true) ctx.printJson(toChainDocument(filterChain(found, filter)));
  else if (flags.csv === true) await printCsv(filterChain(found, filter), flags.raw === true, ctx);
  else if (found.isPriced) printChain(found, filter, ctx);
  else printListedChain(found, filter, ctx);
  return exitCode.done;
}

async function printCsv({ options }: OptionChain, isRaw: boolean, ctx: CliContext): Promise<void> {
  await ctx.write(formatCsv(optionColumns, options.map(toOptionDocument), { isRaw }), { unescaped: isRaw });
}

/** Prints what is listed where no snapshot was taken, with the step that takes one. */
function printListedChain(found: OptionChain, filter: ChainFilter, ctx: CliContext): void {
  const hint = 'the step `snapshots` fetches prices and Greeks: add it to a pipeline, then: pipe run';
  if (filter.delta !== null)
    throw new CliError(
      exitCode.usage,
      `the lake has no snapshot of ${found.symbol}, so its options have no delta`,
      hint,
    );
  const shown = filterChain(found, filter);
  if (shown.options.length === 0) throw createNoMatchError(found);
  ctx.print(formatListedChain(shown, ctx.style));
  ctx.info(`no snapshot of ${found.symbol} in the lake; ${hint}`);
}

function createNoMatchError({ symbol, options }: OptionChain): CliError {
  return new CliError(
    exitCode.usage,
    `no option of ${symbol} matches`,
    `known expiries: ${listExpiries(options).join(', ')}`,
  );
}

function printChain(found: OptionChain, filter: ChainFilter, ctx: CliContext): void {
  const expiries = listExpiries(found.options);
  const isNarrow = filter.expiry !== null || filter.delta !== null;
  const expiry = isNarrow ? filter.expiry : (expiries[0] ?? null);
  const strikes = filter.strikes ?? (filter.delta === null ? defaultStrikes : null);
  const shown = filterChain(found, { ...filter, expiry, strikes });
  if (shown.options.length === 0) throw createNoMatchError(found);
  ctx.print(formatChain(shown, ctx.style));
  if (!isNarrow && expiries.length > 1) ctx.info(`other expiries: --expiry ${expiries.slice(1).join(', ')}`);
}

function parseFilter(flags: Flags): ChainFilter {
  return {
    right: parseRight(flags.right),
    expiry: parseDate('--expiry', flags.expiry),
    delta: parseRange(flags.delta),
    strikes: parseCount('--strikes', flags.strikes, 0),
  };
}

function parseRight(text: string | undefined): Right | null {
  if (text === undefined) return null;
  const letter = text.charAt(0).toUpperCase();
  if (/^(?:c|calls?|p|puts?)$/i.test(text) && (letter === 'C' || letter === 'P')) return letter;
  throw new CliError(exitCode.usage, `--right ${text} is neither C nor P`);
}

function parseRange(text: string | undefined): ChainFilter['delta'] {
  if (text === undefined) return null;
  const number = String.raw`([-+]?(?:\d+(?:\.\d*)?|\.\d+))`;
  const match = new RegExp(`^${number}\\.\\.${number}$`).exec(text);
  if (match === null)
    throw new CliError(exitCode.usage, `--delta ${text} is not a range`, 'write it as two numbers, such as -0.3..-0.2');
  const ends = [Number(match[1]), Number(match[2])];
  return { from: Math.min(...ends), to: Math.max(...ends) };
}
