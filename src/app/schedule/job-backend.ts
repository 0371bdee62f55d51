import { checkExit } from '../../platform/process.js';
import type { ProcessResult } from '../../platform/process.js';
import type { ScheduledJob, InstalledJob } from '../../scheduler/system/scheduled-job.js';
import { exitCode } from '../exit-code.js';
import { CliError } from '../cli-error.js';
import type { AppContext } from '../context.js';
import { isNotInstalled } from './system-program.js';

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
export function createBackendError(program: string, result: ProcessResult, hint: string): CliError {
  if (isNotInstalled(result)) return new CliError(exitCode.usage, `${program} is not installed`, hint);
  const output = [result.stderr, result.stdout].map((text) => text.trim()).find((text) => text !== '');
  const problem = output ?? describeFailure(result);
  return new CliError(exitCode.usage, `${program} failed: ${problem}; nothing was changed`, hint);
}

function describeFailure(result: ProcessResult): string {
  const checked = checkExit(result);
  return checked.ok ? 'printed unexpected output' : checked.error;
}
