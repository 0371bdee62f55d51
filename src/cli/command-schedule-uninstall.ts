import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Command } from 'commander';

import { isOfFile } from '../serve/entries/entry.js';
import { columns } from '../report/columns.js';
import { withSystemOptions } from './entry-systems.js';
import type { SystemFlags } from './entry-systems.js';
import { exitCode } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { installedEntries } from './installed-entries.js';
import type { FoundEntry } from './installed-entries.js';
import type { RunAction } from './run-action.js';
import { refuseListOptions } from './schedule-options.js';
import { shortPath } from './short-path.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

/** Adds `uninstall` and `installed` to `pipe schedule`. */
export function defineScheduleUninstall(schedule: Command, run: RunAction): void {
  withSystemOptions(
    schedule
      .command('uninstall')
      .description('Take back what install did, whether the pipeline file is still there or not')
      .argument('[entry]', 'a pipeline file, the name of a pipeline, or what pipe schedule installed calls it'),
  ).action((named: string | undefined, flags: SystemFlags) =>
    run((at) => {
      refuseListOptions(schedule, 'uninstall');
      return uninstall(named, flags, at);
    }),
  );
  withSystemOptions(schedule.command('installed').description('List what install has done for this user'))
    .option('--json', 'one JSON document on stdout')
    .action((flags: SystemFlags) =>
      run((at) => {
        // The command above takes `--json`, wherever it stands, for its own.
        const { json = false } = schedule.opts<{ readonly json?: true }>();
        refuseListOptions(schedule, 'installed', ['count']);
        return list(flags, json, at);
      }),
    );
}

async function uninstall(named: string | undefined, flags: SystemFlags, at: Surroundings): Promise<ExitCode> {
  const all = await installedEntries(at, { systems: flags });
  const [where = 'cron, systemd or launchd'] = Object.keys(flags);
  if (named === undefined) {
    if (all.length > 0) throw new Stop(exitCode.usage, 'which entry?', `name one of\n${listText(all, at)}`);
    at.note(`pipe has installed nothing in ${where}`);
    return exitCode.done;
  }
  const meant = entriesMeant(named, all);
  if (new Set(meant.map(({ id }) => id)).size > 1)
    throw new Stop(
      exitCode.usage,
      `${named} is the pipeline of several entries`,
      `name one of\n${listText(meant, at)}`,
    );
  if (meant.length === 0) {
    at.note(`nothing is installed for ${named} in ${where}; what is: pipe schedule installed`);
    return exitCode.done;
  }
  for (const { system, id, pipeline } of meant) {
    await system.remove(id);
    at.note(`${pipeline ?? id} is not run by ${system.name} any more`);
  }
  return exitCode.done;
}

/** An id or a file means one entry; a pipeline's name may be that of several. */
function entriesMeant(named: string, all: readonly FoundEntry[]): readonly FoundEntry[] {
  const one = all.filter(({ id }) => id === named || isOfFile(id, resolve(named)));
  return one.length > 0 ? one : all.filter(({ pipeline }) => pipeline === named);
}

async function list(systems: SystemFlags, json: boolean, at: Surroundings): Promise<ExitCode> {
  const all = await installedEntries(at, { systems });
  if (json) {
    at.json(
      all.map(({ system, id, pipeline, file }) => ({ system: system.name, id, pipeline, file, exists: isThere(file) })),
    );
  } else if (all.length > 0) at.answer(`${listText(all, at)}\n`);
  else at.note('pipe has installed nothing; see: pipe schedule install --help');
  return exitCode.done;
}

function listText(all: readonly FoundEntry[], at: Surroundings): string {
  const rows = all.map(({ system, id, pipeline, file }) => [
    { text: `  ${system.name}` },
    { text: id },
    { text: pipeline ?? '-' },
    { text: file === null ? '-' : shortPath(file) },
    isThere(file) ? { text: '' } : { text: 'is gone', paint: (own: string) => at.paint('warn', own) },
  ]);
  return columns(rows, ['left', 'left', 'left', 'left', 'left'], 2).join('\n');
}

function isThere(file: string | null): boolean {
  return file === null || existsSync(file);
}
