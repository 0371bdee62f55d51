import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { systemClock } from '../../../src/core/time/clock.js';
import { acquireLock } from '../../../src/lake/locks/lock.js';
import type { LockTarget } from '../../../src/lake/locks/lock-file.js';

const modules = inject('modules');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('six processes, three of which die, never hold a lock at the same time', async () => {
  const script = join(import.meta.dirname, 'locking-process.js');
  const rounds = 6;
  const processes = Array.from({ length: 6 }, (_, index) =>
    spawn(
      process.execPath,
      [script, modules, folder, String(index), String(rounds), index % 2 === 0 ? 'die' : 'live'],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    ),
  );
  const ends = await Promise.all(
    processes.map(async (child) => (await once(child, 'close')) as [number | null, string | null]),
  );
  expect(ends.map(([code, signal]) => signal ?? code)).toEqual(
    processes.map((_, index) => (index % 2 === 0 ? 'SIGKILL' : 0)),
  );
  expect(existsSync(join(folder, 'conflicts'))).toBe(false);
  const done = (await readFile(join(folder, 'rounds'), 'utf8')).trim().split('\n');
  expect(done).toHaveLength(processes.length * rounds);
});

test('five processes that find a dead lock acquire it one after the other', async () => {
  const script = join(import.meta.dirname, 'locking-process.js');
  for (let round = 0; round < 3; round++) {
    const first = spawn(process.execPath, [script, modules, folder, 'first', '1', 'die']);
    await once(first, 'close');
    const others = Array.from({ length: 5 }, (_, index) =>
      spawn(process.execPath, [script, modules, folder, `${round}-${index}`, '2', 'live']),
    );
    const ends = await Promise.all(others.map(async (child) => (await once(child, 'close')) as [number | null]));
    expect(ends.map(([code]) => code)).toEqual([0, 0, 0, 0, 0]);
  }
  expect(existsSync(join(folder, 'conflicts'))).toBe(false);
});

test('the lock of a repair is held by one of a repair and several runs that start at once', async () => {
  const targets: readonly LockTarget[] = [
    { kind: 'repair' },
    { kind: 'pipeline', pipeline: 'nightly' },
    { kind: 'pipeline', pipeline: 'other' },
  ];
  const holder = { runId: 'run', command: 'pipe run' };
  for (let round = 0; round < 20; round++) {
    const results = await Promise.all(
      targets.map((target) => acquireLock({ folder, target, wait: null, clock: systemClock, holder })),
    );
    const [isRepairing, ...areRunning] = results.map(({ ok }) => ok);
    expect(isRepairing === true && areRunning.includes(true)).toBe(false);
    for (const result of results) if (result.ok) await result.value.release();
  }
});
