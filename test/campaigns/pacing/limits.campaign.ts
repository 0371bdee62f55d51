import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createExampleProject } from '../../example-pipelines.js';
import { createRig } from '../../rig.js';
import type { Rig, RunningCall } from '../../rig.js';

/*
 * Runs pipelines against the simulators while other processes keep every core busy, and counts the requests that the simulators
 * judge to exceed a limit: by their own clocks, when the requests arrive. `npm run pacing -- --rounds 50` is the full campaign.
 */

const rounds = Number(process.env['PIPE_ROUNDS'] ?? '5');
/** Processes that keep a core busy; none where other work does. */
const busyCount = Number(process.env['PIPE_BUSY'] ?? String(availableParallelism()));

const busy: ChildProcess[] = [];
beforeAll(() => {
  for (let core = 0; core < busyCount; core++)
    busy.push(spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' }));
});
afterAll(() => {
  for (const process of busy) process.kill('SIGKILL');
});

interface Simulator {
  readonly call: RunningCall;
  readonly port: number;
  /** The names of the violated rules so far. */
  violations(): readonly string[];
  requests(): number;
}

async function startSimulator(rig: Rig, ...words: readonly string[]): Promise<Simulator> {
  const call = rig.spawn('simulate', ...words, '--port', '0', '--json', { timeout: 86_400_000 });
  await call.waitForOutput(/"port":\d+.*\n/);
  const events = (kind: string): readonly string[] =>
    call.stdout().match(new RegExp(`.*"kind":"${kind}".*`, 'g')) ?? [];
  return {
    call,
    port: Number(/"port":(\d+)/.exec(call.stdout())?.[1]),
    violations: () => events('violation').map((line) => /"rule":"([^"]*)"/.exec(line)?.[1] ?? line),
    requests: () => events('request').length,
  };
}

async function stop({ call }: Simulator): Promise<void> {
  call.kill('SIGTERM');
  await call.result;
}

test(`Kite: ${String(rounds)} runs of india-indices.yaml with busy cores violate no limit`, async () => {
  const rig = await createExampleProject();
  const simulator = await startSimulator(rig, 'kite');
  const env = {
    KITE_API_KEY: 'simulated',
    KITE_ACCESS_TOKEN: 'simulated-token',
    KITE_BASE_URL: `http://127.0.0.1:${String(simulator.port)}`,
  };
  const report: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    const data = `lake-${String(round)}`;
    const { exitCode, stdout, stderr } = await rig.spawn('run', 'pipelines/india-indices.yaml', '--data', data, { env })
      .result;
    report.push(`${String(round)}: exit code ${String(exitCode)}, ${String(simulator.violations().length)} violations`);
    expect(stdout + stderr).not.toContain('Too many requests');
  }
  process.stdout.write(`${report.join('\n')}\n${String(simulator.requests())} requests\n`);
  expect(simulator.violations()).toEqual([]);
  await stop(simulator);
});

const twoLakes = `name: shared
provider: ib
symbols: [AAPL, MSFT, GOOGL, AMZN, NVDA, META, TSLA, SPY, QQQ, IWM, JPM, XOM]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 5 sessions }
`;

test(`Interactive Brokers: ${String(rounds)} pairs of runs for two lakes at once violate no limit`, async () => {
  const report: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    const rig = await createRig();
    await rig.write('shared.yaml', twoLakes);
    const simulator = await startSimulator(rig, 'tws');
    const env = { IB_PORT: String(simulator.port) };
    const runs = ['one', 'two'].map(
      (data, index) =>
        rig.spawn('run', 'shared.yaml', '--data', data, '--lineage', `${data}-lineage`, {
          env: { ...env, IB_CLIENT_ID: String(index + 1) },
        }).result,
    );
    const codes = (await Promise.all(runs)).map(({ exitCode }) => exitCode);
    report.push(`${String(round)}: exit codes ${codes.join(', ')}, ${String(simulator.requests())} requests`);
    expect(simulator.violations()).toEqual([]);
    expect(codes).toEqual([0, 0]);
    await stop(simulator);
    await rig.close();
  }
  process.stdout.write(`${report.join('\n')}\n`);
});
