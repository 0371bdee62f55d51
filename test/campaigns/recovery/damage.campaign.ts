/**
 * Damages one file of a lake and mends it: `check` finds the damage, other tables are not affected, no answer is wrong without a
 * word, and after `check --repair` and a run the lake equals the undisturbed one.
 * `npm run recovery -- --part damage --rounds 200 --seed 7`.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { isOk } from '../../../src/checks/finding.js';
import { exitCode } from '../../../src/app/exit-code.js';
import { checkTables } from '../../../src/app/check/check-lake.js';
import type { CheckedLake } from '../../../src/app/check/check-lake.js';
import type { Dataset } from '../../../src/core/tables/tables.js';
import type { LogProblem } from '../../../src/lake/api.js';
import { openLakeReader } from '../../../src/lake/reader/lake-reader.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import { copyRig } from '../copy-rig.js';
import { seededRandom } from '../seeded-random.js';
import { damageKinds, damageTargets, damageFile } from './damage-file.js';
import type { Damage, DamageKind, DamageTarget } from './damage-file.js';
import { readLake, readLakeRows, readTables } from './readable-lake.js';
import type { LakeRows, ReadableLake } from './readable-lake.js';

const rounds = Number(process.env['PIPE_ROUNDS'] ?? '20');
const seed = Number(process.env['PIPE_SEED'] ?? String(Date.now() % 1_000_000));

const pipeline = `name: damaged
provider: mock
pacing: { budgets: [{ name: all, kind: rolling, limit: 100000, window: 10m }] }
symbols: [AAPL, BRK B, NO]
steps:
  contracts: { refresh: 20h }
  chains: { needs: contracts, refresh: 20h }
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 45d }
  options: { needs: [chains, equity], lookback: 3 sessions, strikes: 1, expiries: 1 }
`;

const evenings = Array.from({ length: 24 }, (_, day) => new Date(Date.UTC(2026, 9, 19 + day, 23)).toISOString());
const lastEvening = new Date(Date.UTC(2026, 9, 19 + evenings.length, 23)).toISOString();
const runArgs = ['run', 'damaged.yaml', '--now', lastEvening, '--quiet'];

let template: Rig;
let expected: ReadableLake;
let expectedRows: LakeRows;
/** The lake that every round damages, before its last run. */
let undamaged: ReadableLake;
/** Requests of the last run on the lake without damage. */
let normalRequests = 0;

beforeAll(async () => {
  template = await createRig();
  await template.write('damaged.yaml', pipeline);
  for (const evening of evenings) {
    const done = await template.pipe('run', 'damaged.yaml', '--now', evening, '--quiet');
    expect(done.stderr).toBe('');
    expect(done.exitCode).toBe(0);
  }
  // A run that dies leaves a spool and a lock; a provider that fails leaves an open circuit.
  const call = template.spawn('run', 'damaged.yaml', '--now', lastEvening, '--debug');
  await call.waitForOutput('"type":"request-completed"');
  call.kill('SIGKILL');
  await call.result;
  const breakers = [
    {
      provider: 'mock',
      symbol: null,
      failures: 1,
      openUntil: null,
      openCount: 0,
      othersAnswered: false,
      updatedAt: Date.parse(lastEvening),
    },
  ];
  await template.write('data/_breakers/damaged.json', `${JSON.stringify({ v: 2, breakers })}\n`);
  undamaged = await readLake(template.path('data'));
  const done = await copyRig(template);
  const run = await done.pipe(...runArgs, '--json');
  expect(run.exitCode).toBe(0);
  normalRequests = countRequests(run.stdout);
  expected = await readLake(done.path('data'));
  expectedRows = await readLakeRows(done.path('data'), readTables);
  for (const rows of expectedRows.values()) expect(new Set(rows).size).toBe(rows.length);
  await done.close();
});

/** The results of all rounds with one target and one kind of damage. */
interface Tally {
  rounds: number;
  found: number;
  repaired: number;
  refetched: number;
  lostByName: number;
  invented: number;
  silentWrong: number;
  otherTables: number;
}

const tallies = new Map<string, Tally>();

function getTally(target: DamageTarget, kind: DamageKind): Tally {
  const key = `${target} ${kind}`;
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = {
      rounds: 0,
      found: 0,
      repaired: 0,
      refetched: 0,
      lostByName: 0,
      invented: 0,
      silentWrong: 0,
      otherTables: 0,
    };
    tallies.set(key, tally);
  }
  return tally;
}

function formatTallies(): string {
  const columns = [
    'rounds',
    'found',
    'repaired',
    'refetched',
    'lostByName',
    'invented',
    'silentWrong',
    'otherTables',
  ] as const;
  const sums = columns.map((name) => [...tallies.values()].reduce((sum, tally) => sum + tally[name], 0));
  const lines = [
    ['target and kind', ...columns],
    ...[...tallies].map(([key, tally]) => [key, ...columns.map((name) => String(tally[name]))]),
    ['all', ...sums.map(String)],
  ];
  return lines
    .map(([head = '', ...cells]) => `${head.padEnd(32)}${cells.map((cell) => cell.padStart(12)).join('')}\n`)
    .join('');
}

function countRequests(stdout: string): number {
  return Number(/"requests": ?(\d+)/.exec(stdout)?.[1]);
}

/** The table of the damage; a small one for a file of the whole lake. */
function selectTables({ dataset }: Damage): readonly Dataset[] {
  return [dataset ?? 'contracts'];
}

