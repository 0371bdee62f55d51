import { Option } from 'commander';
import type { Command } from 'commander';

import { crontab } from './crontab.js';
import type { EntrySystem, MakeEntrySystem, SystemName } from './entry-system.js';
import { exitCode } from './exit-code.js';
import { launchdAgents } from './launchd-agents.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';
import { systemdTimers } from './systemd-timers.js';

/** Which system was named. */
export type SystemFlags = Readonly<Partial<Record<SystemName, true>>>;

const systems: Readonly<Record<SystemName, { readonly make: MakeEntrySystem; readonly words: string }>> = {
  cron: { make: crontab, words: "the user's crontab" },
  systemd: { make: systemdTimers, words: "a timer of the user's systemd" },
  launchd: { make: launchdAgents, words: "an agent of the user's launchd" },
};

const names = ['cron', 'systemd', 'launchd'] as const satisfies readonly SystemName[];

/** Adds an option for each system, of which one can be given. */
export function withSystemOptions(command: Command): Command {
  for (const name of names) {
    const others = names.filter((other) => other !== name);
    command.addOption(new Option(`--${name}`, systems[name].words).conflicts(others));
  }
  return command;
}

/** The system that was named; all of them when none was. */
export function systemsNamed(flags: SystemFlags, at: Surroundings): readonly EntrySystem[] {
  const named = names.filter((name) => flags[name] === true);
  return (named.length === 0 ? names : named).map((name) => systems[name].make(at));
}

/** The one system that was named. */
export function systemNamed(flags: SystemFlags, at: Surroundings): EntrySystem {
  const [only, another] = systemsNamed(flags, at);
  if (only !== undefined && another === undefined) return only;
  throw new Stop(exitCode.usage, 'by which system?', `add ${names.map((name) => `--${name}`).join(', ')}`);
}
