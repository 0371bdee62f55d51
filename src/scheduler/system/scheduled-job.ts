import { escapeLine } from '../../platform/text/escape.js';
import { createHash } from 'node:crypto';

import type { JobTimes } from './job-times.js';
import type { Duration } from '../../core/time/time.js';

/** A run that cron or systemd starts, and its times; every path is absolute. */
export interface ScheduledJob {
  readonly pipeline: string;
  readonly file: string;
  /** The schedule as text. */
  readonly schedule: string;
  readonly times: JobTimes;
  /** Upper bound of the delay that the system adds to each start, if it can. */
  readonly jitter: Duration;
  /** True if the system starts a run for a time that passed while the machine was off, if it can. */
  readonly catchesUp: boolean;
  /** The working directory of the run. */
  readonly folder: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** A file of `NAME=value` lines for the environment of the run; null for none. */
  readonly environmentFile: string | null;
}

/** A job as it is read back from the system. */
export interface InstalledJob {
  readonly id: string;
  /** Null for a job that an older version installed without it. */
  readonly pipeline: string | null;
  readonly file: string | null;
}

/** Computes the name of a job: always the same for a pipeline file, different for any two. */
export function computeJobId({ pipeline, file }: Pick<ScheduledJob, 'pipeline' | 'file'>): string {
  return `pipe-${pipeline.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${hashFile(file)}`;
}

/** Regular expression of an id. */
export const jobIdPattern = 'pipe-[a-z0-9-]*-[0-9a-f]{8}';

/** Returns whether a job was installed for a pipeline file, under any pipeline name. */
export function belongsToFile(id: string, file: string): boolean {
  return id.endsWith(`-${hashFile(file)}`);
}

function hashFile(file: string): string {
  return createHash('sha256').update(file).digest('hex').slice(0, 8);
}

/** Comments of one line each for the user, by which a job is also recognised after its pipeline file was deleted. */
export function metadataComments({ pipeline, file, schedule, times }: ScheduledJob): readonly string[] {
  const supersetNote = `; the times below are those of ${times.timeZone} and include some that are not due: each run checks that`;
  return [`pipeline: ${pipeline}`, `file: ${file}`, `schedule: ${schedule}${times.isSuperset ? supersetNote : ''}`].map(
    escapeLine,
  );
}

/** Reads a job from its comments. */
export function parseMetadata(id: string, lines: readonly string[]): InstalledJob {
  const readField = (name: string): string | null =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
  return { id, pipeline: readField('pipeline'), file: readField('file') };
}

/** Quotes any text as one word for `/bin/sh`. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Formats a job as a command line for `/bin/sh`. */
export function shellCommand({ folder, command, environmentFile }: ScheduledJob): string {
  const environment = environmentFile === null ? [] : [`set -a && . ${shellQuote(environmentFile)} && set +a`];
  return [`cd ${shellQuote(folder)}`, ...environment, `exec ${command.map(shellQuote).join(' ')}`].join(' && ');
}
