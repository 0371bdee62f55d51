import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { seededRandom } from '../../campaigns/seeded-random.js';
import { createRig } from '../../rig.js';

const pipeline = `
name: small
provider: mock
symbols: [AAPL, MSFT, NVDA, SPY]
steps:
  contracts: {}
  chains: { needs: contracts }
  equity: { needs: contracts, bar_size: 1 day, lookback: 1y }
  options: { needs: [chains, equity], bar_size: 1 day, lookback: 5 sessions, strikes: 2, expiries: 2 }
`;

const rounds = Number(process.env['PIPE_ROUNDS'] ?? 12);

test(`after kill -9 at ${String(rounds)} random moments of backup and restore, every backup that exists is good`, async () => {
  const rig = await createRig();
  await rig.write('pipelines/small.yaml', pipeline);
  const random = seededRandom(16);
  for (let round = 0; round < rounds; round++) {
    const now = ['--now', `2026-01-${String(5 + (round % 20)).padStart(2, '0')}T23:30:00Z`];
    const run = rig.spawn(...now, 'run', '--quiet');
    const backup = rig.spawn(...now, 'backup', 'safe');
    await setTimeout(400 + random() * 900);
    backup.kill('SIGKILL');
    await backup.result;
    expect((await run.result).exitCode).toBe(0);
  }
  expect(await rig.pipe('backup', 'safe')).toMatchObject({ exitCode: 0 });
  const verified = await rig.pipe('backup', 'safe', '--verify', '--json');
  expect(verified, verified.stdout).toMatchObject({ exitCode: 0 });
  const restoration = rig.spawn('restore', 'safe', 'back');
  await setTimeout(500);
  restoration.kill('SIGKILL');
  await restoration.result;
  const again = await rig.pipe('restore', 'safe', 'back');
  expect([0, 2]).toContain(again.exitCode);
  const there = ['--data', 'back/data', '--lineage', 'back/lineage'];
  const checked = await rig.pipe(...there, 'check', '--json');
  expect(checked, checked.stdout).toMatchObject({ exitCode: 0 });
  const count = ['query', 'SELECT count(*), count(DISTINCT (symbol, bar_size, ts)) FROM equity_bars', '--json'];
  expect((await rig.pipe(...there, ...count)).stdout).toBe((await rig.pipe(...count)).stdout);
}, 600_000);

test('a backup that is made while a run writes is restored as a lake without damage', async () => {
  const rig = await createRig();
  await rig.write('pipelines/small.yaml', pipeline);
  expect(await rig.pipe('--now', '2026-01-02T23:30:00Z', 'run', '--quiet')).toMatchObject({ exitCode: 0 });
  for (let day = 5; day < 8; day++) {
    const now = ['--now', `2026-01-0${String(day)}T23:30:00Z`];
    const run = rig.spawn(...now, 'run', '--quiet');
    await setTimeout(700);
    expect(await rig.pipe('backup', 'safe')).toMatchObject({ exitCode: 0 });
    expect((await run.result).exitCode).toBe(0);
    const target = `back${String(day)}`;
    expect(await rig.pipe('restore', 'safe', target)).toMatchObject({ exitCode: 0 });
    const there = ['--data', `${target}/data`, '--lineage', `${target}/lineage`];
    const checked = await rig.pipe(...there, 'check', '--json');
    expect(checked, checked.stdout).toMatchObject({ exitCode: 0 });
    expect(await rig.pipe(...now, ...there, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
  }
}, 600_000);
