import type { Command, Option } from 'commander';

import { defineScheduleInstall } from './schedule-install.js';
import { defineScheduleUninstall } from './schedule-uninstall.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import { expandPipelinePaths } from '../../app/pipeline/find-pipeline-files.js';
import type { RunAction } from '../run-action.js';
import { computeUpcomingRuns } from '../../app/schedule/upcoming-runs.js';
import type { UpcomingRuns } from '../../app/schedule/upcoming-runs.js';
import { toUpcomingDocument } from '../../app/schedule/upcoming-document.js';
import { formatUpcoming } from '../output/format-upcoming.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly count: string;
  readonly json?: boolean;
}

export function defineSchedule(command: Command, run: RunAction): void {
  const schedule = command
    .command('schedule')
    .argument('[pipelines...]', 'pipeline files or folders [pipelines/]')
    .option('--count <number>', 'due times per pipeline', '3')
    .option('--json', 'print one JSON document')
    .action((named: readonly string[], flags: Flags) => run((ctx) => listDueTimes(named, flags, ctx)));
  defineScheduleInstall(schedule, run);
  defineScheduleUninstall(schedule, run);
  for (const subcommand of schedule.commands) {
    const getVisibleOptions = (): Option[] => [...(schedule.parent?.options ?? [])].filter(({ hidden }) => !hidden);
    subcommand.configureHelp({ ...subcommand.configureHelp(), visibleGlobalOptions: getVisibleOptions });
  }
}

async function listDueTimes(named: readonly string[], flags: Flags, ctx: CliContext): Promise<ExitCode> {
  const count = Number(flags.count);
  if (!/^\d+$/.test(flags.count) || count < 1 || count > 1000) {
    throw new CliError(exitCode.usage, `--count ${flags.count} is not a whole number from 1 to 1000`);
  }
  const found: UpcomingRuns[] = [];
  // Printed after the due times of the valid files.
  const errors: string[] = [];
  const quietCtx: CliContext = { ...ctx, error: (text) => void errors.push(text) };
  let invalidCount = 0;
  for (const file of await expandPipelinePaths(named)) {
    try {
      const pipeline = await loadPipelineOrExit(file, quietCtx);
      found.push(computeUpcomingRuns(pipeline, ctx.clock.now(), count));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      invalidCount++;
      if (!error.isPrinted) errors.push(`pipe: ${error.message}`);
      if (error.hint !== null) errors.push(`  ${error.hint}`);
    }
  }
  if (flags.json === true) ctx.printJson(found.map(toUpcomingDocument));
  else if (found.length > 0) ctx.print(formatUpcoming(found, ctx.clock.now(), ctx.style));
  for (const text of errors) ctx.error(text);
  return invalidCount === 0 ? exitCode.done : exitCode.usage;
}
