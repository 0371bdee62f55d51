import { cp, mkdtemp, readFile, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LakeCheckResult } from '../../../src/checks/check-lake.js';
import { isOk } from '../../../src/checks/finding.js';
import type { CheckFinding } from '../../../src/checks/finding.js';
import { datasets } from '../../../src/core/tables/tables.js';
import type { Dataset, RecordedVersions } from '../../../src/core/tables/tables.js';
import { day } from '../../../src/core/time/time.js';
import { commitPath, checkpointPath, logFolder } from '../../../src/lake/delta/paths.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { repairLogs } from '../../../src/lake/recovery/repair-logs.js';
import type { LogRepair } from '../../../src/lake/recovery/repair-logs.js';
import { check, prerequisites, store } from '../../checks/checking.js';
import { author, bars, equity, temporaryFolder } from '../lake-fixture.js';

const clock = { now: () => Date.UTC(2026, 1, 20), sleepUntil: () => Promise.resolve() };

/** A lake whose equity bars have 23 commits of one week each and a merge, with a checkpoint of each kind. */
let template = '';
let undisturbed: Contents;

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'pipe-damage-'));
  const date = (week: number): string => new Date(Date.UTC(2025, 0, 6) + week * 7 * day).toISOString().slice(0, 10);
  await store(template, [
    prerequisites,
    ...Array.from({ length: 23 }, (_, week) => [
      bars(equity(week % 2 === 0 ? 'A/B' : "O'Neil"), date(week), date(week + 1)),
    ]),
  ]);
  undisturbed = await readContents(template);
});
afterAll(() => rm(template, { recursive: true, force: true }));

interface Contents {
  readonly rows: Readonly<Record<string, number>>;
  /** `series start end state` of every window. */
  readonly coverage: readonly string[];
}

async function readContents(folder: string): Promise<Contents> {
  const reader = await openLakeReader(folder);
  try {
    const rows: Record<string, number> = {};
    for (const dataset of datasets) {
      const found = await reader.query(`SELECT count(*)::INTEGER AS n FROM (SELECT DISTINCT * FROM ${dataset})`);
      rows[dataset] = Number(found.rows[0]?.['n']);
    }
    const state = await reader.readState();
    const coverage: string[] = [];
    for (const { provider, series } of state.series())
      for (const { start, end, state: held } of state.coverage(provider, series))
        coverage.push(`${series} ${String(start)} ${String(end)} ${held}`);
    return { rows, coverage: coverage.sort() };
  } finally {
    await reader.close();
  }
}

async function copyLake(): Promise<{ readonly folder: string; readonly table: string }> {
  const folder = await temporaryFolder();
  await cp(template, folder, { recursive: true });
  return { folder, table: join(folder, 'equity_bars') };
}

function repair(folder: string, recorded: RecordedVersions = {}): Promise<readonly LogRepair[]> {
  const findRequests = () => Promise.resolve(new Map());
  return repairLogs({
    folder,
    datasets,
    repairsUserTables: true,
    recorded,
    author,
    clock,
    program: 'pipe/test',
    findRequests,
  });
}

async function flip(path: string, byte: number, bit = 3): Promise<void> {
  const content = await readFile(path);
  const position = byte < 0 ? content.length + byte : byte;
  content.writeUInt8((content[position] ?? 0) ^ (1 << bit), position);
  await writeFile(path, content);
}

function listRules(result: LakeCheckResult, dataset: Dataset = 'equity_bars'): readonly string[] {
  return result.findings.filter((finding) => finding.dataset === dataset).map(({ rule }) => rule);
}

/** Errors, but for windows that a repair has marked as missing. */
function listErrors({ findings }: LakeCheckResult): readonly CheckFinding[] {
  return findings.filter(({ severity, rule }) => severity === 'error' && rule !== 'missing-rows');
}

