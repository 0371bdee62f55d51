import { Option } from 'commander';
import type { Command } from 'commander';

import { createCrontabBackend } from './crontab-backend.js';
import type { JobBackend, CreateJobBackend, BackendName } from './job-backend.js';
import { exitCode } from '../exit-code.js';
import { launchdAgents } from './launchd-backend.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../cli-context.js';
import { createSystemdBackend } from './systemd-backend.js';

/** Which system was named. */
export type BackendFlags = Readonly<Partial<Record<BackendName, true>>>;

const backends: Readonly<Record<BackendName, { readonly create: CreateJobBackend; readonly description: string }>> = {
  cron: { create: createCrontabBackend, description: "the user's crontab" },
  systemd: { create: createSystemdBackend, description: "a timer of the user's systemd" },
  launchd: { create: launchdAgents, description: "an agent of the user's launchd" },
};

const backendNames = ['cron', 'systemd', 'launchd'] as const satisfies readonly BackendName[];

/** Adds an option for each system, of which one can be given. */
export function addBackendOptions(command: Command): Command {
  for (const name of backendNames) {
    const others = backendNames.filter((other) => other !== name);
    command.addOption(new Option(`--${name}`, backends[name].description).conflicts(others));
  }
  return command;
}

/** The system that was named; all of them when none was. */
export function selectBackends(flags: BackendFlags, ctx: CliContext): readonly JobBackend[] {
  const named = backendNames.filter((name) => flags[name] === true);
  return (named.length === 0 ? backendNames : named).map((name) => backends[name].create(ctx));
}

/** The one system that was named. */
export function selectBackend(flags: BackendFlags, ctx: CliContext): JobBackend {
  const [only, another] = selectBackends(flags, ctx);
  if (only !== undefined && another === undefined) return only;
  throw new CliError(exitCode.usage, 'by which system?', `add ${backendNames.map((name) => `--${name}`).join(', ')}`);
}
