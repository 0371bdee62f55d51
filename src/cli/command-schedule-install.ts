import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { Option } from 'commander';
import type { Command } from 'commander';

import { day } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { zoneOffset } from '../core/zone.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { cronLines, withCronLines, withoutCronLines } from '../serve/entries/cron-entry.js';
import { entryId } from '../serve/entries/entry.js';
import type { Entry } from '../serve/entries/entry.js';
import { launchdAgent, launchdLabel } from '../serve/entries/launchd-entry.js';
import { readPlainCron } from '../serve/entries/plain-cron.js';
import type { PlainCron } from '../serve/entries/plain-cron.js';
import { systemdUnits } from '../serve/entries/systemd-entry.js';
import type { EntryFile } from '../serve/entries/systemd-entry.js';
import { changeCrontab } from './crontab.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { loadOrStop, pipelineFile } from './pipeline-file.js';
import { replaceFile } from './replace-file.js';
import type { RunAction } from './run-action.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

interface Flags {
  readonly cron?: true;
  readonly systemd?: true;
  readonly launchd?: true;
  readonly print?: true;
  readonly envFile?: string;
}

type System = 'cron' | 'systemd' | 'launchd';

/** Adds `install` and `uninstall` to `pipe schedule`. */
export function defineScheduleEntries(schedule: Command, run: RunAction): void {
  const systems = (command: Command): Command =>
    command
      .argument('[pipeline]', 'a pipeline file; the only one in pipelines/ when left out')
      .addOption(new Option('--cron', "the user's crontab").conflicts(['systemd', 'launchd']))
      .addOption(new Option('--systemd', "a timer of the user's systemd").conflicts(['cron', 'launchd']))
      .addOption(new Option('--launchd', "an agent of the user's launchd").conflicts(['cron', 'systemd']));
  systems(schedule.command('install').description('Have the system run a pipeline when it is due'))
    .option('--env-file <file>', 'NAME=value lines for the run: the system starts it with next to no environment')
    .option('--print', 'only print what would be installed')
    .action((file: string | undefined, flags: Flags) => run((at) => install(file, flags, at)));
  systems(schedule.command('uninstall').description('Take back what install did')).action(
    (file: string | undefined, flags: Flags) => run((at) => uninstall(file, flags, at)),
  );
}

async function install(named: string | undefined, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const system = systemOf(flags);
  const pipeline = await loadOrStop(pipelineFile(named), at);
  const { line, timeZone, cron } = cronOf(pipeline);
  if (system !== 'systemd') refuseOtherZone(timeZone, system, at);
  const entry = entryFor(pipeline, flags, at);
  refuseLineBreaks(entry);
  if (system === 'cron') {
    if (flags.print === true) at.answer(cronLines(entry, line));
    else {
      await changeCrontab((crontab) => withCronLines(crontab, entry, line));
      at.note(`${pipeline.name} is in the crontab as ${entryId(entry)}; pipe schedule uninstall --cron takes it out`);
    }
    return exitCode.done;
  }
  const files =
    system === 'systemd'
      ? systemdUnits(entry, cron, timeZone)
      : [launchdAgent(entry, cron, join(at.lineageFolder, `${entryId(entry)}.log`))];
  const folder = folderOf(system, at);
  if (flags.print === true) {
    at.answer(files.map(({ name, text }) => `# ${join(folder, name)}\n${text}`).join('\n'));
    return exitCode.done;
  }
  await writeFiles(folder, files);
  if (system === 'systemd') {
    await call('systemctl', ['--user', 'daemon-reload']);
    await call('systemctl', ['--user', 'enable', '--now', `${entryId(entry)}.timer`]);
  } else {
    const path = join(folder, `${launchdLabel(entry)}.plist`);
    await call('launchctl', ['unload', path]).catch(() => undefined);
    await call('launchctl', ['load', '-w', path]);
  }
  at.note(`${pipeline.name} is installed as ${entryId(entry)} in ${folder}`);
  return exitCode.done;
}

