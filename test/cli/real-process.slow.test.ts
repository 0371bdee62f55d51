/** Most tests call the command in processes that have run other calls before; these also start new processes, as users do. */
import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../rig.js';
import type { CallResult, Rig } from '../rig.js';
import { createFilledProject, now, maskTimes } from '../fixtures/project.js';

const pipeline = `name: small
provider: mock
symbols: [AAPL]
schedule: { every: 15m }
steps:
  contracts: { refresh: 7d }
  chains: { needs: contracts, refresh: 1d }
  equity: { needs: contracts, lookback: 30d }
  snapshots: { needs: [chains, equity], strikes: 2, expiries: { nearest: 1, dte: 30 } }
  overview: { needs: [snapshots, equity] }
`;

/** Two projects with the same contents, so that commands that write do not affect each other. */
let inNewProcesses: Rig;
let inWarmProcesses: Rig;
beforeAll(async () => {
  [inNewProcesses, inWarmProcesses] = await Promise.all([createFilledProject(pipeline), createFilledProject(pipeline)]);
});

/** The result of a call without times and sizes, which differ between two calls. */
function toComparable(rig: Rig, { exitCode, signal, stdout, stderr }: CallResult): object {
  const mask = (output: string): string =>
    maskTimes(rig.normalize(output))
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replace(/\b[\d.]+ [kM]?B\b/g, '<size>')
      .replace(/ +/g, ' ');
  // Steps that run side by side end in any order.
  return { exitCode, signal, stdout: mask(stdout), stderr: mask(stderr).split('\n').sort() };
}

test.for<readonly [words: readonly string[], exitCode: number]>([
  [['init'], 0],
  [['lint', 'small.yaml'], 0],
  [['plan', 'small.yaml', '--now', now], 0],
  [['run', 'small.yaml', '--now', now, '--data', 'other'], 0],
  [['run', 'absent.yaml'], 2],
  [['schedule', 'small.yaml', '--now', now], 0],
  [['lineage', 'AAPL'], 0],
  [['status', '--now', now], 0],
  [['query', 'SELECT symbol, count(*) AS bars FROM equity_bars GROUP BY ALL'], 0],
  [['chain', 'AAPL'], 0],
  [['iv', 'AAPL'], 0],
  [['alerts'], 0],
  [['report'], 0],
  [['check'], 0],
  [['maintain'], 0],
  [['doctor', 'small.yaml'], 0],
  [['calendar', 'XNYS', '--from', '2026-11-20', '--to', '2026-11-27'], 0],
  [['help', 'run'], 0],
  [['simulate', '--help'], 0],
  [['serve', '--help'], 0],
  [['login', '--help'], 0],
])('pipe %j prints the same in a new process', async ([words, exitCode]) => {
  const [real, warm] = await Promise.all([
    inNewProcesses.pipe(...words, { newProcess: true }),
    inWarmProcesses.pipe(...words),
  ]);
  expect(real.exitCode, real.stderr + real.stdout).toBe(exitCode);
  expect(toComparable(inNewProcesses, real)).toEqual(toComparable(inWarmProcesses, warm));
});

describe('a new process that SIGTERM ends', () => {
  test('simulate prints its address and exits with 143', async () => {
    const rig = await createRig();
    const call = rig.spawn('simulate', 'kite', '--port', '0');
    await call.waitForOutput(/listening on 127\.0\.0\.1:\d+/);
    call.kill('SIGTERM');
    expect((await call.result).exitCode).toBe(143);
  });

  test('serve responds to /healthz and exits with 143', async () => {
    const call = inNewProcesses.spawn('serve', 'small.yaml', '--port', '0');
    await call.waitForOutput(/http:\/\/127\.0\.0\.1:\d+/);
    const [address = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(call.stderr() + call.stdout()) ?? [];
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    call.kill('SIGTERM');
    expect((await call.result).exitCode).toBe(143);
  });
});
