import { readFile, writeFile } from 'node:fs/promises';
import { beforeEach, expect, test } from 'vitest';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const now = '2026-11-20T23:00:00Z';
const pipeline = `name: daily
provider: mock
symbols: [AAPL, MSFT]
steps:
  contracts: { refresh: 7d }
  equity: { needs: contracts, lookback: 10d }
`;

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
  await rig.write('daily.yaml', pipeline);
  expect((await rig.pipe('run', 'daily.yaml', '--now', now, '--quiet')).exitCode).toBe(0);
});

async function damageCommit(): Promise<{ readonly path: string; readonly written: string }> {
  const path = rig.path('data/equity_bars/_delta_log/00000000000000000000.json');
  const written = await readFile(path, 'utf8');
  const content = Buffer.from(written);
  content.writeUInt8((content[200] ?? 0) ^ 2, 200);
  await writeFile(path, content);
  return { path, written };
}

test('a flipped bit in a commit blocks only the tasks of its table, and check --repair restores the commit', async () => {
  const { path, written } = await damageCommit();
  const run = await rig.pipe('run', 'daily.yaml', '--now', '2026-11-30T23:00:00Z', '--json', { newProcess: true });
  expect(run.exitCode).toBe(3);
  const document = JSON.parse(run.stdout) as {
    readonly tasks: readonly { readonly step: string; readonly status: string }[];
  };
  expect(document.tasks.filter(({ step }) => step === 'contracts').map(({ status }) => status)).toEqual(['ok', 'ok']);
  expect(document.tasks.filter(({ step }) => step === 'equity').map(({ status }) => status)).toEqual([
    'skipped',
    'skipped',
  ]);

  const query = await rig.pipe('query', 'SELECT count(*) AS n FROM equity_bars');
  expect(query.exitCode).not.toBe(0);
  expect(query.stderr).toContain('00000000000000000000.json: this commit differs from what was written');
  expect((await rig.pipe('query', 'SELECT count(*) AS n FROM contracts')).exitCode).toBe(0);
  const status = await rig.pipe('status', '--now', now);
  expect(status.stdout).toContain('damaged  equity_bars:');

  const check = await rig.pipe('check', { newProcess: true });
  expect(check.exitCode).toBe(5);
  expect(check.stdout).toMatch(/equity_bars +commit-damaged +1 +commits that differ from what was written/);
  const repair = await rig.pipe('check', '--repair', { newProcess: true });
  expect(repair.stdout).toContain('equity_bars: log repaired (1 commit restored as written)');
  expect(await readFile(path, 'utf8')).toBe(written);
  expect((await rig.pipe('check')).exitCode).toBe(0);
  expect((await rig.pipe('run', 'daily.yaml', '--now', '2026-11-30T23:00:00Z', '--quiet')).exitCode).toBe(0);
});

test('a plan names rows that another engine deleted, and on_foreign_delete: keep does not request them', async () => {
  const log = rig.path('data/equity_bars/_delta_log/00000000000000000000.json');
  const added = (await readFile(log, 'utf8'))
    .split('\n')
    .flatMap((line) =>
      line.startsWith('{"add"') ? [JSON.parse(line) as { readonly add: { readonly path: string } }] : [],
    );
  const lines = [
    { commitInfo: { operation: 'DELETE', engineInfo: 'delta-rs:1.0.0' } },
    ...added.map(({ add }) => ({ remove: { path: add.path, deletionTimestamp: 1, dataChange: true } })),
  ];
  await writeFile(log.replace('0.json', '1.json'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const plan = await rig.pipe('plan', 'daily.yaml', '--now', now, '--explain', { newProcess: true });
  expect(plan.stdout).toContain('deleted by another engine in version 1');
  await rig.write('keep.yaml', `${pipeline}on_foreign_delete: keep\n`);
  const kept = await rig.pipe('plan', 'keep.yaml', '--now', now, '--exit-code');
  expect(kept.exitCode, kept.stdout).toBe(0);
  expect((await rig.pipe('run', 'daily.yaml', '--now', now, '--quiet')).exitCode).toBe(0);
  const after = await rig.pipe('plan', 'daily.yaml', '--now', now, '--exit-code');
  expect(after.exitCode, after.stdout).toBe(0);
  expect((await rig.pipe('check')).exitCode).toBe(0);
});

test('a damaged log fails only the custom step that reads its table', async () => {
  const steps = `  weeks: { uses: sql, needs: contracts, query: "SELECT symbol, max(session) AS last FROM equity_bars GROUP BY symbol" }
  names: { uses: sql, needs: contracts, query: "SELECT DISTINCT symbol FROM contracts" }
`;
  await rig.write('daily.yaml', pipeline + steps);
  await damageCommit();
  const run = await rig.pipe('run', 'daily.yaml', '--now', now, '--json');
  expect(run.exitCode, run.stderr).toBe(3);
  const document = JSON.parse(run.stdout) as {
    readonly tasks: readonly { readonly step: string; readonly status: string; readonly error?: string }[];
  };
  const find = (name: string): string | undefined => document.tasks.find(({ step }) => step === name)?.status;
  expect([find('weeks'), find('names')]).toEqual(['failed', 'ok']);
});
