import type { ScheduledJob, InstalledJob } from '../../scheduler/system/scheduled-job.js';
import { exitCode } from '../exit-code.js';
import type { ExecResult } from './exec.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';

export type BackendName = 'cron' | 'systemd';

/** A scheduler of the operating system. */
export interface JobBackend {
  readonly name: BackendName;
  /** The only time zone that it supports; null when it supports all. */
  readonly systemTimeZone: string | null;
  /** The text that would be installed. */
  preview(job: ScheduledJob): string;
  /**
   * Installs a job and removes all others of its file; returns warnings for the user. A failure ends the command and
   * restores what was installed before.
   */
  install(job: ScheduledJob): Promise<readonly string[]>;
  /** The installed jobs; empty on a machine without this scheduler. */
  list(): Promise<readonly InstalledJob[]>;
  remove(id: string): Promise<void>;
}

export type BackendContext = Pick<AppContext, 'environment'>;

export type CreateJobBackend = (ctx: BackendContext) => JobBackend;

/** Describes why a program of the operating system failed. */
export function createBackendError(program: string, { code, stdout, stderr }: ExecResult, hint: string): CliError {
  if (code === 'absent') return new CliError(exitCode.usage, `${program} is not installed`, hint);
  const output = [stderr, stdout].map((text) => text.trim()).find((text) => text !== '') ?? `exit code ${String(code)}`;
  return new CliError(exitCode.usage, `${program} failed: ${output}; nothing was changed`, hint);
}
