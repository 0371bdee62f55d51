import { describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const symbols = 'AAPL, MSFT, NVDA, AMZN, META, TSLA';
const names = ['one', 'two', 'three'];

async function createProject(): Promise<Rig> {
  const rig = await createRig();
  for (const name of names)
    await rig.write(
      `${name}.yaml`,
      `name: ${name}\nprovider: mock\nsymbols: [${symbols}]\nsteps:\n  contracts: {}\n  chains: { needs: contracts }\n`,
    );
  return rig;
}

/** The runs that each series of the lake was requested by. */
async function countRequests(rig: Rig): Promise<Readonly<Record<string, number>>> {
  const sql = 'SELECT series, count(*) AS n FROM facts GROUP BY series ORDER BY series';
  const { stdout } = await rig.pipe('query', sql, '--json');
  const rows = JSON.parse(stdout) as readonly { readonly series: string; readonly n: number }[];
  return Object.fromEntries(rows.map(({ series, n }) => [series, n]));
}

describe('runs of several pipelines on one lake', () => {
  test('request each contract and chain once when they run together', async () => {
    const rig = await createProject();
    const env = { PIPE_MOCK_DELAY: '1s' };
    const calls = names.map((name) => rig.spawn('run', `${name}.yaml`, '--json', { env }));
    const results = await Promise.all(calls.map(({ result }) => result));
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const requests = results.map(({ stdout }) => (JSON.parse(stdout) as { readonly requests: number }).requests);
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(12);
    const counts = await countRequests(rig);
    expect(Object.keys(counts)).toHaveLength(12);
    expect(new Set(Object.values(counts))).toEqual(new Set([1]));
  });

  test('take over from a run that was killed, and request each series once again at most', async () => {
    const rig = await createProject();
    const env = { PIPE_MOCK_DELAY: '2s' };
    const first = rig.spawn('run', 'one.yaml', '--verbose', { env });
    await first.waitForOutput('contracts/');
    const others = names.slice(1).map((name) => rig.spawn('run', `${name}.yaml`, '--json', { env }));
    // The others have claimed what the first did not.
    while ((await rig.files('data/_in_flight')).filter((file) => file.endsWith('.json')).length < 3)
      await new Promise((resolve) => setTimeout(resolve, 50));
    first.kill('SIGKILL');
    const results = await Promise.all(others.map(({ result }) => result));
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const requests = results.map(({ stdout }) => (JSON.parse(stdout) as { readonly requests: number }).requests);
    expect(requests.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(12);
    expect((await rig.pipe('plan', 'three.yaml', '--json')).stdout).toContain('"requests": 0');
  });
});
