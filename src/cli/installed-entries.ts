import { resolve } from 'node:path';

import { isOfFile } from '../serve/entries/entry.js';
import type { InstalledEntry } from '../serve/entries/entry.js';
import type { EntrySystem } from './entry-system.js';
import { systemsNamed } from './entry-systems.js';
import type { SystemFlags } from './entry-systems.js';
import { Stop } from './stop.js';
import type { Surroundings } from './surroundings.js';

/** An entry, and where it is installed. */
export interface FoundEntry extends InstalledEntry {
  readonly system: EntrySystem;
}

/** Which entries are wanted: those of a system, or of a file; all of this user when nothing is said. */
export interface WantedEntries {
  readonly systems?: SystemFlags;
  readonly file?: string;
}

/** What pipe has installed. A system that cannot be asked is passed over when it was not named. */
export async function installedEntries(
  at: Surroundings,
  { systems = {}, file }: WantedEntries = {},
): Promise<readonly FoundEntry[]> {
  const isNamed = Object.keys(systems).length > 0;
  const found: FoundEntry[] = [];
  for (const system of systemsNamed(systems, at)) {
    try {
      for (const entry of await system.list()) found.push({ ...entry, system });
    } catch (error) {
      if (isNamed || !(error instanceof Stop)) throw error;
    }
  }
  return file === undefined ? found : found.filter(({ id }) => isOfFile(id, resolve(file)));
}
