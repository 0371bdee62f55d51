import type { ScheduledJob, InstalledJob } from '../../scheduler/system/scheduled-job.js';
import { exitCode } from '../exit-code.js';
import type { ExecResult } from './exec.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../cli-context.js';

export type BackendName = 'cron' | 'systemd' | 'launchd';

/** Something of the machine that starts programs when it is time. */
export interface JobBackend {
  readonly name: BackendName;
  /** The zone of the only clocks it knows; null when it knows those of all. */
  readonly systemTimeZone: string | null;
  /** What is installed for an entry, as text. */
  preview(job: ScheduledJob): string;
  /** Installs an entry instead of all others of its file. A failure ends the command, and all is as it was before. */
  install(job: ScheduledJob): Promise<void>;
  /** What is installed; nothing where there is no such system. */
  list(): Promise<readonly InstalledJob[]>;
  remove(id: string): Promise<void>;
}

/** Makes a system in the surroundings of a command. */
export type CreateJobBackend = (ctx: CliContext) => JobBackend;

/** Why a program of the system did not do what it was called for. */
export function createBackendError(program: string, { code, stdout, stderr }: ExecResult, hint: string): CliError {
  if (code === 'absent') return new CliError(exitCode.usage, `${program} is not on this machine`, hint);
  const words = [stderr, stdout].map((text) => text.trim()).find((text) => text !== '') ?? `exit code ${String(code)}`;
  return new CliError(exitCode.usage, `${program} refused: ${words}; nothing was changed`, hint);
}
