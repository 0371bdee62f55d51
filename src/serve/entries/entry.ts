import { createHash } from 'node:crypto';

import type { Schedule } from '../../pipeline/pipeline.js';

/** What a scheduler of the system is to run, and when; every path is absolute. */
export interface Entry {
  readonly pipeline: string;
  readonly file: string;
  readonly schedule: Schedule;
  /** Where it is run. */
  readonly folder: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** A file of `NAME=value` lines; null for none. */
  readonly environmentFile: string | null;
}

/** What an entry is called wherever it is installed: the same for a pipeline file every time, different for any two. */
export function entryId({ pipeline, file }: Pick<Entry, 'pipeline' | 'file'>): string {
  const name = pipeline.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `pipe-${name}-${createHash('sha256').update(file).digest('hex').slice(0, 8)}`;
}

/** A word as `/bin/sh` takes it, whatever is in it. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The entry as a line for `/bin/sh`. */
export function shellCommand({ folder, command, environmentFile }: Entry): string {
  const environment = environmentFile === null ? [] : [`set -a && . ${shellWord(environmentFile)} && set +a`];
  return [`cd ${shellWord(folder)}`, ...environment, `exec ${command.map(shellWord).join(' ')}`].join(' && ');
}
