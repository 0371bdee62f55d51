import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/time/clock.js';
import { acquireLock } from '../../../src/lake/locks/lock.js';
import type { Lock } from '../../../src/lake/locks/lock.js';
import { lockPath } from '../../../src/lake/locks/lock-file.js';
import type { LockTarget } from '../../../src/lake/locks/lock-file.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const pipeline = 'name: small\nprovider: mock\nsymbols: [AAPL]\nsteps:\n  contracts: {}\n';
const now = ['--now', '2026-01-15T23:30:00Z'];
const run = [...now, 'run', 'small.yaml', '--quiet'];

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.write('small.yaml', pipeline);
  expect(await rig.pipe(...run)).toMatchObject({ exitCode: 0 });
});

async function hold(target: LockTarget): Promise<Lock> {
  const holder = { runId: 'other', command: 'pipe of another user' };
  const lock = await acquireLock({ folder: rig.path('data'), target, clock: systemClock, holder, wait: null });
  if (!lock.ok) throw new Error('the lock was expected to be free');
  return lock.value;
}

const nightly: LockTarget = { kind: 'pipeline', pipeline: 'nightly' };

describe('a command that needs a locked lake exits with 11 and names the process', () => {
  test.each<[string, readonly string[], LockTarget, string]>([
    ['a repair beside a run', ['check', '--repair'], nightly, 'a run of nightly is in progress'],
    ['a repair beside maintenance', ['check', '--repair'], { kind: 'maintenance' }, 'maintenance of the lake is in'],
    ['a repair beside a repair', ['check', '--repair'], { kind: 'repair' }, 'a repair of the lake is in progress'],
    ['maintenance beside a repair', ['maintain'], { kind: 'repair' }, 'a repair of the lake is in progress'],
    ['a run beside a repair', run, { kind: 'repair' }, 'small cannot run: a repair of the lake is in progress'],
  ])('%s', async (_, args, target, sentence) => {
    const lock = await hold(target);
    const refused = await rig.pipe(...args);
    expect(refused.exitCode).toBe(11);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain(sentence);
    expect(refused.stderr).toContain(`pid ${String(process.pid)} on `);
    expect(refused.stderr).toContain('pipe of another user');
    await lock.release();
    expect(await rig.pipe(...args)).toMatchObject({ exitCode: 0 });
  });

  test('an add beside a run, which keeps the symbol without data', async () => {
    await rig.write('other.yaml', pipeline.replace('small', 'other'));
    const add = [...now, 'add', 'TSLA', '--pipeline', 'other.yaml', '--quiet'];
    const lock = await hold({ kind: 'pipeline', pipeline: 'other' });
    const refused = await rig.pipe(...add);
    expect(refused.exitCode).toBe(11);
    expect(refused.stderr).toContain('TSLA is in other.yaml, without data yet; fetch them with the same command');
    expect(refused.stderr).not.toContain('--wait');
    await lock.release();
    expect(await rig.pipe(...add)).toMatchObject({ exitCode: 0 });
  });

  test('and not otherwise: reading commands and other runs go on', async () => {
    const repair = await hold({ kind: 'repair' });
    for (const args of [['check'], ['status'], [...now, 'plan', 'small.yaml'], ['query', 'SELECT 1']])
      expect(await rig.pipe(...args)).toMatchObject({ exitCode: 0 });
    expect((await rig.pipe('status')).stdout).toContain('repair of the lake by pid');
    await repair.release();
    const maintenance = await hold({ kind: 'maintenance' });
    expect(await rig.pipe(...run)).toMatchObject({ exitCode: 0 });
    await maintenance.release();
  });
});

test('a damaged lock is named with the time until which it counts', async () => {
  const lock = await hold(nightly);
  const path = lockPath(rig.path('data'), nightly);
  await writeFile(path, 'garbage');
  const refused = await rig.pipe('check', '--repair');
  expect(refused.exitCode).toBe(11);
  expect(refused.stderr).toContain(`the lock ${path} cannot be read: its process may be at work until `);
  expect(refused.stderr).toContain('or delete the file if no such process is at work on any machine');
  await lock.release();
});

test('a repair creates no lake', async () => {
  const empty = await createRig();
  await empty.pipe('check', '--repair');
  expect(await empty.files()).toEqual([]);
});
