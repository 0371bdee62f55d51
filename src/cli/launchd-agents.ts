import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { entryId, isOfFile } from '../serve/entries/entry.js';
import type { Entry } from '../serve/entries/entry.js';
import { entryOfAgent, launchdAgent, launchdLabel } from '../serve/entries/launchd-entry.js';
import { callProgram } from './called-program.js';
import { entriesIn, printed, writeEntryFiles } from './entry-files.js';
import { refusalOf } from './entry-system.js';
import type { EntrySystem } from './entry-system.js';
import { machineZone } from './machine-zone.js';
import type { Surroundings } from './surroundings.js';

/** Agents of the user's launchd. */
export function launchdAgents({ environment, lineageFolder }: Surroundings): EntrySystem {
  const folder = join(environment['HOME'] ?? homedir(), 'Library', 'LaunchAgents');
  const pathOf = (id: string): string => join(folder, `${launchdLabel(id)}.plist`);
  const agentOf = (entry: Entry) => [launchdAgent(entry, join(lineageFolder, `${entryId(entry)}.log`))];
  const list = () => entriesIn(folder, entryOfAgent);
  const remove = async (id: string): Promise<void> => {
    await callProgram('launchctl', ['unload', '-w', pathOf(id)]);
    await rm(pathOf(id), { force: true });
  };
  return {
    name: 'launchd',
    clocks: machineZone(environment),
    list,
    remove,
    print: (entry) => printed(folder, agentOf(entry)),
    async put(entry) {
      const id = entryId(entry);
      // Before anything is written: it fails where there is no launchd.
      await control('list');
      await writeEntryFiles(folder, agentOf(entry), async () => {
        await callProgram('launchctl', ['unload', pathOf(id)]);
        await control('load', '-w', pathOf(id));
      });
      for (const other of await list()) if (other.id !== id && isOfFile(other.id, entry.file)) await remove(other.id);
    },
  };
}

async function control(...args: readonly string[]): Promise<void> {
  const said = await callProgram('launchctl', args);
  if (said.code !== 0) throw refusalOf('launchctl', said, 'use --cron or pipe serve, or see it with --print');
}
