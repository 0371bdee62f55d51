import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { abandonedSpools, claimSpool } from '../../../src/lake/spool/abandoned.js';
import { isAlive, silence, thisProcess } from '../../../src/lake/spool/owner.js';
import type { ProcessIdentity } from '../../../src/lake/spool/owner.js';
import { openSpool } from '../../../src/lake/spool/spool.js';
import { author, barsDelivery, deadProcess, deliveriesOf, leaveSpool, spoolOptions } from './deliveries.js';

let folder = '';
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'spools-')), '_spool');
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

const leave = (runId: string, owner: ProcessIdentity): Promise<void> => leaveSpool(folder, runId, owner);
const abandonedRuns = async (): Promise<readonly string[]> => (await abandonedSpools(folder)).map(({ runId }) => runId);

describe('abandoned spools', () => {
  test('are those of dead processes, oldest run first; a live run keeps its own', async () => {
    expect(await abandonedSpools(folder)).toEqual([]);
    await leave('run-b', deadProcess);
    await leave('run-c', thisProcess());
    await leave('run-a', deadProcess);
    const found = await abandonedSpools(folder);
    expect(found).toEqual(
      ['run-a', 'run-b'].map((runId) => ({
        runId,
        folder: join(folder, runId),
        author: author(runId),
        reached: new Map(),
      })),
    );
  });

  test('say which commits cannot be of their run', async () => {
    const spool = await openSpool({
      ...spoolOptions(folder, 'run', deadProcess),
      reached: { quotes: 1890, chains: -1 },
    });
    await spool.append(barsDelivery('AAPL', 2));
    const [found] = await abandonedSpools(folder);
    const claimed = found === undefined ? null : await claimSpool(found, thisProcess());
    expect([...(claimed?.reached ?? [])]).toEqual([
      ['quotes', 1890],
      ['chains', -1],
    ]);
  });

  test('are those that a living process has let go of', async () => {
    const spool = await openSpool(spoolOptions(folder, 'run'));
    await spool.append(barsDelivery('AAPL', 2));
    expect(await abandonedRuns()).toEqual([]);
    await spool.close();
    expect(await abandonedRuns()).toEqual(['run']);
  });

  test('of other hosts are known by their silence, in the time of the file system', async () => {
    await leave('run', { ...thisProcess(), host: 'elsewhere' });
    expect(await abandonedRuns()).toEqual([]);
    const old = Date.now() / 1000 - silence / 1000 - 10;
    await utimes(join(folder, 'run', 'owner.json'), old, old);
    expect(await abandonedRuns()).toEqual(['run']);
  });

  test('can be taken once, read and removed', async () => {
    await leave('run', deadProcess);
    const [spool] = await abandonedSpools(folder);
    if (spool === undefined) throw new Error('a spool was expected');
    const claims = await Promise.all([claimSpool(spool, thisProcess()), claimSpool(spool, thisProcess())]);
    const [claimed = null, ...others] = claims.filter((claim) => claim !== null);
    expect(others).toEqual([]);
    expect(await abandonedRuns()).toEqual([]);
    expect(await deliveriesOf(claimed)).toEqual(['run/1']);
    await claimed?.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  test('are given back, or inherited when their taker dies, still under their run', async () => {
    await leave('run', deadProcess);
    const [spool] = await abandonedSpools(folder);
    if (spool === undefined) throw new Error('a spool was expected');
    await (await claimSpool(spool, thisProcess()))?.release();
    const [released] = await abandonedSpools(folder);
    if (released === undefined) throw new Error('a spool was expected');
    expect(released.runId).toBe('run');
    const dead = await claimSpool(released, deadProcess);
    expect(dead).not.toBeNull();
    const [inherited] = await abandonedSpools(folder);
    if (inherited === undefined) throw new Error('a spool was expected');
    expect(await deliveriesOf(await claimSpool(inherited, thisProcess()))).toEqual(['run/1']);
  });

  test.each([
    ['is torn', '{'],
    ['says something else', '{"pid":1}'],
    ['is gone', null],
  ])('whose owner %s are taken over, under their run, once they have been silent', async (_, text) => {
    await leave('run', thisProcess());
    for (const name of ['owner.json', 'released.json']) await rm(join(folder, 'run', name), { force: true });
    if (text !== null) await writeFile(join(folder, 'run', 'owner.json'), text);
    expect(await abandonedSpools(folder)).toEqual([]);
    const before = new Date(Date.now() - silence - 10_000);
    for (const name of ['.', ...(await readdir(join(folder, 'run')))])
      await utimes(join(folder, 'run', name), before, before);
    const [found] = await abandonedSpools(folder);
    if (found === undefined) throw new Error('a spool was expected');
    expect(found.author.runId).toBe('run');
    expect(await deliveriesOf(await claimSpool(found, thisProcess()))).toEqual(['run/1']);
  });
});

describe('a process', () => {
  test('is told from a later one with its number', () => {
    expect(isAlive(thisProcess(), Infinity)).toBe(true);
    expect(isAlive({ ...thisProcess(), startedAt: 'earlier' }, 0)).toBe(thisProcess().startedAt === null);
    expect(isAlive(deadProcess, 0)).toBe(false);
  });

  test.runIf(process.platform === 'linux')('that ended without being collected is dead', async () => {
    // The shell starts a child and then becomes a program that never collects it.
    const shell = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = (await once(shell.stdout, 'data')) as [Buffer];
      const zombie = { ...thisProcess(), pid: Number(line.toString()), startedAt: null };
      await expect.poll(() => isAlive(zombie, 0)).toBe(false);
    } finally {
      shell.kill();
    }
  });
});
