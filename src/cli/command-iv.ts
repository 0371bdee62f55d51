import type { Command } from 'commander';

import { openLakeReader } from '../lake/reader.js';
import { volatilityHistory } from '../readings/volatility-history.js';
import type { VolatilityHistory } from '../readings/volatility-history.js';
import { volatilityHtml } from '../readings/volatility-html.js';
import { countOption } from './count-option.js';
import { csvText } from './csv-text.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { momentOption } from './moment-option.js';
import { nothingHeld } from './nothing-held.js';
import { replaceFile } from './replace-file.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';
import { volatilityText } from './volatility-text.js';

interface Flags {
  readonly days: string;
  readonly at?: string;
  readonly provider?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly html?: string;
}

export function defineIv(command: Command, run: RunAction): void {
  command
    .command('iv')
    .description('Show how the implied volatility of a symbol went, with quartiles and rank')
    .argument('<symbol>', 'a symbol as the pipeline names it')
    .option('--days <number>', 'trading days to look back, today among them', '60')
    .option('--at <moment>', 'as it was then (ISO 8601; a date means its end)')
    .option('--provider <name>', 'of this source; the one that answered last when left out')
    .option('--json', 'one JSON document on stdout')
    .option('--csv', 'comma-separated values on stdout')
    .option('--html <file>', 'write one self-contained page')
    .action((symbol: string, flags: Flags) => run((at) => iv(symbol, flags, at)));
}

async function iv(symbol: string, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const days = countOption('--days', flags.days, 1) ?? 60;
  const moment = momentOption('--at', flags.at) ?? at.clock.now();
  const reader = await openLakeReader(at.dataFolder);
  try {
    const provider = flags.provider === undefined ? {} : { provider: flags.provider };
    const history = await volatilityHistory(reader, { symbol, at: moment, days, ...provider });
    if (history === null) throw await nothingHeld('implied volatility', 'overview', symbol, reader);
    if (flags.html !== undefined) {
      await writePage(flags.html, volatilityHtml(history));
      at.note(`wrote ${flags.html}`);
    }
    if (flags.json === true) at.json(historyDocument(history));
    else if (flags.csv === true) at.answer(csvText(['date', 'iv'], history.days.map(dayDocument)));
    else if (flags.html === undefined) at.answer(volatilityText(history, at.width, at.paint));
    return exitCode.done;
  } finally {
    await reader.close();
  }
}

async function writePage(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, text);
  } catch (error) {
    throw new Stop(
      exitCode.usage,
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The history as scripts read it. Keys are added freely and never renamed. */
function historyDocument({
  symbol,
  provider,
  days,
  quartiles,
  rank,
}: VolatilityHistory): Readonly<Record<string, unknown>> {
  const { low, first, median, third, high } = quartiles;
  return {
    symbol,
    provider,
    days: days.map(dayDocument),
    quartiles: { low, p25: first, p50: median, p75: third, high },
    ivRank: rank.rank,
    ivPercentile: rank.percentile,
    ivDays: rank.days,
  };
}

function dayDocument({ session, value }: VolatilityHistory['days'][number]): {
  readonly date: string;
  readonly iv: number;
} {
  return { date: session, iv: value };
}
