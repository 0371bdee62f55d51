import { createHash } from 'node:crypto';

import type { JobTimes } from './job-times.js';
import type { Duration } from '../../core/time/time.js';

/** What a scheduler of the system is to run, and when; every path is absolute. */
export interface ScheduledJob {
  readonly pipeline: string;
  readonly file: string;
  /** The schedule in words. */
  readonly schedule: string;
  readonly times: JobTimes;
  /** By how much its start is spread, where the system can. */
  readonly jitter: Duration;
  /** Whether a time that passes while the machine is off is made up for, where the system can. */
  readonly catchesUp: boolean;
  /** Where it is run. */
  readonly folder: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** A file of `NAME=value` lines; null for none. */
  readonly environmentFile: string | null;
}

/** An entry as it is found again where it was installed. */
export interface InstalledJob {
  readonly id: string;
  /** Null where an older version did not write it down. */
  readonly pipeline: string | null;
  readonly file: string | null;
}

/** What an entry is called wherever it is installed: the same for a pipeline file every time, different for any two. */
export function computeJobId({ pipeline, file }: Pick<ScheduledJob, 'pipeline' | 'file'>): string {
  return `pipe-${pipeline.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${hashFile(file)}`;
}

/** What an id looks like. */
export const jobIdPattern = 'pipe-[a-z0-9-]*-[0-9a-f]{8}';

/** Whether an entry is one of a pipeline file, whatever its pipeline was called then. */
export function belongsToFile(id: string, file: string): boolean {
  return id.endsWith(`-${hashFile(file)}`);
}

function hashFile(file: string): string {
  return createHash('sha256').update(file).digest('hex').slice(0, 8);
}

/** What is written into an entry for people, and to know it by when its pipeline file is gone. */
export function metadataComments({ pipeline, file, schedule, times }: ScheduledJob): readonly string[] {
  const supersetNote = `; the times are all that clocks of ${times.timeZone} can show then, and each run looks whether it is due`;
  return [`pipeline: ${pipeline}`, `file: ${file}`, `schedule: ${schedule}${times.isSuperset ? supersetNote : ''}`];
}

/** An entry by the lines of remarks in it. */
export function parseMetadata(id: string, lines: readonly string[]): InstalledJob {
  const readField = (name: string): string | null =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
  return { id, pipeline: readField('pipeline'), file: readField('file') };
}

/** A word as `/bin/sh` takes it, whatever is in it. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The entry as a line for `/bin/sh`. */
export function shellCommand({ folder, command, environmentFile }: ScheduledJob): string {
  const environment = environmentFile === null ? [] : [`set -a && . ${shellQuote(environmentFile)} && set +a`];
  return [`cd ${shellQuote(folder)}`, ...environment, `exec ${command.map(shellQuote).join(' ')}`].join(' && ');
}
