import type { Entry, InstalledEntry } from '../serve/entries/entry.js';
import { exitCode } from './exit-code.js';
import type { Said } from './called-program.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

export type SystemName = 'cron' | 'systemd' | 'launchd';

/** Something of the machine that starts programs when it is time. */
export interface EntrySystem {
  readonly name: SystemName;
  /** The zone of the only clocks it knows; null when it knows those of all. */
  readonly clocks: string | null;
  /** What is installed for an entry, as text. */
  print(entry: Entry): string;
  /** Installs an entry instead of all others of its file. A failure ends the command, and all is as it was before. */
  put(entry: Entry): Promise<void>;
  /** What is installed; nothing where there is no such system. */
  list(): Promise<readonly InstalledEntry[]>;
  remove(id: string): Promise<void>;
}

/** Makes a system in the surroundings of a command. */
export type MakeEntrySystem = (at: Surroundings) => EntrySystem;

/** Why a program of the system did not do what it was called for. */
export function refusalOf(program: string, { code, stdout, stderr }: Said, remedy: string): Stop {
  if (code === 'absent') return new Stop(exitCode.usage, `${program} is not on this machine`, remedy);
  const words = [stderr, stdout].map((text) => text.trim()).find((text) => text !== '') ?? `exit code ${String(code)}`;
  return new Stop(exitCode.usage, `${program} refused: ${words}; nothing was changed`, remedy);
}
