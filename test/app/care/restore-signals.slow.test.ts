import { existsSync, readdirSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { CallResult, Rig } from '../../rig.js';

const pipeline = `
name: small
provider: mock
symbols: [AAPL, BRK B]
steps:
  contracts: {}
  chains: { needs: contracts }
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 20 sessions }
`;

let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  await rig.write('pipelines/small.yaml', pipeline);
  for (const day of ['12', '13', '14', '15'])
    expect(await rig.pipe('--now', `2026-01-${day}T23:30:00Z`, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
  expect(await rig.pipe('backup', 'safe')).toMatchObject({ exitCode: 0 });
});

function listStaging(): readonly string[] {
  return readdirSync(rig.folder).filter((name) => name.includes('.restoring-'));
}

/** Restores into new folders until the signal arrives while files are copied. */
async function interruptRestoration(signal: NodeJS.Signals): Promise<{ result: CallResult; target: string }> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const target = `back-${signal}-${String(attempt)}`;
    const call = rig.spawn('restore', 'safe', target);
    await expect.poll(() => existsSync(rig.path(target)) || listStaging().length > 0, { interval: 1 }).toBe(true);
    call.kill(signal);
    const result = await call.result;
    if (!existsSync(rig.path(target))) return { result, target };
  }
  throw new Error('every restoration ended before its signal');
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a restoration that gets %s leaves nothing behind and exits with %i', async (signal, exitCode) => {
  const { result } = await interruptRestoration(signal);
  expect(result).toMatchObject({ exitCode, stderr: 'pipe: interrupted: nothing was restored\n' });
  expect(listStaging()).toEqual([]);
});

test('the next restoration names the folder that a killed one left beside it', async () => {
  await interruptRestoration('SIGKILL');
  const [left = 'none', ...more] = listStaging();
  expect(more).toEqual([]);
  const again = await rig.pipe('restore', 'safe', 'elsewhere');
  expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`  ${left} beside it`) as unknown });
});
