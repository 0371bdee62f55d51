import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FetchResult } from '../../../src/core/fetch-result.js';
import { LakeError } from '../../../src/lake/lake-error.js';
import { createSegmentFile } from '../../../src/lake/spool/segment-file.js';
import type { CreateSegmentFile } from '../../../src/lake/spool/segment-file.js';
import { readSegment } from '../../../src/lake/spool/segment.js';
import { openSpool } from '../../../src/lake/spool/spool.js';
import type { Segment } from '../../../src/lake/spool/spool.js';
import { buildBarsResult, buildContractResult, buildFailedResult, buildSpoolOptions } from './fetch-results.js';

let folder = '';
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'spool-')), '_spool');
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

async function read(segments: readonly Segment[]): Promise<readonly FetchResult[]> {
  const contents = await Promise.all(segments.map(({ path }) => readSegment(path)));
  expect(contents.every(({ tornBytes, damage }) => tornBytes === 0 && damage.length === 0)).toBe(true);
  return contents.flatMap(({ results }) => results);
}

const buildResults = (count: number, from = 0): readonly FetchResult[] =>
  Array.from({ length: count }, (_, index) => buildBarsResult('AAPL', index % 7, `run/${from + index}`));

describe('a spool', () => {
  test('holds what was appended, in its order, however much at once', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    const deliveries = [
      buildContractResult('A'),
      buildFailedResult('B'),
      buildBarsResult('C', 20_000),
      ...buildResults(500),
    ];
    await Promise.all(deliveries.map((delivery) => spool.append(delivery)));
    expect(await read(await spool.rotate())).toEqual(deliveries);
    await spool.close();
  });

  test('what is appended after rotating is in later segments, even while rotating', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    const before = buildResults(50);
    const after = buildResults(50, 50);
    const early = before.map((delivery) => spool.append(delivery));
    const rotated = spool.rotate();
    const late = after.map((delivery) => spool.append(delivery));
    const first = await rotated;
    await Promise.all([...early, ...late]);
    expect(await read(first)).toEqual(before);
    const both = await spool.rotate();
    expect(await read(both)).toEqual([...before, ...after]);
    for (const segment of first) await spool.drop(segment);
    expect(await read(await spool.rotate())).toEqual(after);
    await spool.close();
  });

  test('what is appended from the answer to another append is not forgotten', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    const deliveries = buildResults(30);
    for (const delivery of deliveries) await spool.append(delivery);
    expect(await read(await spool.rotate())).toEqual(deliveries);
    await spool.close();
  });

  test('that was committed whole leaves nothing behind', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    await spool.append(buildFailedResult('A'));
    for (const segment of await spool.rotate()) await spool.drop(segment);
    await spool.close();
    expect(await readdir(folder)).toEqual([]);
  });

  test('rotating without new deliveries makes no segments', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    expect(await spool.rotate()).toEqual([]);
    await spool.append(buildFailedResult('A'));
    expect(await spool.rotate()).toHaveLength(1);
    expect(await spool.rotate()).toHaveLength(1);
    await spool.close();
  });

  test('a run has one spool', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    await expect(openSpool(buildSpoolOptions(folder, 'run'))).rejects.toBeInstanceOf(LakeError);
    await spool.close();
  });

  test('makes bytes durable in the background, once for many', async () => {
    let syncs = 0;
    const counting: CreateSegmentFile = async (path) => {
      const file = await createSegmentFile(path);
      return { ...file, sync: () => (syncs++, file.sync()) };
    };
    const ticks: (() => void)[] = [];
    const tick = (_: number, action: () => void) => (ticks.push(action), () => undefined);
    const spool = await openSpool({ ...buildSpoolOptions(folder, 'run'), tick, createFile: counting });
    for (const delivery of buildResults(20)) await spool.append(delivery);
    expect(syncs).toBe(0);
    for (const action of ticks) action();
    expect(syncs).toBe(1);
    await spool.rotate();
    expect(syncs).toBe(2);
    await spool.close();
  });
});

describe('a disk that fails', () => {
  /** Writes only half of what it is given while `full`, then fails. */
  function failingFile(code: string): { readonly create: CreateSegmentFile; full: boolean } {
    const disk = {
      full: false,
      create: (async (path) => {
        const file = await createSegmentFile(path);
        let started = false;
        return {
          ...file,
          async write(pieces, position) {
            if (!disk.full) return file.write(pieces, position);
            if (started) throw Object.assign(new Error(code), { code });
            started = true;
            const [first = new Uint8Array()] = pieces;
            return file.write([first.subarray(0, Math.ceil(first.length / 2))], position);
          },
        };
      }) satisfies CreateSegmentFile,
    };
    return disk;
  }

  test.each([
    ['ENOSPC', 'no-space'],
    ['EDQUOT', 'no-space'],
    ['EROFS', 'read-only'],
    ['EACCES', 'no-permission'],
    ['EIO', 'io'],
  ])('with %s says so, keeps what it has and goes on when it can', async (code, kind) => {
    const disk = failingFile(code);
    const spool = await openSpool({ ...buildSpoolOptions(folder, 'run'), createFile: disk.create });
    const [first, second, third] = [buildBarsResult('A', 3), buildBarsResult('B', 3), buildBarsResult('C', 3)];
    await spool.append(first);
    disk.full = true;
    await expect(spool.append(second)).rejects.toMatchObject({
      kind,
      path: expect.stringContaining('000001.spool') as string,
    });
    disk.full = false;
    await spool.append(third);
    expect(await read(await spool.rotate())).toEqual([first, third]);
    await spool.close();
  });

  test('that cannot be written completely in one go is written in several', async () => {
    const shortWrites: CreateSegmentFile = async (path) => {
      const file = await createSegmentFile(path);
      return {
        ...file,
        write: ([first = new Uint8Array()], position) => file.write([first.subarray(0, 1000)], position),
      };
    };
    const spool = await openSpool({ ...buildSpoolOptions(folder, 'run'), createFile: shortWrites });
    const deliveries = [buildBarsResult('A', 2000), ...buildResults(10)];
    await Promise.all(deliveries.map((delivery) => spool.append(delivery)));
    expect(await read(await spool.rotate())).toEqual(deliveries);
    await spool.close();
  });

  test('while making bytes durable is told to the next who appends', async () => {
    const broken: CreateSegmentFile = async (path) => ({
      ...(await createSegmentFile(path)),
      sync: () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })),
    });
    const ticks: (() => void)[] = [];
    const tick = (_: number, action: () => void) => (ticks.push(action), () => undefined);
    const spool = await openSpool({ ...buildSpoolOptions(folder, 'run'), tick, createFile: broken });
    await spool.append(buildFailedResult('A'));
    for (const action of ticks) action();
    await new Promise((resolve) => setImmediate(resolve));
    await expect(spool.append(buildFailedResult('B'))).rejects.toMatchObject({ kind: 'io' });
    await expect(spool.close()).rejects.toMatchObject({ kind: 'io' });
  });
});
