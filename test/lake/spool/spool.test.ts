import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, statSync } from 'node:fs';
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
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
  test('returns results in the order in which they were appended, even when appended concurrently', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    const results = [
      buildContractResult('A'),
      buildFailedResult('B'),
      buildBarsResult('C', 20_000),
      ...buildResults(500),
    ];
    await Promise.all(results.map((result) => spool.append(result)));
    expect(await read(await spool.rotate())).toEqual(results);
    await spool.close();
  });

  test('puts results that are appended during a rotation into later segments', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    const before = buildResults(50);
    const after = buildResults(50, 50);
    const early = before.map((result) => spool.append(result));
    const rotated = spool.rotate();
    const late = after.map((result) => spool.append(result));
    const first = await rotated;
    await Promise.all([...early, ...late]);
    expect(await read(first)).toEqual(before);
    const both = await spool.rotate();
    expect(await read(both)).toEqual([...before, ...after]);
    for (const segment of first) await spool.drop(segment);
    expect(await read(await spool.rotate())).toEqual(after);
    await spool.close();
  });

  test('returns results that are appended sequentially', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    const results = buildResults(30);
    for (const result of results) await spool.append(result);
    expect(await read(await spool.rotate())).toEqual(results);
    await spool.close();
  });

  test('deletes its folder when every segment was dropped', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    await spool.append(buildFailedResult('A'));
    for (const segment of await spool.rotate()) await spool.drop(segment);
    await spool.close();
    expect(await readdir(folder)).toEqual([]);
  });

  test('creates no segment when it rotates without new results', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    expect(await spool.rotate()).toEqual([]);
    await spool.append(buildFailedResult('A'));
    expect(await spool.rotate()).toHaveLength(1);
    expect(await spool.rotate()).toHaveLength(1);
    await spool.close();
  });

  test('rejects a second spool of the same run', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    await expect(openSpool(buildSpoolOptions(folder, 'run'))).rejects.toBeInstanceOf(LakeError);
    await spool.close();
  });

  test('syncs many results once, in the background', async () => {
    let syncs = 0;
    const counting: CreateSegmentFile = async (path) => {
      const file = await createSegmentFile(path);
      return { ...file, sync: () => (syncs++, file.sync()) };
    };
    const ticks: (() => void)[] = [];
    const tick = (_: number, action: () => void) => (ticks.push(action), () => undefined);
    const spool = await openSpool({ ...buildSpoolOptions(folder, 'run'), tick, createFile: counting });
    for (const result of buildResults(20)) await spool.append(result);
    expect(syncs).toBe(0);
    for (const action of ticks) action();
    expect(syncs).toBe(1);
    await spool.rotate();
    expect(syncs).toBe(2);
    await spool.close();
  });
});

describe.skipIf(process.platform === 'win32')('while every thread for asynchronous calls is blocked', () => {
  test('a result is written, so that a killed process does not lose it', async () => {
    const spool = await openSpool(buildSpoolOptions(folder, 'run'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    // More than the pool has threads; opening a pipe waits for its other end.
    const blocked = Array.from({ length: 8 }, () => open(pipe, 'r'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await spool.append(buildBarsResult('AAPL', 5));
    expect(statSync(join(spool.folder, '000001.spool')).size).toBeGreaterThan(100);
    const writer = openSync(pipe, constants.O_RDWR);
    for (const handle of await Promise.all(blocked)) await handle.close();
    closeSync(writer);
    await spool.close();
  });
});

describe('a spool on a failing disk', () => {
  /** While `full`, writes a half of the first piece, then fails. */
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
  ])(
    'rejects the result with %s, keeps the other results and accepts further results when the disk works again',
    async (code, kind) => {
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
    },
  );

  test('writes a result in several calls when the system writes only a part', async () => {
    const shortWrites: CreateSegmentFile = async (path) => {
      const file = await createSegmentFile(path);
      return {
        ...file,
        write: ([first = new Uint8Array()], position) => file.write([first.subarray(0, 1000)], position),
      };
    };
    const spool = await openSpool({ ...buildSpoolOptions(folder, 'run'), createFile: shortWrites });
    const results = [buildBarsResult('A', 2000), ...buildResults(10)];
    await Promise.all(results.map((result) => spool.append(result)));
    expect(await read(await spool.rotate())).toEqual(results);
    await spool.close();
  });

  test('rejects the next append after a failed background sync', async () => {
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
