import type { Command } from 'commander';

import type { Right } from '../core/series.js';
import { isoInstant } from '../core/time.js';
import { openLakeReader } from '../lake/reader.js';
import { chainAt } from '../readings/chain.js';
import type { ChainOption, OptionChain } from '../readings/chain.js';
import { expiriesOf, narrowed } from '../readings/narrow-chain.js';
import type { ChainFilter } from '../readings/narrow-chain.js';
import { chainText } from './chain-text.js';
import { countOption } from './count-option.js';
import { csvText } from './csv-text.js';
import { dateOption } from './date-option.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { momentOption } from './moment-option.js';
import { nothingHeld } from './nothing-held.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

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
const strikesShown = 10;

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
    .action((symbol: string, flags: Flags) => run((at) => chain(symbol, flags, at)));
}

async function chain(symbol: string, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const filter = filterOf(flags);
  const moment = momentOption('--at', flags.at) ?? at.clock.now();
  const reader = await openLakeReader(at.dataFolder);
  try {
    const provider = flags.provider === undefined ? {} : { provider: flags.provider };
    const found = await chainAt(reader, { symbol, at: moment, ...provider });
    if (found === null) throw await nothingHeld('options', 'snapshots', symbol, reader);
    if (flags.json === true) at.json(chainDocument(narrowed(found, filter)));
    else if (flags.csv === true) at.answer(csvText(optionColumns, narrowed(found, filter).options.map(optionDocument)));
    else tellChain(found, filter, at);
    return exitCode.done;
  } finally {
    await reader.close();
  }
}

function tellChain(found: OptionChain, filter: ChainFilter, at: Surroundings): void {
  const expiries = expiriesOf(found.options);
  const isNarrow = filter.expiry !== null || filter.delta !== null;
  const expiry = isNarrow ? filter.expiry : (expiries[0] ?? null);
  const strikes = filter.strikes ?? (filter.delta === null ? strikesShown : null);
  const shown = narrowed(found, { ...filter, expiry, strikes });
  if (shown.options.length === 0) {
    throw new Stop(
      exitCode.usage,
      `no option of ${found.symbol} is like that`,
      `seen were the expiries ${expiries.join(', ')}`,
    );
  }
  at.answer(chainText(shown, at.paint));
  if (!isNarrow && expiries.length > 1) at.note(`other expiries: --expiry ${expiries.slice(1).join(', ')}`);
}

function filterOf(flags: Flags): ChainFilter {
  return {
    right: rightOf(flags.right),
    expiry: dateOption('--expiry', flags.expiry),
    delta: rangeOf(flags.delta),
    strikes: countOption('--strikes', flags.strikes, 0),
  };
}

function rightOf(text: string | undefined): Right | null {
  if (text === undefined) return null;
  const letter = text.charAt(0).toUpperCase();
  if (/^(?:c|calls?|p|puts?)$/i.test(text) && (letter === 'C' || letter === 'P')) return letter;
  throw new Stop(exitCode.usage, `--right ${text} is neither C nor P`);
}

function rangeOf(text: string | undefined): ChainFilter['delta'] {
  if (text === undefined) return null;
  const number = String.raw`([-+]?(?:\d+(?:\.\d*)?|\.\d+))`;
  const match = new RegExp(`^${number}\\.\\.${number}$`).exec(text);
  if (match === null)
    throw new Stop(exitCode.usage, `--delta ${text} is not a range`, 'write it as two numbers, such as -0.3..-0.2');
  const ends = [Number(match[1]), Number(match[2])];
  return { from: Math.min(...ends), to: Math.max(...ends) };
}

/** The chain as scripts read it. Keys are added freely and never renamed. */
function chainDocument({ symbol, provider, at, spot, options }: OptionChain): Readonly<Record<string, unknown>> {
  return { symbol, provider, at: isoInstant(at), spot, options: options.map(optionDocument) };
}

/** An option under the names of its columns in the lake. */
function optionDocument(option: ChainOption): Readonly<Record<string, unknown>> {
  const { ts, openInterest, underlyingPrice, ivSource, ivReason, requestId, ...rest } = option;
  return {
    ts: isoInstant(ts),
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
