import type { Command, Option } from 'commander';

import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { durationText } from '../core/words.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { columns } from '../report/columns.js';
import type { Cell } from '../report/columns.js';
import { timetableOf } from '../serve/timetable.js';
import { calendarNamed } from './calendars.js';
import { defineScheduleInstall } from './command-schedule-install.js';
import { defineScheduleUninstall } from './command-schedule-uninstall.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { loadOrStop } from './pipeline-file.js';
import { pipelineFilesIn } from './pipeline-files-in.js';
import type { RunAction } from './run-action.js';
import { scheduleText, zonedText, zoneOfSchedule } from './schedule-text.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

interface Flags {
  readonly count: string;
  readonly json?: boolean;
}

export function defineSchedule(command: Command, run: RunAction): void {
  const schedule = command
    .command('schedule')
    .description('Say when pipelines are due next, or have the system run them')
    .argument('[pipelines...]', 'pipeline files and folders of them; pipelines/ when left out')
    .option('--count <number>', 'how many due times of each', '3')
    .option('--json', 'one JSON document on stdout')
    .action((named: readonly string[], flags: Flags) => run((at) => list(named, flags, at)));
  defineScheduleInstall(schedule, run);
  defineScheduleUninstall(schedule, run);
  for (const part of schedule.commands) {
    const ofAll = (): Option[] => [...(schedule.parent?.options ?? [])].filter(({ hidden }) => !hidden);
    part.configureHelp({ showGlobalOptions: true, visibleGlobalOptions: ofAll });
  }
}

/** A pipeline with its next due times; none when it has no schedule. */
interface Upcoming {
  readonly pipeline: Pipeline;
  readonly next: readonly Instant[];
  /** Whether a collector starts no more than these. */
  readonly areAll: boolean;
}

async function list(named: readonly string[], flags: Flags, at: Surroundings): Promise<ExitCode> {
  const count = Number(flags.count);
  if (!/^\d+$/.test(flags.count) || count < 1 || count > 1000) {
    throw new Stop(exitCode.usage, `--count ${flags.count} is not a number from 1 to 1000`);
  }
  const found: Upcoming[] = [];
  // What is wrong with some files is told below what the others say.
  const complaints: string[] = [];
  const quietly: Surroundings = { ...at, complain: (text) => void complaints.push(text) };
  let wrong = 0;
  for (const file of await pipelineFilesIn(named)) {
    try {
      const pipeline = await loadOrStop(file, quietly);
      found.push({ pipeline, ...upcoming(pipeline, at.clock.now(), count) });
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      wrong++;
      if (error.message !== '') complaints.push(`pipe: ${error.message}`);
      if (error.remedy !== null) complaints.push(`  ${error.remedy}`);
    }
  }
  if (flags.json === true) at.json(found.map(documentOf));
  else if (found.length > 0) at.answer(textOf(found, at));
  for (const text of complaints) at.complain(text);
  return wrong === 0 ? exitCode.done : exitCode.usage;
}

function upcoming({ name, schedule }: Pipeline, now: Instant, count: number): Pick<Upcoming, 'next' | 'areAll'> {
  if (schedule === null) return { next: [], areAll: false };
  const timetable = timetableOf({ schedule, name, calendar: calendarNamed });
  const most = Math.min(count, schedule.maxCycles ?? count);
  const next: Instant[] = [];
  for (let due = timetable.next(now); due !== null && next.length < most; due = timetable.next(due)) next.push(due);
  return { next, areAll: schedule.maxCycles === most };
}

function documentOf({ pipeline: { name, file, schedule }, next }: Upcoming): unknown {
  return {
    name,
    file,
    schedule,
    zone: schedule === null ? null : zoneOfSchedule(schedule),
    next: next.map(isoInstant),
  };
}

function textOf(found: readonly Upcoming[], at: Surroundings): string {
  const quiet = (text: string): Cell => ({ text, paint: (own) => at.paint('quiet', own) });
  const head = ['pipeline', 'schedule', 'next', 'first'].map(quiet);
  const rows = found.flatMap((one) => rowsOf(one, at.clock.now(), quiet));
  return `${columns([head, ...rows], ['left', 'left', 'left', 'left'], 2).join('\n')}\n`;
}

/** One line for each due time; the first one says whose they are. */
function rowsOf(
  { pipeline: { name, schedule }, next, areAll }: Upcoming,
  now: Instant,
  quiet: (text: string) => Cell,
): readonly (readonly Cell[])[] {
  const [first, ...others] = next;
  if (schedule === null || first === undefined) {
    return [
      [
        { text: name },
        { text: schedule === null ? 'no schedule' : scheduleText(schedule) },
        { text: '-' },
        { text: '-' },
      ],
    ];
  }
  const none = { text: '' };
  const moment = (due: Instant): Cell => ({ text: zonedText(due, zoneOfSchedule(schedule)) });
  return [
    [{ text: name }, { text: scheduleText(schedule) }, moment(first), { text: `in ${durationText(first - now)}` }],
    ...others.map((due) => [none, none, moment(due), none]),
    ...(areAll
      ? [[none, none, quiet(`then no more of a collector (max_cycles: ${String(schedule.maxCycles)})`), none]]
      : []),
  ];
}
