import type { Command } from 'commander';

import { CliError } from '../../../app/cli-error.js';
import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import { requireLake } from '../../../app/require-lake.js';
import { loadProjectPipelines } from '../../../app/pipeline/project-pipelines.js';
import type { OptionName, WhyQuery } from '../../../app/proof/why-query.js';
import { readWhyOrExit } from '../../../app/proof/read-why.js';
import { toWhyDocument } from '../../../app/proof/why-document.js';
import { readUserTableOrExit } from '../../../app/proof/why-user-table.js';
import { barSizes } from '../../../core/tables/bars.js';
import { isLocalDate } from '../../../core/time/time.js';
import type { LocalDate } from '../../../core/time/time.js';
import { listUserTables } from '../../../lake/user-tables/user-table-log.js';
import type { CliContext } from '../../cli-context.js';
import { loadPipelineOrExit } from '../../load-pipeline.js';
import { parseDataset } from '../../options/parse-dataset.js';
import { parseDate } from '../../options/parse-date.js';
import { formatWhy } from '../../output/proof/format-why.js';
import { formatUserTableOrigin, toUserTableDocument } from '../../output/proof/format-user-table.js';
import type { RunAction } from '../../run-action.js';

interface Flags {
  readonly table?: string;
  readonly option?: string;
  readonly barSize?: string;
  readonly provider?: string;
  readonly pipeline?: string;
  readonly json?: boolean;
}

export function defineWhy(command: Command, run: RunAction): void {
  command
    .command('why')
    .argument('<value...>', 'symbol, date, and optionally a time and a column')
    .option('--table <name>', 'table of the value [equity_bars]')
    .option('--option <contract>', 'option, such as 2026-12-18/250/C')
    .option('--bar-size <size>', 'only bars of this size, such as "1 min"')
    .option('--provider <name>', 'only values of this provider')
    .option('--pipeline <file>', 'pipeline for the cost of a missing value')
    .option('--json', 'print one JSON document')
    .action((words: readonly string[], flags: Flags) => run((ctx) => explain(words, flags, ctx)));
}

async function explain(words: readonly string[], flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const [symbol = '', dateText, ...rest] = words;
  if (dateText === undefined)
    throw new CliError(
      exitCode.usage,
      `missing the date of ${symbol}`,
      `write it behind the symbol: pipe why AAPL 2026-11-20`,
    );
  if (rest.length > 2)
    throw new CliError(
      exitCode.usage,
      `${rest.join(' ')} is too much`,
      'write a symbol, a date, a time and a column: pipe why AAPL 2026-11-20 15:45 volume',
    );
  const date = parseDate('the date', dateText) ?? dateText;
  const { minutes, column } = parseRest(rest);
  requireLake(ctx);
  const userTables = flags.table === undefined ? [] : await listUserTables(ctx.dataFolder);
  if (flags.table !== undefined && userTables.includes(flags.table)) {
    rejectConditions(flags.table, flags);
    const origin = await readUserTableOrExit({ table: flags.table, symbol, date, column }, ctx);
    if (flags.json === true) ctx.printJson(toUserTableDocument(origin));
    else ctx.print(formatUserTableOrigin(origin, ctx));
    return origin.row === null ? exitCode.someFailed : exitCode.done;
  }
  const option = parseOption(flags.option);
  const query: WhyQuery = {
    symbol,
    date,
    minutes,
    dataset: parseDataset(flags.table, userTables) ?? (option === null ? 'equity_bars' : 'option_bars'),
    option,
    barSize: parseBarSize(flags.barSize),
    provider: flags.provider ?? null,
  };
  const { pipeline: file } = flags;
  const loadPipelines =
    file === undefined ? () => loadProjectPipelines(ctx) : async () => [await loadPipelineOrExit(file, ctx)];
  const answer = await readWhyOrExit(query, column, loadPipelines, ctx);
  if (flags.json === true) ctx.printJson(toWhyDocument(answer));
  else ctx.print(formatWhy(answer, ctx.style));
  return answer.absence?.isWanted === true ? exitCode.someFailed : exitCode.done;
}

/** The columns of a custom step's table are its own. */
function rejectConditions(table: string, { option, barSize, provider }: Flags): void {
  const given = Object.entries({ '--option': option, '--bar-size': barSize, '--provider': provider });
  const names = given.flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length === 0) return;
  throw new CliError(exitCode.usage, `${names.join(', ')}: ${table} is the table of a custom step`, 'leave it out');
}

/** A time and a column, in this order; both may be absent. */
function parseRest([first, second]: readonly (string | undefined)[]): {
  readonly minutes: number | null;
  readonly column: string | null;
} {
  if (first === undefined) return { minutes: null, column: null };
  const match = /^(\d{1,2}):(\d{2})$/.exec(first);
  if (match === null) {
    if (second === undefined && !/^\d/.test(first)) return { minutes: null, column: first };
    throw new CliError(
      exitCode.usage,
      `${first} is not a time`,
      'write it as HH:MM in the zone of the exchange, such as 15:45',
    );
  }
  const [hours, minutes] = [Number(match[1]), Number(match[2])];
  if (hours < 24 && minutes < 60) return { minutes: hours * 60 + minutes, column: second ?? null };
  throw new CliError(exitCode.usage, `${first} is not a time of a day`, 'write it as HH:MM, from 00:00 to 23:59');
}

function parseOption(text: string | undefined): OptionName | null {
  if (text === undefined) return null;
  const [expiry = '', strike = '', right = '', ...more] = text.split('/');
  const parsed = /^\d+(\.\d+)?$/.test(strike) ? Number(strike) : NaN;
  const isRight = (name: string): name is OptionName['right'] => name === 'C' || name === 'P';
  const upper = right.toUpperCase();
  if (isLocalDate(expiry) && Number.isFinite(parsed) && isRight(upper) && more.length === 0)
    return { expiry: expiry satisfies LocalDate, strike: parsed, right: upper };
  throw new CliError(
    exitCode.usage,
    `--option ${text} is not an option`,
    'write it as expiry/strike/right, such as 2026-12-18/250/C',
  );
}

function parseBarSize(text: string | undefined): string | null {
  if (text === undefined || Object.hasOwn(barSizes, text)) return text ?? null;
  throw new CliError(
    exitCode.usage,
    `--bar-size ${text} is not a bar size`,
    `sizes: ${Object.keys(barSizes).join(', ')}`,
  );
}