function checkRig(rig: Rig, damage: Damage, repair: boolean): Promise<CheckedLake> {
  const clock = { now: () => Date.parse(lastEvening), sleepUntil: () => Promise.resolve() };
  return checkTables(
    { datasets: selectTables(damage), pipelines: [], repair },
    { dataFolder: rig.path('data'), lineageFolder: rig.path('lineage'), clock },
  );
}

async function examineRig(rig: Rig, damage: Damage): Promise<readonly LogProblem[]> {
  const reader = await openLakeReader(rig.path('data'));
  try {
    return await reader.examineLogs(selectTables(damage), {});
  } finally {
    await reader.close();
  }
}

/** Tables, but for the damaged one, that differ from those of the same lake without damage. */
function findAffectedTables(before: ReadableLake, after: ReadableLake, { dataset }: Damage): readonly string[] {
  return readTables.filter((name) => name !== dataset && after.get(name)?.text !== before.get(name)?.text);
}

describe(`damage of one file, ${String(rounds)} lakes, seed ${String(seed)}`, () => {
  test.for(Array.from({ length: rounds }, (_, round) => round))('lake %i', async (round) => {
    const random = seededRandom(seed * 1_000 + round);
    const kind = damageKinds[round % damageKinds.length] ?? 'flip';
    const target = damageTargets[Math.floor(round / damageKinds.length) % damageTargets.length] ?? 'commit';
    const tally = getTally(target, kind);
    const rig = await copyRig(template);
    try {
      const damage = await damageFile(rig.path('data'), target, kind, random);
      const context = `${target} ${kind}: ${damage.path}`;
      tally.rounds++;

      const damaged = await readLake(rig.path('data'));
      const affected = findAffectedTables(undamaged, damaged, damage);
      if (affected.length > 0) tally.otherTables++;
      expect.soft(affected, `${context}: other tables are affected`).toEqual([]);

      const checked = await checkRig(rig, damage, true);
      const isFound = checked.result.findings.some(({ dataset }) => dataset === (damage.dataset ?? 'lake.duckdb'));
      if (isFound) tally.found++;
      const read = damage.dataset === null ? undefined : damaged.get(damage.dataset);
      const wanted = damage.dataset === null ? undefined : undamaged.get(damage.dataset);
      const isWrong = read !== undefined && read.text !== wanted?.text && read.digest !== null && !read.isNamed;
      if (isWrong && !isFound) tally.silentWrong++;
      expect.soft(isWrong && !isFound, `${context}: a wrong answer without a word`).toBe(false);

      const after = (await examineRig(rig, damage)).filter((problem) => problem.kind !== 'unknown-files');
      if (after.length === 0) tally.repaired++;
      expect.soft(after, `${context}: after repair`).toEqual([]);

      // A lake that equals the undamaged one again needs no run.
      const repaired = await readLake(rig.path('data'));
      const isRestored = readTables.every((name) => repaired.get(name)?.text === undamaged.get(name)?.text);
      if (isRestored && damage.dataset !== null) return;
      let run = await rig.pipe(...runArgs, '--json');
      if (target === 'lock' && run.exitCode === exitCode.locked) {
        // A lock that cannot be read or names another machine may be that of a run there: the user deletes it, or it expires.
        const unreadable = `the lock ${join(rig.path('data'), damage.path)} cannot be read`;
        const isNamed =
          run.stderr.includes(unreadable) || run.stderr.includes('another run of damaged is in progress (');
        expect.soft(isNamed, `${context}: ${run.stderr}`).toBe(true);
        tally.found++;
        await rm(join(rig.path('data'), damage.path));
        run = await rig.pipe(...runArgs, '--json');
      }
      expect.soft([0, 3], `${context}: ${run.stderr}`).toContain(run.exitCode);
      const end = await readLake(rig.path('data'));
      const differing = readTables.filter((name) => end.get(name)?.digest !== expected.get(name)?.digest);
      for (const [dataset, has] of await readLakeRows(rig.path('data'), differing)) {
        const wants = expectedRows.get(dataset) ?? [];
        const [hasSet, wantsSet] = [new Set(has), new Set(wants)];
        const invented = has.filter((row) => !wantsSet.has(row));
        if (invented.length > 0) tally.invented++;
        expect.soft(invented.slice(0, 3), `${context}: rows of ${dataset} that were never fetched`).toEqual([]);
        // Requested twice on one day, contracts and chains have two rows that differ only in their time.
        if (dataset !== 'contracts' && dataset !== 'chains')
          expect.soft(hasSet.size, `${context}: rows of ${dataset} twice`).toBe(has.length);
        const lost = wants.filter((row) => !hasSet.has(row));
        if (lost.length > 0) tally.lostByName++;
        // Chains and contracts of the past exist nowhere else; what is lost has to be named.
        const isNamed = end.get(dataset)?.missing === true;
        expect
          .soft(
            lost.length === 0 || isNamed,
            `${context}: ${String(lost.length)} rows of ${dataset} are lost without a word, such as ${lost[0] ?? ''}`,
          )
          .toBe(true);
      }
      if (countRequests(run.stdout) > normalRequests) tally.refetched++;
      const { result: final } = await checkRig(rig, damage, false);
      const open = final.findings.filter(({ severity, rule }) => severity === 'error' && rule !== 'missing-rows');
      expect.soft(isOk({ ...final, findings: open }), `${context}: ${JSON.stringify(open)}`).toBe(true);
    } finally {
      await rig.close();
      // A long campaign can be followed, and cut short.
      const report = process.env['PIPE_REPORT'];
      if (report !== undefined) await writeFile(report, formatTallies());
    }
  });

  afterAll(() => void process.stdout.write(`\n${formatTallies()}`));
});