/** Neither the log nor the rows have errors. */
async function expectSound(folder: string): Promise<void> {
  const result = await check(folder);
  expect(result.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(isOk(result)).toBe(true);
}

test('finds nothing in an undisturbed lake and repairs nothing', async () => {
  await expectSound(template);
  expect(await repair(template)).toEqual([]);
});

describe('a commit with one flipped bit', () => {
  test.each([
    ['at the beginning, covered by a checkpoint', 5, 4],
    ['in its seal', 5, 30],
    ['in its coverage', 5, 400],
    ['at the end', 5, -3],
    ['of the version of a checkpoint', 20, 300],
    ['after all checkpoints', 22, 300],
  ])('%s is found, stops no other table and is restored as written', async (_, version, byte) => {
    const { folder, table } = await copyLake();
    const path = commitPath(table, version);
    const written = await readFile(path, 'utf8');
    await flip(path, byte);
    const result = await check(folder);
    expect(listRules(result)).toContain('commit-damaged');
    expect(result.findings.map(({ dataset }) => dataset)).not.toContain('chains');
    expect(await repair(folder)).toMatchObject([{ dataset: 'equity_bars', restored: [version], rebuilt: null }]);
    expect(await readFile(path, 'utf8')).toBe(written);
    expect(await readContents(folder)).toEqual(undisturbed);
    await expectSound(folder);
  });
});

test('restores two commits that changed places', async () => {
  const { folder, table } = await copyLake();
  await rename(commitPath(table, 4), join(folder, 'aside'));
  await rename(commitPath(table, 21), commitPath(table, 4));
  await rename(join(folder, 'aside'), commitPath(table, 21));
  expect(listRules(await check(folder))).toContain('commit-damaged');
  expect(await repair(folder)).toMatchObject([{ restored: [4, 21], rebuilt: null }]);
  expect(await readContents(folder)).toEqual(undisturbed);
  await expectSound(folder);
});

test('loses nothing with a deleted commit that checkpoints cover', async () => {
  const { folder, table } = await copyLake();
  await rm(commitPath(table, 5));
  expect(listRules(await check(folder))).toContain('commit-lost');
  const [repaired] = await repair(folder);
  expect(repaired?.rebuilt).toMatchObject({ lost: [5], missingWindows: 0 });
  expect(await readContents(folder)).toEqual(undisturbed);
  await expectSound(folder);
});

test('keeps the rows of a torn commit after the checkpoints and marks its windows as missing', async () => {
  const { folder, table } = await copyLake();
  await truncate(commitPath(table, 21), 200);
  const result = await check(folder);
  expect(listRules(result)).toContain('commit-lost');
  const [repaired] = await repair(folder);
  expect(repaired?.rebuilt).toMatchObject({ lost: [21], missingSeries: 1 });
  const contents = await readContents(folder);
  expect(contents.rows).toEqual(undisturbed.rows);
  expect(contents.coverage.filter((window) => window.endsWith('missing'))).toHaveLength(1);
  const after = await check(folder);
  expect(listRules(after).filter((rule) => rule !== 'orphan-rows' && rule !== 'missing-rows')).toEqual([]);
});

test('names commits that are gone from the end of the log, by its checkpoints and by run records', async () => {
  const { folder, table } = await copyLake();
  for (const version of [21, 22, 23]) await rm(commitPath(table, version));
  expect(listRules(await check(folder))).toContain('log-cut');
  const repaired = await repair(folder, { equity_bars: 22 });
  expect(repaired).toMatchObject([{ rebuilt: { lost: [21, 22, 23] } }]);
  const { coverage } = await readContents(folder);
  expect(coverage.filter((window) => window.endsWith('missing'))).toHaveLength(2);
  expect(listErrors(await check(folder))).toEqual([]);
});

test('names commits that are gone from the end of the log by the files that lake.duckdb names', async () => {
  const { folder, table } = await copyLake();
  for (const version of [22, 23]) await rm(commitPath(table, version));
  const { logProblems } = await check(folder);
  expect(logProblems.map(({ detail }) => detail).join('\n')).toContain(
    'lake.duckdb names 1 files that no commit names',
  );
  expect(await repair(folder)).toMatchObject([{ rebuilt: { lost: [22] } }]);
  expect((await readContents(folder)).coverage.filter((window) => window.endsWith('missing'))).toHaveLength(1);
  expect(listErrors(await check(folder))).toEqual([]);
});

test('rebuilds a table without a log from its coverage checkpoint', async () => {
  const { folder, table } = await copyLake();
  await rm(logFolder(table), { recursive: true });
  expect(listRules(await check(folder))).toContain('log-cut');
  const state = await openLakeReader(folder);
  expect((await state.readState()).unreadable.map(({ dataset }) => dataset)).toEqual(['equity_bars']);
  await state.close();
  const [repaired] = await repair(folder);
  expect(repaired?.rebuilt?.coverageFrom).toMatch(/coverage checkpoint of version \d+/);
  // The weeks after the checkpoint are in files that no commit names any more: they are requested again.
  const { rows, coverage } = await readContents(folder);
  const lostWeeks = coverage.filter((window) => window.endsWith('missing')).length;
  expect(lostWeeks).toBeLessThan(4);
  expect(rows['equity_bars']).toBe((23 - lostWeeks) * 7);
  expect(listErrors(await check(folder))).toEqual([]);
});

test('keeps the rows of a table without a log and without checkpoints', async () => {
  const { folder, table } = await copyLake();
  await rm(logFolder(table), { recursive: true });
  await rm(join(table, '_pipe'), { recursive: true });
  expect(listRules(await check(folder))).toContain('log-cut');
  await repair(folder);
  const contents = await readContents(folder);
  expect(contents.rows).toEqual(undisturbed.rows);
  expect(
    new Set(
      contents.coverage.filter((window) => window.startsWith('equity')).map((window) => window.split(' ').at(-1)),
    ),
  ).toEqual(new Set(['missing']));
});

describe('checkpoints', () => {
  const findCheckpoint = async (folder: string): Promise<string> => {
    const names = await readdir(folder);
    return join(folder, names.findLast((name) => name.startsWith('coverage-') || name.includes('.checkpoint.')) ?? '');
  };

  test.each([
    ['a flipped Delta checkpoint', 'delta-checkpoint', (table: string) => flip(checkpointPath(table, 20), -60)],
    [
      'a flipped older Delta checkpoint',
      'delta-checkpoint',
      (table: string) => truncate(checkpointPath(table, 10), 500),
    ],
    ['a deleted Delta checkpoint', 'delta-checkpoint', (table: string) => rm(checkpointPath(table, 20))],
    [
      'a _last_checkpoint that is not JSON',
      'delta-checkpoint',
      (table: string) => writeFile(join(logFolder(table), '_last_checkpoint'), '{'),
    ],
    [
      'a flipped coverage checkpoint',
      'coverage-checkpoint',
      async (table: string) => flip(await findCheckpoint(join(table, '_pipe')), -60),
    ],
  ])('finds %s and writes it again', async (_, rule, damage) => {
    const { folder, table } = await copyLake();
    await damage(table);
    expect(listRules(await check(folder))).toContain(rule);
    expect(await repair(folder)).toMatchObject([{ dataset: 'equity_bars', restored: [], rebuilt: null }]);
    await expectSound(folder);
    expect(await readContents(folder)).toEqual(undisturbed);
  });
});
