import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Document } from '../fixtures/project.js';
import { now } from '../fixtures/project.js';
import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';

/*
 * `lake-0376384.tgz` is a project as commit 0376384 left it: `held.yaml` holds all that it wants, `troubled.yaml` has windows that
 * were denied, failed and (in the words of that time) lost, and `interrupted.yaml` was killed with six answers in its spool.
 */

const archive = join(import.meta.dirname, '../fixtures/lake-0376384.tgz');

const tables = [
  'contracts',
  'chains',
  'equity_bars',
  'option_bars',
  'quotes',
  'history_starts',
  'option_snapshots',
  'overviews',
  'daily_closes',
];

/** Unpacks the project and replaces old names in its files by current names. */
async function unpackProject(): Promise<Rig> {
  const rig = await createRig();
  await promisify(execFile)('tar', ['xzf', archive, '-C', rig.folder]);
  await replaceText(rig, 'troubled.scenario.yaml', 'failure: lost', 'failure: unavailable');
  await replaceText(rig, 'interrupted.yaml', 'symbols: 1', 'max_symbols: 1');
  return rig;
}

async function replaceText(rig: Rig, path: string, old: string, current: string): Promise<void> {
  const text = await rig.read(path);
  expect(text).toContain(old);
  await rig.write(path, text.replace(old, current));
}

async function readDocument<T>(rig: Rig, ...args: readonly string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await rig.pipe(...args, '--json');
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

const plan = (rig: Rig, file: string, at = now): Promise<Document> => readDocument(rig, 'plan', file, '--now', at);
const query = (rig: Rig, sql: string): Promise<readonly Record<string, unknown>[]> => readDocument(rig, 'query', sql);

async function countRows(rig: Rig): Promise<Readonly<Record<string, unknown>>> {
  const counts = tables.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
  return (await query(rig, `SELECT ${counts.join(', ')}`))[0] ?? {};
}

/** Every row of every table but the one that a custom step replaces, as text. */
async function dumpRows(rig: Rig): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const table of tables.filter((name) => name !== 'daily_closes'))
    rows.push(...(await query(rig, `FROM ${table}`)).map((row) => `${table} ${JSON.stringify(row)}`));
  return rows;
}

async function expectCheckOk(rig: Rig): Promise<void> {
  expect(await readDocument(rig, 'check')).toMatchObject({ ok: true, findings: [], notChecked: [] });
}

const writtenRows = {
  contracts: 6,
  chains: 3578,
  equity_bars: 182,
  option_bars: 40,
  quotes: 4,
  history_starts: 2,
  option_snapshots: 24,
  overviews: 4,
  daily_closes: 28,
};

