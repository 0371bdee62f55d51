import type { Command, Option } from 'commander';

import { formatInstant } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { humanizeDuration } from '../../platform/format.js';
import type { Pipeline } from '../../config/pipeline/pipeline.js';
import { formatTable } from '../../platform/table.js';
import type { TableCell } from '../../platform/table.js';
import { createDueTimes } from '../../scheduler/schedule/due-times.js';
import { getCalendarOrExit } from '../../app/get-calendar.js';
import { defineScheduleInstall } from './schedule-install.js';
import { defineScheduleUninstall } from './schedule-uninstall.js';
import { exitCode } from '../../app/exit-code.js';
import type { ExitCode } from '../../app/exit-code.js';
import { loadPipelineOrExit } from '../load-pipeline.js';
import { expandPipelinePaths } from '../../app/pipeline/find-pipeline-files.js';
import type { RunAction } from '../run-action.js';
import { formatSchedule, formatZoned, getScheduleZone } from '../output/format-schedule.js';
import { CliError } from '../../app/cli-error.js';
import type { CliContext } from '../cli-context.js';

interface Flags {
  readonly count: string;
  readonly json?: boolean;
}

export function defineSchedule(command: Command, run: RunAction): void {
  const schedule = command
    .command('schedule')
    .description('Show next due times; install system schedules')
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

/** A pipeline with its next due times; empty without a schedule. */
interface UpcomingRuns {
  readonly pipeline: Pipeline;
  readonly next: readonly Instant[];
  /** True if max_cycles ends the schedule after these. */
  readonly isComplete: boolean;
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
      found.push({ pipeline, ...computeUpcoming(pipeline, ctx.clock.now(), count) });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      invalidCount++;
      if (!error.isPrinted) errors.push(`pipe: ${error.message}`);
      if (error.hint !== null) errors.push(`  ${error.hint}`);
    }
  }
  if (flags.json === true) ctx.printJson(found.map(toDocument));
  else if (found.length > 0) ctx.print(formatUpcoming(found, ctx));
  for (const text of errors) ctx.error(text);
  return invalidCount === 0 ? exitCode.done : exitCode.usage;
}

function computeUpcoming(
  { name, schedule }: Pipeline,
  now: Instant,
  count: number,
): Pick<UpcomingRuns, 'next' | 'isComplete'> {
  if (schedule === null) return { next: [], isComplete: false };
  const dueTimes = createDueTimes({ schedule, name, calendar: getCalendarOrExit });
  const maxCount = Math.min(count, schedule.maxCycles ?? count);
  const next: Instant[] = [];
  for (let due = dueTimes.next(now); due !== null && next.length < maxCount; due = dueTimes.next(due)) next.push(due);
  return { next, isComplete: schedule.maxCycles === maxCount };
}

function toDocument({ pipeline: { name, file, schedule }, next }: UpcomingRuns): unknown {
  return {
    name,
    file,
    schedule,
    zone: schedule === null ? null : getScheduleZone(schedule),
    next: next.map(formatInstant),
  };
}

function formatUpcoming(found: readonly UpcomingRuns[], ctx: CliContext): string {
  const dim = (text: string): TableCell => ({ text, style: (cell) => ctx.style('quiet', cell) });
  const head = ['pipeline', 'schedule', 'next', 'first'].map(dim);
  const rows = found.flatMap((one) => toRows(one, ctx.clock.now(), dim));
  return `${formatTable([head, ...rows], ['left', 'left', 'left', 'left'], 2).join('\n')}\n`;
}

/** One row per due time; only the first names the pipeline. */
function toRows(
  { pipeline: { name, schedule }, next, isComplete }: UpcomingRuns,
  now: Instant,
  dim: (text: string) => TableCell,
): readonly (readonly TableCell[])[] {
  const [first, ...others] = next;
  if (schedule === null || first === undefined) {
    return [
      [
        { text: name },
        { text: schedule === null ? 'no schedule' : formatSchedule(schedule) },
        { text: '-' },
        { text: '-' },
      ],
    ];
  }
  const emptyCell = { text: '' };
  const formatDue = (due: Instant): TableCell => ({ text: formatZoned(due, getScheduleZone(schedule)) });
  return [
    [
      { text: name },
      { text: formatSchedule(schedule) },
      formatDue(first),
      { text: `in ${humanizeDuration(first - now)}` },
    ],
    ...others.map((due) => [emptyCell, emptyCell, formatDue(due), emptyCell]),
    ...(isComplete
      ? [[emptyCell, emptyCell, dim(`then no more (max_cycles: ${String(schedule.maxCycles)})`), emptyCell]]
      : []),
  ];
}
