/** Full and read-only disks, torn and damaged files: each leads to a clear error or a repair. */
import { cp, mkdir, open, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { createRig } from '../rig.js';
import type { CallResult, Rig } from '../rig.js';
import { createFilledProject, now, runPlan, smallPipeline } from '../fixtures/project.js';
import { canMount, mountSmallDisk } from '../fixtures/small-disk.js';
import type { SmallDisk } from '../fixtures/small-disk.js';

const run = ['run', 'small.yaml', '--now', now];
let filled: Rig;

beforeAll(async () => {
  filled = await createFilledProject();
});

async function copyFilledProject(): Promise<Rig> {
  const rig = await createRig();
  await cp(filled.folder, rig.folder, { recursive: true });
  return rig;
}

async function createEmptyProject(): Promise<Rig> {
  const rig = await createRig();
  await rig.write('small.yaml', smallPipeline);
  return rig;
}

/** Expects a clear error about the disk: two lines, the second with a hint, and no stack. */
function expectDiskError(result: CallResult, problem: RegExp): void {
  expect(result.stderr).toMatch(problem);
  expect(result.stderr).toMatch(/(^|\n)pipe: [^\n]+\n {2}[^\n]+\n$/);
  expect(result.stderr).not.toMatch(/ {4}at |this is a bug/);
  expect(result.exitCode).toBe(7);
}

async function expectComplete(rig: Rig): Promise<void> {
  expect((await runPlan(rig)).requests).toBe(0);
  expect(await countRows(rig)).toBe(await countRows(filled));
  const check = await rig.pipe('check');
  expect(check.exitCode, check.stdout).toBe(0);
  expect((await rig.files('data')).filter((path) => /^(_spool|_writing|_locks)\/|\.tmp/.test(path))).toEqual([]);
}

async function countRows(rig: Rig): Promise<string> {
  const tables = ['contracts', 'chains', 'equity_bars', 'option_bars'];
  const counted = tables.map((table) => `SELECT '${table}', symbol, count(*) FROM ${table} GROUP BY ALL`);
  const { stdout } = await rig.pipe('query', '--csv', `${counted.join(' UNION ALL ')} ORDER BY ALL`);
  return stdout;
}

describe.skipIf(!canMount)('a lake on a separate disk', () => {
  function mountDiskIn(rig: Rig, folder: string, kilobytes: number): SmallDisk {
    const disk = mountSmallDisk(rig.path(folder), kilobytes);
    onTestFinished(() => {
      disk.unmount();
    });
    return disk;
  }

  test.for([16, 120, 300])(
    'that is full after %i kB: the run reports it and continues once space is free',
    async (size) => {
      const rig = await createEmptyProject();
      const disk = mountDiskIn(rig, 'data', size);
      const full = await rig.pipe(...run, '--record-calls', 'calls.ndjson');
      expectDiskError(full, /the disk is full/);
      // Reading still works.
      expect((await rig.pipe('plan', 'small.yaml', '--now', now)).exitCode).toBe(0);
      expect((await rig.pipe('status')).exitCode).toBe(0);
      expect((await rig.pipe('report')).stdout).toMatch(/^small {2}failed /);
      disk.resize(20_000);
      const again = await rig.pipe(...run, '--record-calls', 'calls.ndjson');
      expect(again.exitCode, again.stderr).toBe(0);
      await expectComplete(rig);
    },
  );

  test('that is read-only: every command but writing ones works', async () => {
    const rig = await createEmptyProject();
    const disk = mountDiskIn(rig, 'data', 20_000);
    await rig.pipe(...run, '--symbols', 'AAPL');
    disk.readOnly();
    expectDiskError(await rig.pipe(...run), /the file system is read-only/);
    expectDiskError(await rig.pipe('maintain'), /the file system is read-only/);
    const reading = await Promise.all([
      rig.pipe('plan', 'small.yaml', '--now', now),
      rig.pipe('status'),
      rig.pipe('lineage', 'AAPL'),
      rig.pipe('query', 'SELECT count(*) FROM equity_bars'),
      rig.pipe('check'),
    ]);
    expect(reading.map(({ exitCode, stderr }) => `${String(exitCode)}${stderr}`)).toEqual(['0', '0', '0', '0', '0']);
    disk.writable();
    expect((await rig.pipe(...run)).exitCode).toBe(0);
    await expectComplete(rig);
  });

  test('for run records: a read-only one prevents requests, a full one does not prevent storing data', async () => {
    const rig = await createEmptyProject();
    const disk = mountDiskIn(rig, 'lineage', 8);
    disk.readOnly();
    expectDiskError(
      await rig.pipe(...run, '--record-calls', 'calls.ndjson'),
      /cannot read or write run records: .*lineage: the file system is read-only/,
    );
    expect(await rig.files()).toEqual(['small.yaml']);
    disk.writable();
    const full = await rig.pipe(...run, '--quiet');
    expect(full.stderr).toMatch(/^run record incomplete: cannot write [^\n]*: ENOSPC[^\n]*\n$/);
    expect(full.exitCode).toBe(0);
    await expectComplete(rig);
  });
});

describe('the run records', () => {
  test('report an error if their folder is a file', async () => {
    const rig = await createEmptyProject();
    await rig.write('lineage', 'not a folder');
    await mkdir(rig.path('data'));
    for (const words of [run, ['report'], ['status']]) {
      expectDiskError(
        await rig.pipe(...words),
        /cannot record runs in .*lineage: it is not a folder\n {2}choose another folder with --lineage/,
      );
    }
    expect(await rig.files()).toEqual(['lineage', 'small.yaml']);
  });

  test('do not stop a run if they are damaged', async () => {
    const rig = await copyFilledProject();
    for (const file of await rig.files('lineage')) {
      if (/run\.json$|ndjson$/.test(file)) await truncate(rig.path('lineage', file), 40);
    }
    expect((await rig.pipe(...run)).exitCode).toBe(0);
    const status = await rig.pipe('status');
    expect(status.exitCode).toBe(0);
    expect(status.stdout).toMatch(/small +ok/);
    await expectComplete(rig);
  });
});

describe('damaged files', () => {
  test('drops a torn end of the spool, reports it, and requests the data again', async () => {
    const rig = await createRig();
    const stuck = smallPipeline.replace(
      'provider: mock\n',
      'provider: mock\nproviders: { mock: { delay: 1s } }\npacing: { concurrency: 1 }\n',
    );
    await rig.write('small.yaml', stuck);
    const call = rig.spawn(...run, '--debug', '--record-calls', 'calls.ndjson');
    await call.waitForOutput(/("type":"request-completed"[^]*){3}/);
    call.kill('SIGKILL');
    await call.result;
    const [segment] = (await rig.files('data/_spool')).filter((path) => path.endsWith('.spool'));
    const path = rig.path('data/_spool', segment ?? '');
    await truncate(path, (await stat(path)).size - 20);
    await rig.write('small.yaml', smallPipeline);
    const next = await rig.pipe(...run);
    expect(next.exitCode, next.stderr).toBe(0);
    expect(next.stderr).toMatch(/^committed \d+ results? \(.*\) received by 1 interrupted run/);
    await expectComplete(rig);
  });

  test('names a torn commit; the table starts empty once the user moves it away', async () => {
    const rig = await copyFilledProject();
    const log = rig.path('data/contracts/_delta_log/00000000000000000000.json');
    await truncate(log, (await stat(log)).size - 20);
    const commands: readonly (readonly [readonly string[], number])[] = [
      [run, 3],
      [['plan', 'small.yaml', '--now', now], 0],
      [['plan', 'small.yaml', '--now', now, '--exit-code'], 3],
      [['status'], 0],
      [['query', 'SELECT 1 FROM contracts'], 7],
      [['query', 'SELECT 1 FROM equity_bars'], 0],
      [['check'], 5],
    ];
    for (const [words, expected] of commands) {
      const { exitCode, stdout, stderr } = await rig.pipe(...words);
      expect(exitCode, words.join(' ')).toBe(expected);
      if (!words.includes('SELECT 1 FROM equity_bars'))
        expect(stdout + stderr, words.join(' ')).toContain('_delta_log/00000000000000000000.json');
    }
    // A table of its own does not suffer, though rules compare it with the damaged one.
    expect((await rig.pipe('check', '--dataset', 'equity_bars')).exitCode).toBe(0);
    await rename(log, rig.path('torn.json'));
    const next = await rig.pipe(...run);
    expect(next.exitCode, next.stderr).toBe(0);
    await expectComplete(rig);
  });

  test('check finds a changed Parquet file, quarantines it on request, and the next run refetches its data', async () => {
    const rig = await copyFilledProject();
    const [bars] = (await rig.files('data')).filter((path) => /^equity_bars\/.*\.parquet$/.test(path));
    const path = rig.path('data', bars ?? '');
    const file = await open(path, 'r+');
    await file.write('broken!!', (await stat(path)).size - 8);
    await file.close();
    expectDiskError(await rig.pipe(...run), /a Parquet file is damaged\n {2}.*pipe check --repair/);
    const query = await rig.pipe('query', '--csv', '--quiet', 'SELECT count(*) FROM equity_bars');
    expect(query.stdout).toBe('count_star()\n0\n');
    expect(query.stderr).toMatch(
      /^equity_bars: bar_size=.*\.parquet is damaged \(unreadable\); the result lacks its rows\n$/,
    );
    expect((await rig.pipe('check')).exitCode).toBe(5);
    expect((await rig.pipe('check', '--repair')).exitCode).toBe(5);
    const next = await rig.pipe(...run);
    expect(next.exitCode, next.stderr).toBe(0);
    expect((await runPlan(rig)).requests).toBe(0);
    expect(await countRows(rig)).toBe(await countRows(filled));
  });

  test('finds a truncated file without check', async () => {
    const rig = await copyFilledProject();
    const [options] = (await rig.files('data')).filter((path) => /^option_bars\/symbol=AAPL.*\.parquet$/.test(path));
    await truncate(rig.path('data', options ?? ''), 100);
    const plan = await rig.pipe('plan', 'small.yaml', '--now', now);
    expect(plan.stderr).toMatch(
      /^corrupted file in option_bars: symbol=AAPL\/.*\.parquet \(size-mismatch\); its windows are missing from now on\n$/,
    );
    const next = await rig.pipe(...run);
    expect(next.exitCode, next.stderr).toBe(0);
    await expectComplete(rig);
  });

  test('recreates damaged views', async () => {
    const rig = await copyFilledProject();
    await writeFile(rig.path('data/lake.duckdb'), 'not a database');
    expect((await rig.pipe('query', 'SELECT count(*) FROM equity_bars')).exitCode).toBe(0);
    expect((await rig.pipe('maintain')).exitCode).toBe(0);
    expect((await readFile(rig.path('data/lake.duckdb'))).subarray(8, 12).toString()).toBe('DUCK');
    await expectComplete(rig);
  });

  test('fails before any request if the call log cannot be written', async () => {
    const rig = await createEmptyProject();
    await rig.write('occupied', 'a file');
    const { exitCode, stderr } = await rig.pipe(...run, '--record-calls', 'occupied/calls.ndjson');
    expect(stderr).toContain('occupied');
    expect(exitCode).toBe(2);
    expect((await rig.files('data')).filter((path) => path.endsWith('.parquet'))).toEqual([]);
  });
});