describe('a lake of commit 0376384, read', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await unpackProject();
  });

  test('has every row and passes every check', async () => {
    expect(await countRows(rig)).toEqual(writtenRows);
    await expectCheckOk(rig);
  });

  test('plans no requests for a complete pipeline, custom step included', async () => {
    const { requests, windows, tasks } = await plan(rig, 'held.yaml');
    expect({ requests, windows }).toEqual({ requests: 0, windows: 0 });
    expect(new Set(tasks.map(({ status }) => status))).toEqual(new Set(['up-to-date']));
    expect(tasks.find(({ id }) => id === 'returns')).toMatchObject({ status: 'up-to-date', reason: 'up to date' });
  });

  test('plans one request for a denied, a failed and a lost window: the failed one', async () => {
    const { requests, tasks } = await plan(rig, 'troubled.yaml');
    expect(requests).toBe(1);
    expect(tasks.filter((task) => task.requests > 0)).toMatchObject([{ id: 'equity/TSLA', status: 'ready' }]);
  });

  test('returns the state unavailable for windows written as lost, and the reasons of all states', async () => {
    expect(
      await query(
        rig,
        `SELECT DISTINCT symbol, state, reason FROM facts WHERE provider = 'synthetic' AND dataset = 'equity_bars' ORDER BY ALL`,
      ),
    ).toEqual([
      { symbol: 'GOOGL', state: 'denied', reason: 'no permission' },
      { symbol: 'NVDA', state: 'unavailable', reason: 'too long ago' },
      { symbol: 'QQQ', state: 'data', reason: null },
      { symbol: 'TSLA', state: 'failed', reason: 'no answer' },
    ]);
    const { datasets } = await readDocument<{
      datasets: readonly { dataset: string; windows: readonly { state: string }[] }[];
    }>(rig, 'lineage', 'NVDA');
    const bars = datasets.find(({ dataset }) => dataset === 'equity_bars');
    expect(bars?.windows.map(({ state }) => state)).toContain('unavailable');
  });

  test('shows its runs in status, lineage and report', async () => {
    const { runs } = await readDocument<{
      runs: readonly { runId: string; pipeline: { name: string }; status: string; requests: number; rows: number }[];
    }>(rig, 'status');
    expect(
      runs.map(({ pipeline, status, requests, rows }) => [pipeline.name, status, requests, rows]).toSorted(),
    ).toEqual([
      ['held', 'ok', 22, 48],
      ['held', 'ok', 28, 3782],
      ['interrupted', 'crashed', 6, 13],
      ['troubled', 'partial', 4, 1],
      ['troubled', 'partial', 8, 9],
    ]);
    for (const { runId, pipeline, status } of runs) {
      if (status === 'crashed') continue;
      const { exitCode, stdout, stderr } = await rig.pipe('report', runId);
      expect({ runId, exitCode, stderr }).toEqual({ runId, exitCode: 0, stderr: '' });
      expect(stdout).toContain(pipeline.name);
    }
    const { datasets } = await readDocument<{ datasets: readonly { windows: readonly { runId: string }[] }[] }>(
      rig,
      'lineage',
      'AAPL',
    );
    const runIds = new Set(datasets.flatMap(({ windows }) => windows.map(({ runId }) => runId)));
    expect(runs.filter(({ runId }) => runIds.has(runId)).map(({ pipeline }) => pipeline.name)).toEqual([
      'held',
      'held',
    ]);
    const sources = await rig.pipe('lineage', 'AAPL', '--sources');
    expect({ exitCode: sources.exitCode, stderr: sources.stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

describe('a lake of commit 0376384, written to', () => {
  test('commits the spool of the interrupted run and fetches only the remaining data', async () => {
    const rig = await unpackProject();
    await replaceText(rig, 'interrupted.scenario.yaml', 'delay: 60s', 'delay: 1ms');
    const before = await dumpRows(rig);
    const run = await readDocument<Document>(rig, 'run', 'interrupted.yaml', '--now', now);
    expect(run).toMatchObject({ status: 'ok', requests: 1, rows: 5 });
    expect(run.tasks.filter(({ requests }) => requests > 0).map(({ id }) => id)).toEqual(['equity/DIA']);
    expect(await countRows(rig)).toEqual({ ...writtenRows, contracts: 9, equity_bars: 197 });
    expect(await rig.files('data/_spool')).toEqual([]);
    const after = new Set(await dumpRows(rig));
    expect(before.filter((row) => !after.has(row))).toEqual([]);
    expect((await plan(rig, 'interrupted.yaml')).requests).toBe(0);
    await expectCheckOk(rig);
  });

  test('keeps every row when a later run adds rows', async () => {
    const rig = await unpackProject();
    const later = '2026-11-24T23:00:00Z';
    const before = await dumpRows(rig);
    expect(await readDocument<Document>(rig, 'run', 'held.yaml', '--now', later)).toMatchObject({ status: 'ok' });
    const after = new Set(await dumpRows(rig));
    expect(before.filter((row) => !after.has(row))).toEqual([]);
    expect(after.size).toBeGreaterThan(before.length);
    expect((await plan(rig, 'held.yaml', later)).requests).toBe(0);
    await expectCheckOk(rig);
  });

  test('stores new facts with the current state names', async () => {
    const rig = await unpackProject();
    const { exitCode } = await rig.pipe('run', 'troubled.yaml', '--now', '2026-11-24T23:00:00Z');
    expect(exitCode).toBe(3);
    const commits = await rig.files('data/equity_bars/_delta_log');
    const newest = commits.filter((path) => path.endsWith('.json')).at(-1) ?? '';
    const text = await readFile(rig.path('data/equity_bars/_delta_log', newest), 'utf8');
    expect(text).toContain('"state":"unavailable"');
    expect(text).not.toContain('"state":"lost"');
    expect((await plan(rig, 'troubled.yaml', '2026-11-24T23:00:00Z')).requests).toBe(1);
    await expectCheckOk(rig);
  });
});
