import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { systemClock } from '../../../src/core/time/clock.js';
import { acquireLock, readLocks } from '../../../src/lake/locks/lock.js';
import type { Lock, LockOptions } from '../../../src/lake/locks/lock.js';
import { claimPath, lockPath, locksFolder, readEntry } from '../../../src/lake/locks/lock-file.js';
import type { LockTarget } from '../../../src/lake/locks/lock-file.js';
import { ownerTimeout, getProcessIdentity } from '../../../src/lake/locks/process-identity.js';

const modules = inject('modules');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const nightly: LockTarget = { kind: 'pipeline', pipeline: 'nightly' };

const options = (more: Partial<LockOptions> = {}): LockOptions => ({
  folder,
  target: nightly,
  wait: null,
  clock: systemClock,
  holder: { runId: 'run', command: 'pipe run' },
  ...more,
});

async function acquire(more: Partial<LockOptions> = {}): Promise<Lock> {
  const result = await acquireLock(options(more));
  if (!result.ok) throw new Error('the lock was expected to be free');
  return result.value;
}

/** Changes the holder in the file of a lock. */
async function rewriteHolder(more: object, path = lockPath(folder, nightly)): Promise<void> {
  const content = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...content, ...more }));
}

async function expireHeartbeat(path = lockPath(folder, nightly)): Promise<void> {
  const old = Date.now() / 1000 - ownerTimeout / 1000 - 10;
  await utimes(path, old, old);
}

