import type { Command } from 'commander';

import { CliError } from '../../../app/cli-error.js';
import { exitCode } from '../../../app/exit-code.js';
import type { ExitCode } from '../../../app/exit-code.js';
import { diffVersions, toDiffDocument } from '../../../app/history/diff-versions.js';
import type { VersionRef } from '../../../app/history/diff-versions.js';
import { listUserTables } from '../../../lake/user-tables/user-table-log.js';
import type { CliContext } from '../../cli-context.js';
import { parseCount } from '../../options/parse-count.js';
import { parseDataset } from '../../options/parse-dataset.js';
import { parseInstant } from '../../options/parse-instant.js';
import { formatDiff } from '../../output/proof/format-diff.js';
import type { RunAction } from '../../run-action.js';

interface Flags {
  readonly from: string;
  readonly to?: string;
  readonly dataset?: string;
  readonly limit: string;
  readonly json?: boolean;
}

export function defineDiff(command: Command, run: RunAction): void {
  command
    .command('diff')
    .argument('<symbol>', 'symbol, as the pipeline names it')
    .requiredOption('--from <version>', 'earlier version: a number or an instant (a date is its end)')
    .option('--to <version>', 'later version: a number or an instant [the newest]')
    .option('--dataset <name>', 'table to compare [equity_bars]')
    .option('--limit <windows>', 'print at most so many windows, or all', '10')
    .option('--json', 'print one JSON document with all windows')
    .action((symbol: string, flags: Flags) => run((ctx) => showDiff(symbol, flags, ctx)));
}

async function showDiff(symbol: string, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const limit = flags.limit === 'all' ? Infinity : (parseCount('--limit', flags.limit, 1) ?? 10);
  const userTables = flags.dataset === undefined ? [] : await listUserTables(ctx.dataFolder);
  const diff = await diffVersions(
    {
      symbol,
      dataset: parseDataset(flags.dataset, userTables) ?? 'equity_bars',
      from: parseVersion('--from', flags.from),
      to: flags.to === undefined ? null : parseVersion('--to', flags.to),
    },
    ctx,
  );
  if (flags.json === true) ctx.printJson(toDiffDocument(diff));
  else ctx.print(formatDiff(diff, limit, ctx.style));
  return exitCode.done;
}

function parseVersion(option: string, text: string): VersionRef {
  if (/^\d{1,15}$/.test(text)) return { version: Number(text) };
  const moment = parseInstant(option, text);
  if (moment !== null) return { moment };
  throw new CliError(exitCode.usage, `${option} is empty`, 'write the number of a version or an instant');
}
