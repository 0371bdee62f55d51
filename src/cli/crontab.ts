import { cronLines, entriesInCrontab, withCronLines, withoutCronLines } from '../serve/entries/cron-entry.js';
import { callProgram } from './called-program.js';
import type { Said } from './called-program.js';
import { refusalOf } from './entry-system.js';
import type { EntrySystem } from './entry-system.js';
import { machineZone } from './machine-zone.js';
import type { Surroundings } from './surroundings.js';

/** The user's crontab. */
export function crontab({ environment }: Surroundings): EntrySystem {
  return {
    name: 'cron',
    clocks: machineZone(environment),
    print: cronLines,
    put: (entry) => change((table) => withCronLines(table, entry)),
    remove: (id) => change((table) => withoutCronLines(table, (other) => other === id)),
    async list() {
      const said = await callProgram('crontab', ['-l']);
      return said.code === 'absent' ? [] : entriesInCrontab(tableOf(said));
    },
  };
}

/** What is the same afterwards is not written. */
async function change(edit: (table: string) => string): Promise<void> {
  const now = tableOf(await callProgram('crontab', ['-l']));
  const then = edit(now);
  if (then === now) return;
  const said = await callProgram('crontab', ['-'], then);
  if (said.code !== 0) throw refused(said);
}

/** Without a table the program says so and fails: that is an empty one. */
function tableOf(said: Said): string {
  if (said.code === 0) return said.stdout;
  if (said.code !== 'absent' && /no crontab/i.test(said.stderr)) return '';
  throw refused(said);
}

function refused(said: Said): Error {
  const remedy =
    said.code === 'absent'
      ? 'install cron, or use --systemd or pipe serve'
      : 'see what would be installed with --print';
  return refusalOf('crontab', said, remedy);
}
