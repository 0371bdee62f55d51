import type { Command } from 'commander';

import type { Right } from '../../core/series.js';
import { formatInstant } from '../../core/time/time.js';
import { openLakeReader } from '../../lake/reader/lake-reader.js';
import { queryChain } from '../../queries/option-chain.js';
import type { ChainOption, OptionChain } from '../../queries/option-chain.js';
import { listExpiries, filterChain } from '../../queries/filter-chain.js';
import type { ChainFilter } from '../../queries/filter-chain.js';
import { formatChain } from '../output/format-chain.js';
import { parseCount } from '../options/parse-count.js';
import { formatCsv } from '../output/format-csv.js';
import { parseDate } from '../options/parse-date.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { parseInstant } from '../options/parse-instant.js';
import { createNoDataError } from '../no-data-error.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';

interface Flags {
  readonly at?: string;
  readonly right?: string;
  readonly expiry?: string;
  readonly delta?: string;
  readonly strikes?: string;
  readonly provider?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** What a terminal shows unless told otherwise: the nearest expiry, so many strikes on either side of the money. */
const defaultStrikes = 10;

export function defineChain(command: Command, run: RunAction): void {
  command
    .command('chain')
    .description('Show the latest option chain of a symbol, or a past one, with volatility and Greeks')
    .argument('<symbol>', 'a symbol as the pipeline names it')
    .option('--at <moment>', 'the chain as it was then (ISO 8601; a date means its end)')
    .option('--right <right>', 'only calls (C) or puts (P)')
    .option('--expiry <date>', 'only this expiry')
    .option('--delta <range>', 'only deltas in this range, such as -0.3..-0.2')
    .option('--strikes <number>', 'only so many strikes on either side of the money')
    .option('--provider <name>', 'of this source; the one that answered last when left out')
    .option('--json', 'one JSON document on stdout')
    .option('--csv', 'comma-separated values on stdout')
    .action((symbol: string, flags: Flags) => run((ctx) => chain(symbol, flags, ctx)));
}

async function chain(symbol: string, flags: Flags, at: CliContext): Promise<ExitCode> {
  const filter = parseFilter(flags);
  const instant = parseInstant('--at', flags.at) ?? at.clock.now();
  const reader = await openLakeReader(at.dataFolder);
  try {
    const provider = flags.provider === undefined ? {} : { provider: flags.provider };
    const found = await queryChain(reader, { symbol, at: instant, ...provider });
    if (found === null) throw await createNoDataError('options', 'snapshots', symbol, reader);
    if (flags.json === true) at.printJson(toChainDocument(filterChain(found, filter)));
    else if (flags.csv === true)
      at.print(formatCsv(optionColumns, filterChain(found, filter).options.map(toOptionDocument)));
    else printChain(found, filter, at);
    return exitCode.done;
  } finally {
    await reader.close();
  }
}

function printChain(found: OptionChain, filter: ChainFilter, ctx: CliContext): void {
  const expiries = listExpiries(found.options);
  const isNarrow = filter.expiry !== null || filter.delta !== null;
  const expiry = isNarrow ? filter.expiry : (expiries[0] ?? null);
  const strikes = filter.strikes ?? (filter.delta === null ? defaultStrikes : null);
  const shown = filterChain(found, { ...filter, expiry, strikes });
  if (shown.options.length === 0) {
    throw new CliError(
      exitCode.usage,
      `no option of ${found.symbol} is like that`,
      `seen were the expiries ${expiries.join(', ')}`,
    );
  }
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

/** The chain as scripts read it. Keys are added freely and never renamed. */
function toChainDocument({ symbol, provider, at, spot, options }: OptionChain): Readonly<Record<string, unknown>> {
  return { symbol, provider, at: formatInstant(at), spot, options: options.map(toOptionDocument) };
}

/** An option under the names of its columns in the lake. */
function toOptionDocument(option: ChainOption): Readonly<Record<string, unknown>> {
  const { ts, openInterest, underlyingPrice, ivSource, ivReason, requestId, ...rest } = option;
  return {
    ts: formatInstant(ts),
    ...rest,
    open_interest: openInterest,
    underlying_price: underlyingPrice,
    iv_source: ivSource,
    iv_reason: ivReason,
    request_id: requestId,
  };
}

const optionColumns: readonly string[] = [
  'ts',
  'expiry',
  'strike',
  'right',
  'bid',
  'ask',
  'last',
  'volume',
  'open_interest',
  'iv',
  'delta',
  'gamma',
  'theta',
  'vega',
  'rho',
  'underlying_price',
  'iv_source',
  'iv_reason',
  'request_id',
];
