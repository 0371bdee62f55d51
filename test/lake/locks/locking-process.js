// Acquires a lock repeatedly and checks that no other process holds it meanwhile. Arguments: the compiled sources, the lake, the
// number of this process, the number of rounds, `die` to be killed while holding the lock in the last round.
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [, , modules, folder, number, rounds, end] = process.argv;
const { acquireLock } = await import(pathToFileURL(join(modules, 'lake/locks/lock.js')).href);
const { systemClock } = await import(pathToFileURL(join(modules, 'core/time/clock.js')).href);

for (let round = 1; round <= Number(rounds); round++) {
  const holder = { runId: `run-${number}-${round}`, command: 'test' };
  const lock = await acquireLock({
    folder,
    target: { kind: 'pipeline', pipeline: 'nightly' },
    wait: 60_000,
    clock: systemClock,
    holder,
  });
  if (!lock.ok) throw new Error('waited for a minute');
  // The file exists only if another process holds the lock too.
  const inside = join(folder, 'inside');
  try {
    writeFileSync(inside, number, { flag: 'wx' });
  } catch {
    appendFileSync(join(folder, 'conflicts'), `${number} found another holder\n`);
  }
  await setTimeout(3);
  rmSync(inside);
  appendFileSync(join(folder, 'rounds'), `${number}/${round}\n`);
  if (end === 'die' && round === Number(rounds)) process.kill(process.pid, 'SIGKILL');
  await lock.value.release();
}
