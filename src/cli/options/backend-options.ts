import { Option } from 'commander';
import type { Command } from 'commander';

import { backendNames } from '../../app/schedule/job-backends.js';
import type { BackendName } from '../../app/schedule/job-backend.js';

const descriptions: Readonly<Record<BackendName, string>> = {
  cron: "the user's crontab",
  systemd: "a timer of the user's systemd",
};

/** Adds an option for each scheduler of the operating system; they exclude each other. */
export function addBackendOptions(command: Command): Command {
  for (const name of backendNames) {
    const others = backendNames.filter((other) => other !== name);
    command.addOption(new Option(`--${name}`, descriptions[name]).conflicts(others));
  }
  return command;
}
