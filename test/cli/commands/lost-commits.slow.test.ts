import { cp, readdir, rm } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const pipeline = `name: daily
provider: mock
symbols: [AAPL, "NO"]
steps:
  contracts: { refresh: 30d }
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 12d }
`;
const evenings = ['16', '17', '18', '19'].map((date) => `2026-11-${date}T23:00:00Z`);

let template: Rig;
beforeAll(async () => {
  template = await createRig();
  await template.write('daily.yaml', pipeline);
  for (const evening of evenings)
    expect((await template.pipe('run', 'daily.yaml', '--now', evening, '--quiet')).exitCode).toBe(0);
});

interface Contents {
  readonly rows: unknown;
  readonly states: unknown;
}

async function readContents(rig: Rig): Promise<Contents> {
  const query = async (sql: string): Promise<unknown> => JSON.parse((await rig.pipe('query', '--json', sql)).stdout);
  return {
    rows: await query('SELECT * EXCLUDE (run_id, request_id) FROM equity_bars ORDER BY ALL'),
    states: await query(
      `SELECT series, start, "end", state FROM facts WHERE dataset = 'equity_bars' AND NOT replaced ORDER BY ALL`,
    ),
  };
}

async function copyWithout(commits: readonly number[]): Promise<Rig> {
  const rig = await createRig();
  await cp(template.folder, rig.folder, { recursive: true });
  const log = rig.path('data/equity_bars/_delta_log');
  const names = (await readdir(log)).filter((name) => name.endsWith('.json')).sort();
  for (const commit of commits) await rm(`${log}/${names.at(commit) ?? ''}`);
  return rig;
}

describe('the facts and files of lost commits', () => {
  test.each<[string, readonly number[]]>([
    ['the newest', [-1]],
    ['the first', [0]],
    ['one in the middle', [1]],
    ['all but the first', [1, 2, 3]],
    ['all', [0, 1, 2, 3]],
  ])('are rebuilt from the records of runs: %s', async (_, commits) => {
    const rig = await copyWithout(commits);
    const repair = await rig.pipe('check', '--repair');
    expect(repair.stdout).toMatch(/in the records of runs; no window became missing/);
    expect((await readContents(rig)).rows).toEqual((await readContents(template)).rows);
    const last = evenings.at(-1) ?? '';
    const plan = await rig.pipe('plan', 'daily.yaml', '--now', last, '--exit-code');
    expect(plan.exitCode, plan.stdout).toBe(0);
    const check = await rig.pipe('check');
    expect(check.exitCode, check.stdout).toBe(0);
  });

  test.each([[[-1]], [[0]], [[0, 1, 2, 3]]])(
    'are missing without the records, and no rows are orphans: %j',
    async (commits) => {
      const rig = await copyWithout(commits);
      await rm(rig.path('lineage'), { recursive: true });
      expect((await rig.pipe('check', '--repair')).stdout).not.toContain('in the records of runs');
      const check = await rig.pipe('check', '--json');
      const { findings } = JSON.parse(check.stdout) as { readonly findings: readonly { readonly rule: string }[] };
      expect(
        findings.map(({ rule }) => rule).filter((rule) => rule !== 'missing-rows' && rule !== 'unknown-files'),
      ).toEqual([]);
    },
  );

  test('with rows that are gone are not claimed', async () => {
    const rig = await copyWithout([-1]);
    const folder = rig.path('data/equity_bars');
    for (const name of await readdir(folder, { recursive: true }))
      if (name.endsWith('.parquet') && !name.startsWith('_')) await rm(`${folder}/${name}`);
    await rig.pipe('check', '--repair');
    const plan = await rig.pipe('plan', 'daily.yaml', '--now', evenings.at(-1) ?? '', '--exit-code');
    expect(plan.exitCode, plan.stdout).toBe(6);
    expect((await readContents(rig)).rows).toEqual([]);
  });
});