describe('a lock', () => {
  test('has one holder at a time, which a failed attempt names', async () => {
    const lock = await acquire();
    const second = await acquireLock(options({ holder: { runId: 'other', command: 'pipe run x.yaml' } }));
    expect(second).toMatchObject({
      ok: false,
      error: {
        kind: 'lock-held',
        holder: { ...getProcessIdentity(), target: nightly, runId: 'run', command: 'pipe run' },
      },
    });
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
    expect(await lock.isHeld()).toBe(false);
    await (await acquire()).release();
    expect(await readdir(locksFolder(folder))).toEqual([]);
  });

  test.each(['a/b', '..', 'ünïcode 日本', 'x'.repeat(400), ''])(
    'protects only the named pipeline (%s)',
    async (pipeline) => {
      const target: LockTarget = { kind: 'pipeline', pipeline };
      const lock = await acquire({ target });
      expect(await readLocks(folder)).toMatchObject([{ target, runId: 'run', pid: process.pid }]);
      expect((await acquireLock(options({ target }))).ok).toBe(false);
      expect((await acquireLock(options({ target: { kind: 'pipeline', pipeline: `${pipeline}!` } }))).ok).toBe(true);
      await lock.release();
    },
  );

  test.each<LockTarget>([
    { kind: 'pipeline', pipeline: 'nightly' },
    { kind: 'alerts', pipeline: 'nightly' },
    { kind: 'channel', pipeline: 'nightly', channel: 'desk' },
    { kind: 'collector' },
  ])('of one kind does not lock another, with or without its kind in the file: %j', async (target) => {
    const lock = await acquire({ target });
    for (const kind of ['pipeline', 'alerts', 'channel', 'collector'] as const) {
      if (kind === target.kind) continue;
      const other = await acquireLock(options({ target: { kind, pipeline: 'nightly', channel: 'desk' } }));
      expect(other.ok && (await other.value.release(), true)).toBe(true);
    }
    expect(await readLocks(folder)).toMatchObject([{ target }]);
    const legacy: object = { kind: undefined, pipeline: undefined, channel: undefined };
    await rewriteHolder(legacy, lockPath(folder, target));
    expect((await readLocks(folder)).map((holder) => holder.target)).toEqual([target]);
    await lock.release();
  });

  test('is acquired by a waiting process after its release', async () => {
    const lock = await acquire();
    const waiting = acquireLock(options({ wait: 3_600_000 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await lock.release();
    expect((await waiting).ok).toBe(true);
  });

  test('is not waited for beyond the time limit, nor after the signal aborts', async () => {
    await acquire();
    const begin = Date.now();
    expect((await acquireLock(options({ wait: 300 }))).ok).toBe(false);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(295);
    const stop = new AbortController();
    const waiting = acquireLock(options({ wait: 3_600_000, signal: stop.signal }));
    stop.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });

  test('fails for a link to nothing and for a pipe in the place of its file', async () => {
    await mkdir(locksFolder(folder));
    const path = lockPath(folder, nightly);
    await symlink(join(folder, 'absent'), path);
    await expect(acquireLock(options())).rejects.toThrow('the symbolic link leads to no file');
    await rm(path);
    execFileSync('mkfifo', [path]);
    await expect(acquireLock(options())).rejects.toThrow('expected a file, found a pipe');
    await expect(readLocks(folder)).rejects.toThrow('expected a file, found a pipe');
  });

  test('renews its heartbeat', async () => {
    const ticks: (() => void)[] = [];
    await acquire({ tick: (_, action) => (ticks.push(action), () => undefined) });
    await expireHeartbeat();
    for (const action of ticks) action();
    await expect
      .poll(async () => Date.now() - (await stat(lockPath(folder, nightly))).mtimeMs)
      .toBeLessThan(ownerTimeout / 2);
    expect(await readLocks(folder)).toMatchObject([{ runId: 'run' }]);
  });
});

describe('a lock of a dead holder', () => {
  test.each([
    ['with an unknown process id', { pid: 2 ** 30 }],
    ['with the process id 0', { pid: 0 }],
    ['with a negative process id', { pid: -1 }],
    ['with a process id beyond all systems', { pid: 2 ** 32 + 1 }],
    ['with another start time', { startedAt: 'yesterday' }],
  ])('%s is taken over', async (_, change) => {
    const before = await acquire();
    await rewriteHolder(change);
    expect(await readLocks(folder)).toEqual([]);
    const after = await acquire({ holder: { runId: 'next', command: '' } });
    expect(await readLocks(folder)).toMatchObject([{ runId: 'next' }]);
    await before.release();
    expect(await after.isHeld()).toBe(true);
    await after.release();
    expect(await readdir(locksFolder(folder))).toEqual([]);
  });

  test.each([{ host: 'elsewhere' }, { space: 'pid:[1]' }])(
    'on %j is taken over only after the timeout',
    async (place) => {
      const lock = await acquire();
      await rewriteHolder({ ...place, token: 'theirs' });
      expect((await acquireLock(options())).ok).toBe(false);
      await expireHeartbeat();
      const mine = await acquire({ holder: { runId: 'next', command: '' } });
      expect(await lock.isHeld()).toBe(false);
      expect(await mine.isHeld()).toBe(true);
    },
  );

  test('with a torn file is taken over only after the timeout', async () => {
    await acquire();
    await writeFile(lockPath(folder, nightly), '');
    expect(await acquireLock(options())).toEqual({
      ok: false,
      error: { kind: 'lock-unreadable', path: lockPath(folder, nightly), until: expect.any(Number) as number },
    });
    await expireHeartbeat();
    expect((await acquireLock(options())).ok).toBe(true);
  });

  test('with a torn file from the future is taken over', async () => {
    await acquire();
    await writeFile(lockPath(folder, nightly), '{');
    const future = Date.now() / 1000 + ownerTimeout / 1000 + 60;
    await utimes(lockPath(folder, nightly), future, future);
    expect((await acquireLock(options())).ok).toBe(true);
  });

  test.each([
    ['whose process id and start belong to no process is taken over at once', { pid: 2 ** 22 + 1 }, 'x', true],
    ['whose process id belongs to a process is held', {}, 'x', false],
    ['of another machine is held', { pid: 2 ** 22 + 1, host: 'elsewhere' }, 'x', false],
    ['without its host is held', { pid: 2 ** 22 + 1 }, '"host"', false],
  ])('with a damaged file %s', async (_, change, damaged, isFree) => {
    await acquire();
    const startedAt = getProcessIdentity().startedAt?.replace(/[0-9]+$/, '1') ?? null;
    await rewriteHolder({ startedAt, ...change });
    const path = lockPath(folder, nightly);
    const text = (await readFile(path, 'utf8')).replace('"token"', 'token"');
    await writeFile(path, damaged === 'x' ? text : text.replace(damaged, 'host'));
    expect((await acquireLock(options())).ok).toBe(isFree && startedAt !== null);
  });

  test('with a damaged file is written again by its living holder, and removed by its release', async () => {
    const ticks: (() => void)[] = [];
    const lock = await acquire({ tick: (_, action) => (ticks.push(action), () => undefined) });
    await writeFile(lockPath(folder, nightly), '{');
    for (const action of ticks) action();
    await expect.poll(() => lock.isHeld()).toBe(true);
    await writeFile(lockPath(folder, nightly), '{');
    await lock.release();
    expect(await readdir(locksFolder(folder))).toEqual([]);
  });

  test('is taken over after two claimants died', async () => {
    await acquire();
    await rewriteHolder({ pid: 2 ** 30, token: 'first' });
    const content = await readFile(lockPath(folder, nightly), 'utf8');
    for (const [token, taker] of [
      ['first', 'second'],
      ['second', 'third'],
    ] as const) {
      await writeFile(claimPath(folder, nightly, token), content.replace('"first"', `"${taker}"`));
    }
    const lock = await acquire({ holder: { runId: 'next', command: '' } });
    expect(await lock.isHeld()).toBe(true);
    expect(await readdir(locksFolder(folder))).toEqual(['nightly.lock']);
  });

  test('is not taken over while another process is claiming the lock', async () => {
    await acquire();
    const living = await readFile(lockPath(folder, nightly), 'utf8');
    await writeFile(claimPath(folder, nightly, 'dead'), living);
    await rewriteHolder({ pid: 2 ** 30, token: 'dead' });
    expect((await acquireLock(options())).ok).toBe(false);
    expect((await readEntry(lockPath(folder, nightly)))?.token).toBe('dead');
  });

  test('is taken over by exactly one of twelve concurrent attempts', async () => {
    for (let round = 0; round < 20; round++) {
      await acquire();
      await rewriteHolder({ pid: 2 ** 30, token: `dead ${round}` });
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          acquireLock(options({ holder: { runId: `${round}-${index}`, command: '' } })),
        ),
      );
      const [lock, ...others] = results.flatMap((result) => (result.ok ? [result.value] : []));
      expect(others).toEqual([]);
      expect(await lock?.isHeld()).toBe(true);
      await lock?.release();
    }
    expect(await readdir(locksFolder(folder))).toEqual([]);
  });
});

describe('the lock of a repair', () => {
  const repair: LockTarget = { kind: 'repair' };
  const maintenance: LockTarget = { kind: 'maintenance' };

  test.each<LockTarget>([nightly, maintenance])('is not acquired beside %j, and the other way round', async (other) => {
    for (const [first, second] of [
      [repair, other],
      [other, repair],
    ] as const) {
      const lock = await acquire({ target: first });
      expect(await acquireLock(options({ target: second }))).toMatchObject({
        ok: false,
        error: { kind: 'lock-held', holder: { target: first } },
      });
      expect(await readdir(locksFolder(folder))).toHaveLength(1);
      await lock.release();
      await (await acquire({ target: second })).release();
    }
  });

  test('is acquired beside a collector, and runs beside maintenance', async () => {
    const held = [await acquire({ target: { kind: 'collector' } })];
    held.push(await acquire({ target: repair }));
    await held.pop()?.release();
    held.push(await acquire({ target: maintenance }), await acquire({ target: nightly }));
    for (const lock of held) await lock.release();
  });

  test('is acquired beside the lock of a dead run, and not beside a damaged one', async () => {
    await acquire();
    await rewriteHolder({ pid: 2 ** 30 });
    await (await acquire({ target: repair })).release();
    await writeFile(lockPath(folder, nightly), '');
    expect(await acquireLock(options({ target: repair }))).toMatchObject({ error: { kind: 'lock-unreadable' } });
  });

  test('that is given up at once, because of other work, stops no run', async () => {
    const lock = await acquire({ target: repair });
    const starting = acquireLock(options());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await lock.release();
    expect((await starting).ok).toBe(true);
  });

  test('is waited for by a run', async () => {
    const lock = await acquire({ target: repair });
    const waiting = acquireLock(options({ wait: 3_600_000 }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await lock.release();
    expect((await waiting).ok).toBe(true);
  });
});

test('a process exits although it holds a lock', async () => {
  const code = `
    const { acquireLock } = await import(${JSON.stringify(join(modules, 'lake/locks/lock.js'))});
    const { systemClock } = await import(${JSON.stringify(join(modules, 'core/time/clock.js'))});
    await acquireLock({ folder: ${JSON.stringify(folder)}, target: { kind: 'collector' }, wait: null, clock: systemClock, holder: { runId: 'r', command: '' } });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  expect(await once(child, 'close')).toEqual([0, null]);
});
