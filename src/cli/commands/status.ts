import type { Command } from 'commander';

import { formatInstant } from '../../core/time/time.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { requireLake } from '../../app/require-lake.js';
import { readStatus } from '../../app/status/collect-status.js';
import type { EmptyWindow } from '../../app/status/list-empty-windows.js';
import type { Foresight } from '../../app/status/read-risks.js';
import { toStatusDocument } from '../../app/status/status-document.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import type { CliContext } from '../cli-context.js';
import { formatEmptyWindows } from '../output/format-empty.js';
import { formatStatus } from '../output/format-status.js';
import type { RunAction } from '../run-action.js';

interface Flags {
  readonly empty?: boolean;
  readonly atRisk?: boolean;
  readonly json?: boolean;
}

export function defineStatus(command: Command, run: RunAction): void {
  command
    .command('status')
    .argument('[pipeline]', 'also show what this pipeline lacks, and only its runs')
    .option('--empty', 'only list what the provider has no rows for')
    .option('--at-risk', 'say what threatens the next run, and what would be lost')
    .option('--json', 'print one JSON document')
    .action((file: string | undefined, flags: Flags) => run((ctx) => showStatus(file, flags, ctx)));
}

async function showStatus(file: string | undefined, flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const pipeline = file === undefined ? null : await loadPipeline(file, ctx);
  requireLake(ctx);
  if (flags.empty === true) {
    const { readEmptyWindows } = await import('../../app/status/list-empty-windows.js');
    const windows = await readEmptyWindows(pipeline, ctx);
    if (flags.json === true) ctx.printJson({ empty: windows.map(toEmptyDocument) });
    else ctx.print(formatEmptyWindows(windows, ctx.style));
    return exitCode.done;
  }
  if (flags.atRisk === true) return showForesight(pipeline, flags, ctx);
  const status = await readStatus(pipeline, ctx);
  if (flags.json === true) ctx.printJson(toStatusDocument(status));
  else ctx.print(formatStatus(status, ctx.dataFolder, ctx.clock.now(), ctx.style));
  return exitCode.done;
}

/** Loads the schema of pipelines only for a pipeline: that takes longer than the rest. */
async function loadPipeline(file: string, ctx: CliContext): Promise<Pipeline> {
  const { loadPipelineOrExit } = await import('../load-pipeline.js');
  return loadPipelineOrExit(file, ctx);
}

function toEmptyDocument({ lastRequestedAt, requestedAgainAt, part, ...window }: EmptyWindow): object {
  return {
    ...window,
    part:
      part === null
        ? null
        : { start: formatInstant(part.start), end: formatInstant(part.end), timeZone: part.timeZone },
    lastRequestedAt: formatInstant(lastRequestedAt),
    requestedAgainAt: requestedAgainAt === null ? null : formatInstant(requestedAgainAt),
  };
}

/** Looks ahead for one pipeline, or for all of the project. The planner is loaded only here. */
async function showForesight(pipeline: Pipeline | null, { json }: Flags, ctx: CliContext): Promise<ExitCode> {
  const { loadProjectPipelines } = await import('../../app/pipeline/project-pipelines.js');
  const { readForesight } = await import('../../app/status/read-risks.js');
  const { formatForesight, toForesightDocument } = await import('../output/format-risks.js');
  const found: Foresight[] = [];
  for (const one of pipeline === null ? await loadProjectPipelines(ctx) : [pipeline])
    found.push(await readForesight(one, ctx));
  if (json === true) ctx.printJson({ pipelines: found.map(toForesightDocument) });
  else ctx.print(found.map((one) => formatForesight(one, ctx.style)).join('\n'));
  return found.some(({ risks }) => risks.length > 0) ? exitCode.checkFailed : exitCode.done;
}
