import type { Command } from 'commander';

import { renderReportHtml } from '../../outputs/report/html.js';
import { formatReportJson } from '../../outputs/report/json.js';
import { formatReportText } from '../../outputs/report/text.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { toRelativePath } from '../../platform/relative-path.js';
import { readReportOrExit } from '../../app/lineage/find-run.js';
import type { RunAction } from '../run-action.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly json?: boolean;
  readonly html?: boolean;
}

export function defineReport(command: Command, run: RunAction): void {
  command
    .command('report')
    .argument('[run]', 'run id or part of one [the last run]')
    .option('--json', 'print one JSON document')
    .option('--html', 'print a self-contained HTML page')
    .action((id: string | undefined, flags: Flags) => run((ctx) => showReport(id, flags, ctx)));
}

async function showReport(id: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const { report, folder } = await readReportOrExit(id, ctx);
  if (flags.json === true) ctx.print(formatReportJson(report));
  else if (flags.html === true) ctx.print(renderReportHtml(report));
  else
    ctx.print(formatReportText(report, { style: ctx.style, folder: toRelativePath(folder), width: ctx.terminalWidth }));
  return exitCode.done;
}
