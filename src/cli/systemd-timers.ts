import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { entryId, isOfFile } from '../serve/entries/entry.js';
import { entryOfTimer, systemdUnits } from '../serve/entries/systemd-entry.js';
import { callProgram } from './called-program.js';
import { entriesIn, printed, writeEntryFiles } from './entry-files.js';
import { refusalOf } from './entry-system.js';
import type { EntrySystem } from './entry-system.js';
import type { Surroundings } from './surroundings.js';

/** Timers of the user's own systemd. */
export function systemdTimers(at: Surroundings): EntrySystem {
  const { environment } = at;
  const home = environment['HOME'] ?? homedir();
  const folder = join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'systemd', 'user');
  const list = () => entriesIn(folder, entryOfTimer);
  const remove = async (id: string): Promise<void> => {
    await callProgram('systemctl', ['--user', 'disable', '--now', `${id}.timer`]);
    for (const kind of ['service', 'timer']) await rm(join(folder, `${id}.${kind}`), { force: true });
    await callProgram('systemctl', ['--user', 'daemon-reload']);
  };
  return {
    name: 'systemd',
    clocks: null,
    list,
    remove,
    print: (entry) => printed(folder, systemdUnits(entry)),
    async put(entry) {
      const id = entryId(entry);
      const timer = `${id}.timer`;
      // Before anything is written: it fails where this user has no systemd.
      await control('daemon-reload');
      const wasThere = (await list()).some((other) => other.id === id);
      try {
        await writeEntryFiles(folder, systemdUnits(entry), async () => {
          await control('daemon-reload');
          try {
            await control('enable', '--now', timer);
          } catch (error) {
            if (!wasThere) await callProgram('systemctl', ['--user', 'disable', timer]);
            throw error;
          }
        });
      } catch (error) {
        await callProgram('systemctl', ['--user', 'daemon-reload']);
        throw error;
      }
      for (const other of await list()) if (other.id !== id && isOfFile(other.id, entry.file)) await remove(other.id);
      await mentionLingering(at);
    },
  };
}

async function control(...args: readonly string[]): Promise<void> {
  const said = await callProgram('systemctl', ['--user', ...args]);
  if (said.code !== 0) throw refusalOf('systemctl', said, 'use --cron or pipe serve, or see it with --print');
}

/** A user's systemd ends when the user has logged out, and no timer of it starts anything then. */
async function mentionLingering(at: Surroundings): Promise<void> {
  if (process.getuid?.() === 0) return;
  const user = at.environment['USER'] ?? '';
  const said = await callProgram('loginctl', ['show-user', user, '--property=Linger']);
  if (/^Linger=yes$/m.test(said.stdout)) return;
  at.note(`while ${user === '' ? 'you are' : `${user} is`} logged out it does not run, unless: loginctl enable-linger`);
}
