import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findAbandonedSpools, claimSpool } from '../../../src/lake/spool/abandoned-spools.js';
import { isAlive, ownerTimeout, getProcessIdentity } from '../../../src/lake/locks/process-identity.js';
import type { ProcessIdentity } from '../../../src/lake/locks/process-identity.js';
import { openSpool } from '../../../src/lake/spool/spool.js';
import {
  author,
  buildBarsResult,
  deadProcess,
  listRequestIds,
  leaveSpool,
  buildSpoolOptions,
} from './fetch-results.js';

let folder = '';
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'spools-')), '_spool');
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

const leaveRun = (runId: string, owner: ProcessIdentity): Promise<void> => leaveSpool(folder, runId, owner);
const findAbandonedRuns = async (): Promise<readonly string[]> =>
  (await findAbandonedSpools(folder)).map(({ runId }) => runId);

describe('abandoned spools', () => {
  test('are the spools of dead processes, oldest run first', async () => {
    expect(await findAbandonedSpools(folder)).toEqual([]);
    await leaveRun('run-b', deadProcess);
    await leaveRun('run-c', getProcessIdentity());
    await leaveRun('run-a', deadProcess);
    const found = await findAbandonedSpools(folder);
    expect(found).toEqual(
      ['run-a', 'run-b'].map((runId) => ({
        runId,
        folder: join(folder, runId),
        author: author(runId),
        startVersions: new Map(),
      })),
    );
  });

  test('name the versions that tables had before their run', async () => {
    const spool = await openSpool({
      ...buildSpoolOptions(folder, 'run', deadProcess),
      startVersions: { quotes: 1890, chains: null },
    });
    await spool.append(buildBarsResult('AAPL', 2));
    const [found] = await findAbandonedSpools(folder);
    const claimed = found === undefined ? null : await claimSpool(found, getProcessIdentity());
    expect([...(claimed?.startVersions ?? [])]).toEqual([['quotes', 1890]]);
  });

  test('include a spool that a living process has closed', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    await spool.append(buildBarsResult('AAPL', 2));
    expect(await findAbandonedRuns()).toEqual([]);
    await spool.close();
    expect(await findAbandonedRuns()).toEqual(['run']);
  });

  test('include a spool of another host when its heartbeat is older than the timeout', async () => {
    await leaveRun('run', { ...getProcessIdentity(), host: 'elsewhere' });
    expect(await findAbandonedRuns()).toEqual([]);
    const old = Date.now() / 1000 - ownerTimeout / 1000 - 10;
    await utimes(join(folder, 'run', 'owner.json'), old, old);
    expect(await findAbandonedRuns()).toEqual(['run']);
  });

  test('are claimed by exactly one of two concurrent claims, read and removed', async () => {
    await leaveRun('run', deadProcess);
    const [spool] = await findAbandonedSpools(folder);
    if (spool === undefined) throw new Error('a spool was expected');
    const claims = await Promise.all([
      claimSpool(spool, getProcessIdentity()),
      claimSpool(spool, getProcessIdentity()),
    ]);
    const [claimed = null, ...others] = claims.filter((claim) => claim !== null);
    expect(others).toEqual([]);
    expect(await findAbandonedRuns()).toEqual([]);
    expect(await listRequestIds(claimed)).toEqual(['run/1']);
    await claimed?.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  test('keep their run id when a claim is released or its claimant dies', async () => {
    await leaveRun('run', deadProcess);
    const [spool] = await findAbandonedSpools(folder);
    if (spool === undefined) throw new Error('a spool was expected');
    await (await claimSpool(spool, getProcessIdentity()))?.release();
    const [released] = await findAbandonedSpools(folder);
    if (released === undefined) throw new Error('a spool was expected');
    expect(released.runId).toBe('run');
    const dead = await claimSpool(released, deadProcess);
    expect(dead).not.toBeNull();
    const [inherited] = await findAbandonedSpools(folder);
    if (inherited === undefined) throw new Error('a spool was expected');
    expect(await listRequestIds(await claimSpool(inherited, getProcessIdentity()))).toEqual(['run/1']);
  });

  test.each([
    ['is torn', '{'],
    ['has other content', '{"pid":1}'],
    ['is missing', null],
  ])('with an owner file that %s are found under their run id after the timeout', async (_, text) => {
    await leaveRun('run', getProcessIdentity());
    for (const name of ['owner.json', 'released.json']) await rm(join(folder, 'run', name), { force: true });
    if (text !== null) await writeFile(join(folder, 'run', 'owner.json'), text);
    expect(await findAbandonedSpools(folder)).toEqual([]);
    const before = new Date(Date.now() - ownerTimeout - 10_000);
    for (const name of ['.', ...(await readdir(join(folder, 'run')))])
      await utimes(join(folder, 'run', name), before, before);
    const [found] = await findAbandonedSpools(folder);
    if (found === undefined) throw new Error('a spool was expected');
    expect(found.author.runId).toBe('run');
    expect(await listRequestIds(await claimSpool(found, getProcessIdentity()))).toEqual(['run/1']);
  });
});

describe('isAlive', () => {
  test('is false for a process whose start time differs from that of the running process with the same id', () => {
    expect(isAlive(getProcessIdentity(), Infinity)).toBe(true);
    expect(isAlive({ ...getProcessIdentity(), startedAt: 'earlier' }, 0)).toBe(getProcessIdentity().startedAt === null);
    expect(isAlive(deadProcess, 0)).toBe(false);
  });

  test.runIf(process.platform === 'linux')('is false for a process that ended and was not collected', async () => {
    // The shell starts a child and then becomes a program that never collects it.
    const shell = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = (await once(shell.stdout, 'data')) as [Buffer];
      const zombie = { ...getProcessIdentity(), pid: Number(line.toString()), startedAt: null };
      await expect.poll(() => isAlive(zombie, 0)).toBe(false);
    } finally {
      shell.kill();
    }
  });
});
