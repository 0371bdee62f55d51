import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { Option } from 'commander';
import type { Command } from 'commander';

import { formatDuration } from '../core/duration.js';
import type { Pipeline, Schedule } from '../pipeline/pipeline.js';
import { entryTimes } from '../serve/entries/entry-times.js';
import { entryId, shellWord } from '../serve/entries/entry.js';
import type { Entry } from '../serve/entries/entry.js';
import { calendarNamed } from './calendars.js';
import type { EntrySystem } from './entry-system.js';
import { systemNamed, withSystemOptions } from './entry-systems.js';
import type { SystemFlags } from './entry-systems.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { installedEntries } from './installed-entries.js';
import { loadOrStop, pipelineFile } from './pipeline-file.js';
import type { RunAction } from './run-action.js';
import { refuseListOptions } from './schedule-options.js';
import { scheduleText } from './schedule-text.js';
import { shortPath } from './short-path.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

interface Flags extends SystemFlags {
  readonly print?: true;
  readonly environment?: string;
  readonly envFile?: string;
}

/** Adds `install` to `pipe schedule`. */
export function defineScheduleInstall(schedule: Command, run: RunAction): void {
  withSystemOptions(
    schedule
      .command('install')
      .description('Have the system run a pipeline when it is due, instead of what is installed for its file')
      .argument('[pipeline]', 'a pipeline file; the only one in pipelines/ when left out'),
  )
    .option('--environment <file>', 'NAME=value lines for the run: the system starts it with next to no environment')
    // Node 20 takes an option of that name for itself wherever it stands, and ends when the file is not there.
    .addOption(new Option('--env-file <file>').hideHelp().conflicts('environment'))
    .option('--print', 'only print what would be installed')
    .action((file: string | undefined, flags: Flags) =>
      run((at) => {
        refuseListOptions(schedule, 'install');
        return install(file, flags, at);
      }),
    );
}

async function install(named: string | undefined, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const system = systemNamed(flags, at);
  const environmentFile = environmentFileOf(flags);
  const pipeline = await loadOrStop(pipelineFile(named), at);
  const { schedule } = pipeline;
  if (schedule === null)
    throw new Stop(exitCode.usage, `${pipeline.file} has no schedule`, 'add `schedule: { cron: 30 18 * * 1-5 }`');
  const entry = entryFor(pipeline, schedule, environmentFile, system, at);
  refuseLineBreaks(entry);
  if (flags.print === true) at.answer(system.print(entry));
  else await system.put(entry);
  const different = differences(schedule, entry, system);
  if (different.length > 0) at.complain(at.notePaint('warn', `${system.name} ${different.join('; ')}: see pipe serve`));
  if (flags.print === true) return exitCode.done;
  const words = `pipe schedule uninstall --${system.name} ${shellWord(shortPath(entry.file))}`;
  at.note(`${pipeline.name} is installed as ${entryId(entry)}; to take it out: ${words}`);
  for (const { system: other, id } of await installedEntries(at, { file: entry.file })) {
    if (other.name === system.name) continue;
    at.complain(
      at.notePaint('warn', `${other.name} runs it too; to end that: pipe schedule uninstall --${other.name} ${id}`),
    );
  }
  return exitCode.done;
}

function environmentFileOf({ environment, envFile }: Flags): string | null {
  const file = environment ?? envFile;
  if (file === undefined) return null;
  if (existsSync(file)) return resolve(file);
  throw new Stop(exitCode.usage, `there is no file ${file}`, 'write NAME=value lines into it, one a line');
}

function entryFor(
  { name, file }: Pipeline,
  schedule: Schedule,
  environmentFile: string | null,
  { name: system, clocks }: EntrySystem,
  at: Surroundings,
): Entry {
  const times = entryTimes({ schedule, calendar: calendarNamed, clocks, now: at.clock.now() });
  if (!times.ok) throw new Stop(exitCode.usage, `${system}: ${times.error}`, `have it collected: pipe serve ${file}`);
  const { areWider } = times.value;
  const path = resolve(file);
  const script = resolve(process.argv[1] ?? '');
  const where = ['--data', at.dataFolder, '--lineage', at.lineageFolder];
  const guard = areWider ? ['--if-due'] : [];
  return {
    pipeline: name,
    file: path,
    schedule: scheduleText(schedule),
    times: times.value,
    // A start that may be late or made up for would not be taken for one that is due.
    jitter: areWider ? 0 : schedule.jitter,
    catchesUp: !areWider && schedule.catchUp !== 'none',
    folder: process.cwd(),
    command: [process.execPath, script, 'run', path, ...where, '--quiet', ...guard],
    environmentFile,
  };
}

/** What of a schedule the system does not do. */
function differences(
  { jitter, catchUp, maxCycles, overlap }: Schedule,
  entry: Entry,
  { name }: EntrySystem,
): readonly string[] {
  const spreads = name === 'systemd' && entry.jitter > 0;
  // launchd starts by itself what passed in sleep.
  const catchesUp = name === 'systemd' && entry.catchesUp;
  return [
    ...(jitter === 0 || spreads ? [] : [`starts without the jitter of ${formatDuration(jitter)}`]),
    ...(catchUp === 'none' || (catchesUp && catchUp === 'last')
      ? []
      : [catchesUp ? 'catches up with one run, not with all' : 'does not catch up after the machine was off']),
    ...(overlap === 'skip' ? [] : ['leaves out what comes while a run is going']),
    ...(maxCycles === null ? [] : ['counts no cycles']),
  ];
}

function refuseLineBreaks({ pipeline, folder, command, environmentFile }: Entry): void {
  const broken = [pipeline, folder, ...command, environmentFile ?? ''].find((text) => /[\r\n]/.test(text));
  if (broken === undefined) return;
  throw new Stop(exitCode.usage, `a name with a line break cannot be installed: ${JSON.stringify(broken)}`);
}