async function uninstall(named: string | undefined, flags: Flags, at: Surroundings): Promise<ExitCode> {
  const system = systemOf(flags);
  const { name: pipeline, file } = await loadOrStop(pipelineFile(named), at);
  const which = { pipeline, file: resolve(file) };
  const folder = folderOf(system, at);
  if (system === 'cron') await changeCrontab((crontab) => withoutCronLines(crontab, which));
  else if (system === 'systemd') {
    const id = entryId(which);
    await call('systemctl', ['--user', 'disable', '--now', `${id}.timer`]).catch(() => undefined);
    for (const kind of ['service', 'timer']) await rm(join(folder, `${id}.${kind}`), { force: true });
    await call('systemctl', ['--user', 'daemon-reload']).catch(() => undefined);
  } else {
    const path = join(folder, `${launchdLabel(which)}.plist`);
    await call('launchctl', ['unload', '-w', path]).catch(() => undefined);
    await rm(path, { force: true });
  }
  at.note(`${pipeline} is not run by ${system} any more`);
  return exitCode.done;
}

function systemOf({ cron, systemd, launchd }: Flags): System {
  if (cron === true) return 'cron';
  if (systemd === true) return 'systemd';
  if (launchd === true) return 'launchd';
  throw new Stop(exitCode.usage, 'by which system?', 'add --cron, --systemd or --launchd');
}

function cronOf({ file, schedule }: Pipeline): { line: string; timeZone: string; cron: PlainCron } {
  if (schedule === null)
    throw new Stop(exitCode.usage, `${file} has no schedule`, 'add `schedule: { cron: 30 18 * * 1-5 }`');
  const { times } = schedule;
  if (times.kind === 'interval') {
    throw new Stop(
      exitCode.usage,
      `${file} runs in cycles, which systems do not know`,
      `have it collected: pipe serve ${file}`,
    );
  }
  const cron = readPlainCron(times.cron);
  if (cron === null) {
    throw new Stop(
      exitCode.usage,
      `not every system understands \`${times.cron}\``,
      `have it collected: pipe serve ${file}`,
    );
  }
  return { line: times.cron, timeZone: times.timeZone, cron };
}

/** The crontab of Debian and launchd know only the zone of the machine; at the wrong hour nothing would be complete. */
function refuseOtherZone(timeZone: string, system: System, at: Surroundings): void {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (sameClocks(timeZone, here, at.clock.now())) return;
  throw new Stop(
    exitCode.usage,
    `${system} knows only the time zone of this machine, ${here}, and the schedule is in ${timeZone}`,
    `use --systemd or pipe serve, or write the schedule in ${here}`,
  );
}

function sameClocks(zone: string, other: string, now: Instant): boolean {
  for (let days = 0; days < 366; days++) {
    if (zoneOffset(zone, now + days * day) !== zoneOffset(other, now + days * day)) return false;
  }
  return true;
}

function entryFor({ name, file, schedule }: Pipeline, flags: Flags, at: Surroundings): Entry {
  if (schedule === null) throw new Error(`${file} lost its schedule`);
  const path = resolve(file);
  const script = resolve(process.argv[1] ?? '');
  const where = ['--data', at.dataFolder, '--lineage', at.lineageFolder];
  return {
    pipeline: name,
    file: path,
    schedule,
    folder: process.cwd(),
    command: [process.execPath, script, 'run', path, ...where, '--quiet'],
    environmentFile: flags.envFile === undefined ? null : resolve(flags.envFile),
  };
}

function refuseLineBreaks({ folder, command, environmentFile }: Entry): void {
  const broken = [folder, ...command, environmentFile ?? ''].find((text) => /[\r\n]/.test(text));
  if (broken === undefined) return;
  throw new Stop(exitCode.usage, `a path with a line break cannot be installed: ${JSON.stringify(broken)}`);
}

function folderOf(system: System, { environment }: Surroundings): string {
  const home = environment['HOME'] ?? homedir();
  if (system === 'launchd') return join(home, 'Library', 'LaunchAgents');
  return join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'systemd', 'user');
}

async function writeFiles(folder: string, files: readonly EntryFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, text } of files) await replaceFile(join(folder, name), text);
}

async function call(program: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(program, [...args]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Stop(exitCode.usage, `${program} refused: ${reason.trim()}`, 'see what would be installed with --print');
  }
}
