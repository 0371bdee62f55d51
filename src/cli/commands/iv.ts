import type { Command } from 'commander';

import { openLakeReader } from '../../lake/reader/lake-reader.js';
import { queryVolatilityHistory } from '../../queries/volatility-history.js';
import type { VolatilityHistory } from '../../queries/volatility-history.js';
import { renderVolatilityPage } from '../../queries/volatility-page.js';
import { parseCount } from '../options/parse-count.js';
import { formatCsv } from '../output/format-csv.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { parseInstant } from '../options/parse-instant.js';
import { createNoDataError } from '../no-data-error.js';
import { replaceFile } from '../../platform/replace-file.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../../app/cli-context.js';
import { formatVolatility } from '../output/format-volatility.js';

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
    .action((symbol: string, flags: Flags) => run((ctx) => iv(symbol, flags, ctx)));
}

async function iv(symbol: string, flags: Flags, at: CliContext): Promise<ExitCode> {
  const days = parseCount('--days', flags.days, 1) ?? 60;
  const moment = parseInstant('--at', flags.at) ?? at.clock.now();
  const reader = await openLakeReader(at.dataFolder);
  try {
    const provider = flags.provider === undefined ? {} : { provider: flags.provider };
    const history = await queryVolatilityHistory(reader, { symbol, at: moment, days, ...provider });
    if (history === null) throw await createNoDataError('implied volatility', 'overview', symbol, reader);
    if (flags.html !== undefined) {
      await writePage(flags.html, renderVolatilityPage(history));
      at.info(`wrote ${flags.html}`);
    }
    if (flags.json === true) at.printJson(historyDocument(history));
    else if (flags.csv === true) at.print(formatCsv(['date', 'iv'], history.days.map(dayDocument)));
    else if (flags.html === undefined) at.print(formatVolatility(history, at.terminalWidth, at.style));
    return exitCode.done;
  } finally {
    await reader.close();
  }
}

async function writePage(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, text);
  } catch (error) {
    throw new CliError(
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
