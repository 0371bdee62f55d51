import { join } from 'node:path';

import type { Command } from 'commander';

import { nodeFiles } from '../../platform/file-store.js';
import { listRuns, readEvents, readRun } from '../../lineage/records/read-runs.js';
import { buildReport } from '../../outputs/report/report-accumulator.js';
import { renderReportHtml } from '../../outputs/report/html.js';
import { formatReportJson } from '../../outputs/report/json.js';
import { formatReportText } from '../../outputs/report/text.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { withLineageFolder } from '../../app/lineage-folder.js';
import { createNoRunError } from '../errors.js';
import { isProcessAlive } from '../../platform/process-alive.js';
import { toRelativePath } from '../../platform/relative-path.js';
import type { RunAction } from '../run-action.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly json?: boolean;
  readonly html?: boolean;
}

export function defineReport(command: Command, run: RunAction): void {
  command
    .command('report')
    .description('Show the report of a run')
    .argument('[run]', 'run id or part of one [the last run]')
    .option('--json', 'print one JSON document')
    .option('--html', 'print a self-contained HTML page')
    .action((id: string | undefined, flags: Flags) => run((ctx) => showReport(id, flags, ctx)));
}

async function showReport(id: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const readOptions = { files: nodeFiles, isAlive: isProcessAlive };
  const found = await withLineageFolder(ctx.lineageFolder, async () => {
    if (id !== undefined) return readRun(ctx.lineageFolder, id, readOptions);
    const [last] = await listRuns(ctx.lineageFolder, { ...readOptions, limit: 1 });
    return last ?? null;
  });
  if (found === null) {
    throw id === undefined
      ? new CliError(
          exitCode.usage,
          `no run recorded in ${ctx.lineageFolder}`,
          'start one: pipe run pipelines/daily.yaml',
        )
      : await createNoRunError(id, ctx);
  }
  const summary = buildReport(await readEvents(found, nodeFiles));
  if (summary === null)
    throw new CliError(
      exitCode.usage,
      `the record of run ${found.runId} lacks its start`,
      `see ${join(found.folder, 'run.json')}`,
    );
  if (flags.json === true) ctx.print(formatReportJson(summary));
  else if (flags.html === true) ctx.print(renderReportHtml(summary));
  else
    ctx.print(
      formatReportText(summary, { style: ctx.style, folder: toRelativePath(found.folder), width: ctx.terminalWidth }),
    );
  return exitCode.done;
}
