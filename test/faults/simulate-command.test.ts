/** The shipped command against `pipe simulate tws` with a scenario: exit codes and messages. */
import { describe, expect, test } from 'vitest';
import { createRig } from '../rig.js';
import type { CallResult, Rig, RunningCall } from '../rig.js';

const now = '2026-11-18T23:00:00Z';

const pipeline = `name: small
provider: ib
symbols: [AAPL, MSFT]
retry: { attempts: 3, delay: 50ms, max_delay: 100ms }
# Without pacing, the tests need not wait 15 seconds before they repeat a request.
pacing: { budgets: [{ name: at-once, kind: open, limit: 4 }] }
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: 1 day, lookback: 5 sessions }
`;

interface RunningSimulation {
  readonly rig: Rig;
  readonly gateway: RunningCall;
  /** Runs the pipeline at the gateway. */
  readonly run: (...more: readonly string[]) => Promise<CallResult>;
  /** Replaces the gateway by another. */
  readonly playInstead: (rules: string) => Promise<void>;
}

/** Creates a project with the small pipeline and a gateway with these rules. */
async function startSimulation(rules: string): Promise<RunningSimulation> {
  const rig = await createRig();
  await rig.write('small.yaml', pipeline);
  let { gateway, port } = await spawnSimulator(rig, rules);
  return {
    rig,
    gateway,
    run: (...more) => rig.pipe('run', 'small.yaml', '--now', now, ...more, { env: { IB_PORT: port } }),
    async playInstead(others) {
      gateway.kill('SIGINT');
      ({ gateway, port } = await spawnSimulator(rig, others));
    },
  };
}

async function spawnSimulator(rig: Rig, rules: string): Promise<{ gateway: RunningCall; port: string }> {
  await rig.write('faults.yaml', `name: faults\nsource: tws\nrules: [${rules}]\n`);
  const gateway = rig.spawn('simulate', 'tws', '--scenario', 'faults.yaml', '--start', now, '--port', '0', '--json');
  await gateway.waitForOutput(/"listening".*\n/);
  const [, port = ''] = /"port":(\d+)/.exec(gateway.stdout()) ?? [];
  return { gateway, port };
}

/** Stops a gateway and returns its summary. */
async function readStatistics(gateway: RunningCall): Promise<unknown> {
  gateway.kill('SIGINT');
  const { stdout } = await gateway.result;
  const last: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  return last;
}

const noViolations = {
  identical: 0,
  'same-contract': 0,
  total: 0,
  'open-historical': 0,
  lines: 0,
  'message-rate': 0,
};

describe.concurrent('pipe run at pipe simulate tws', () => {
  test('reconnects after a dropped connection and exits with 0', async () => {
    const cut = '{ when: { request: contract-details }, do: { drop: mid_message }, times: 1 }';
    const { rig, gateway, run } = await startSimulation(cut);
    const { exitCode, stdout, stderr } = await run('--json');
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'ok', requests: 4, rows: 12 });
    expect(stderr).toContain('IB Gateway closed the connection\n');
    expect(await readStatistics(gateway)).toMatchObject({
      kind: 'stopped',
      statistics: {
        connections: { accepted: 2, open: 0 },
        requests: { historical: 2 },
        violations: noViolations,
        openHistorical: { now: 0 },
      },
    });
    const check = await rig.pipe('check');
    expect(check.exitCode, check.stdout).toBe(0);
  });

  test('stores what it can, reports denied windows and exits with 3; --retry-denied requests them again', async () => {
    const denied = 'Historical Market Data Service error message:No market data permissions for NASDAQ STK';
    const { rig, run, playInstead } = await startSimulation(
      `{ when: { request: historical, symbol: MSFT }, do: { error: 162, message: "${denied}" } }`,
    );
    const first = await run();
    expect(first.exitCode, first.stderr).toBe(3);
    expect(first.stderr).toContain(`equity/MSFT failed: IB error 162: ${denied}\n`);
    expect(first.stdout).toMatch(/run with\s+`--retry-denied`/);
    const bars = await rig.pipe('query', '--csv', 'SELECT symbol, count(*) AS bars FROM equity_bars GROUP BY 1');
    expect(bars.stdout).toBe('symbol,bars\nAAPL,5\n');

    const second = await run('--json');
    expect(second.exitCode, second.stderr).toBe(3);
    expect(JSON.parse(second.stdout)).toMatchObject({
      status: 'partial',
      requests: 0,
      lacking: [{ kind: 'denied', isAccepted: false, symbols: ['MSFT'] }],
    });

    await playInstead('');
    const third = await run('--json', '--retry-denied');
    expect(third.exitCode, third.stderr).toBe(0);
    expect(JSON.parse(third.stdout)).toMatchObject({ status: 'ok', requests: 1, rows: 5 });
  });

  test('reports a failed connection and exits with 4; the next run fetches everything', async () => {
    const { run, playInstead } = await startSimulation('{ when: connect, do: refuse }');
    const first = await run();
    expect(first.exitCode, first.stderr).toBe(4);
    expect(first.stderr).toMatch(
      /contracts\/AAPL failed: 127\.0\.0\.1:\d+ accepted the connection and closed it immediately/,
    );
    expect(first.stdout).toContain('Configuration, API, Settings');

    await playInstead('');
    const second = await run('--json');
    expect(second.exitCode, second.stderr).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ status: 'ok', requests: 4, rows: 12 });
  });
});
