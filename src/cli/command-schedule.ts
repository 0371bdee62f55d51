import type { Command } from 'commander';

import { isoInstant } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { durationText } from '../core/words.js';
import type { Pipeline, Schedule } from '../pipeline/pipeline.js';
import { formatDuration } from '../core/duration.js';
import { columns } from '../report/columns.js';
import { timetableOf } from '../serve/timetable.js';
import { calendarNamed } from './calendars.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { defineScheduleEntries } from './command-schedule-install.js';
import { loadOrStop, pipelineFiles } from './pipeline-file.js';
import type { RunAction } from './run-action.js';
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
    .argument('[pipelines...]', 'pipeline files; those in pipelines/ when left out')
    .option('--count <number>', 'how many due times of each', '3')
    .option('--json', 'one JSON document on stdout')
    .action((files: readonly string[], flags: Flags) => run((at) => list(files, flags, at)));
  defineScheduleEntries(schedule, run);
}

/** A pipeline with its next due times; none when it has no schedule. */
interface Upcoming {
  readonly pipeline: Pipeline;
  readonly next: readonly Instant[];
}

async function list(named: readonly string[], flags: Flags, at: Surroundings): Promise<ExitCode> {
  const count = Number(flags.count);
  if (!/^\d+$/.test(flags.count) || count < 1 || count > 1000) {
    throw new Stop(exitCode.usage, `--count ${flags.count} is not a number from 1 to 1000`);
  }
  const found: Upcoming[] = [];
  for (const file of named.length === 0 ? pipelineFiles() : named) {
    const pipeline = await loadOrStop(file, at);
    found.push({ pipeline, next: upcoming(pipeline, at.clock.now(), count) });
  }
  if (flags.json === true) at.json(found.map(documentOf));
  else at.answer(textOf(found, at));
  return exitCode.done;
}

function upcoming({ name, schedule }: Pipeline, now: Instant, count: number): readonly Instant[] {
  if (schedule === null) return [];
  const timetable = timetableOf({ schedule, name, calendar: calendarNamed });
  const found: Instant[] = [];
  for (let next = timetable.next(now); next !== null && found.length < count; next = timetable.next(next))
    found.push(next);
  return found;
}

function documentOf({ pipeline: { name, file, schedule }, next }: Upcoming): unknown {
  return { name, file, schedule, next: next.map(isoInstant) };
}

function textOf(found: readonly Upcoming[], at: Surroundings): string {
  const now = at.clock.now();
  const quiet = (text: string) => ({ text, paint: (own: string) => at.paint('quiet', own) });
  const rows = found.map(({ pipeline, next }) => [
    { text: pipeline.name },
    { text: pipeline.schedule === null ? 'no schedule' : timesText(pipeline.schedule) },
    { text: next.length === 0 ? '-' : next.map((due) => isoInstant(due)).join('  ') },
    { text: next[0] === undefined ? '-' : `in ${durationText(next[0] - now)}` },
  ]);
  return `${columns([['pipeline', 'schedule', 'next', 'first'].map(quiet), ...rows], ['left', 'left', 'left', 'left'], 2).join('\n')}\n`;
}

function timesText({ times }: Schedule): string {
  if (times.kind === 'cron') return `${times.cron} (${times.timeZone})`;
  const during = times.market === null ? '' : ` while ${times.market} is open`;
  return `every ${formatDuration(times.every)}${during}`;
}
