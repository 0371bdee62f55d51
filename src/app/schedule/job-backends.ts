import { createCrontabBackend } from './crontab-backend.js';
import type { BackendContext, BackendName, CreateJobBackend, JobBackend } from './job-backend.js';
import { exitCode } from '../exit-code.js';
import { CliError } from '../cli-error.js';
import { createSystemdBackend } from './systemd-backend.js';

/** The chosen backends; without a choice, all backends. */
export type BackendSelection = Readonly<Partial<Record<BackendName, true>>>;

const backends: Readonly<Record<BackendName, CreateJobBackend>> = {
  cron: createCrontabBackend,
  systemd: createSystemdBackend,
};

export const backendNames = ['cron', 'systemd'] as const satisfies readonly BackendName[];

export function selectBackends(selection: BackendSelection, ctx: BackendContext): readonly JobBackend[] {
  const selected = backendNames.filter((name) => selection[name] === true);
  return (selected.length === 0 ? backendNames : selected).map((name) => backends[name](ctx));
}

/** Returns the chosen backend; ends the command if none or several are chosen. */
export function selectBackend(selection: BackendSelection, ctx: BackendContext): JobBackend {
  const [only, another] = selectBackends(selection, ctx);
  if (only !== undefined && another === undefined) return only;
  const options = backendNames.map((name) => `--${name}`);
  throw new CliError(exitCode.usage, `missing ${options.join(' or ')}`, 'choose the scheduler to install the job in');
}
