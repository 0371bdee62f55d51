import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import { startSilentServer } from '../../fixtures/test-servers.js';

/* A signal may come at any moment of any command: it ends soon, with the code of the signal, and the lake stays sound. */
const hangLimit = 180_000;
const now = '2026-11-20T23:00:00Z';

const pipeline = `name: work
provider: mock
symbols: [AAPL, MSFT, SPY]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: [1 day, 30 mins], lookback: 20d }
  chains: { needs: contracts }
  returns: { uses: sql, needs: equity, query: 'SELECT symbol, ts, close FROM equity_bars' }
`;

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
  await rig.write('work.yaml', pipeline);
});
afterEach(async () => {
  await rig.close();
});

const signals = ['SIGINT', 'SIGTERM'] as const;
const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/** A handled signal gives its exit code; any other command is ended by the signal itself, which shells report with the same code. */
function toCode({
  exitCode,
  signal,
}: {
  readonly exitCode: number | null;
  readonly signal: string | null;
}): number | null {
  return signal === 'SIGINT' || signal === 'SIGTERM' ? codes[signal] : exitCode;
}

async function expectSoundLake(): Promise<void> {
  const { exitCode, stdout } = await rig.pipe('check', '--json');
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
}

/** Milliseconds after the start of the command. */
const moments = [0, 100, 300, 600, 1_000, 1_500];

describe.each(signals)('after %s at any moment', (signal) => {
  test.each([
    ['run', ['run', 'work.yaml', '--now', now, '--force']],
    ['maintain', ['maintain']],
    ['check --repair', ['check', '--repair']],
    ['status', ['status', 'work.yaml']],
    ['chain', ['chain', 'SPY']],
    ['plan', ['plan', 'work.yaml', '--force']],
  ])('%s ends, and the lake is sound', { timeout: 2 * hangLimit }, async (_, words) => {
    expect((await rig.pipe('run', 'work.yaml', '--now', now)).exitCode).toBe(0);
    for (const moment of moments) {
      const call = rig.spawn(...words, { timeout: hangLimit });
      await new Promise((resolve) => setTimeout(resolve, moment));
      call.kill(signal);
      const result = await call.result;
      expect([0, 2, codes[signal]], result.stderr).toContain(toCode(result));
      await expectSoundLake();
    }
    const again = await rig.pipe('run', 'work.yaml', '--now', now);
    expect({ code: again.exitCode, stderr: again.stderr }).toMatchObject({ code: 0 });
  });

  test('a query that would take hours ends', async () => {
    await rig.pipe('run', 'work.yaml', '--now', now);
    const call = rig.spawn('query', 'SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b', {
      timeout: hangLimit,
    });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    call.kill(signal);
    expect(toCode(await call.result)).toBe(codes[signal]);
  });

  test('doctor ends although the gateway does not answer', async () => {
    const silent = await startSilentServer();
    const call = rig.spawn('doctor', 'ib', { timeout: hangLimit, env: { IB_PORT: String(silent.port) } });
    await expect.poll(silent.calls, { timeout: hangLimit }).toBeGreaterThan(0);
    call.kill(signal);
    expect(toCode(await call.result)).toBe(codes[signal]);
  });
});

test.each(signals)(
  '%s during a commit stores what was received, and the report names the cancelled run',
  async (signal) => {
    const call = rig.spawn('run', 'work.yaml', '--now', now, '--debug', { timeout: hangLimit });
    await call.waitForOutput('"type":"request-completed"');
    call.kill(signal);
    const result = await call.result;
    expect([0, codes[signal]], result.stderr).toContain(toCode(result));
    await expectSoundLake();
    const { stdout } = await rig.pipe('report', '--json');
    expect(stdout).toMatch(/"status": ?"(?:cancelled|ok)"/);
    expect((await rig.pipe('run', 'work.yaml', '--now', now)).exitCode).toBe(0);
  },
);

test('a stop during a command of the pipeline says which step is awaited', async () => {
  await rig.write(
    'exec.yaml',
    `name: exec\nprovider: mock\nsymbols: [AAPL]\nsteps:\n  contracts: {}\n  export: { uses: exec, needs: contracts, command: [sleep, '3600'], timeout: 1d }\n`,
  );
  const call = rig.spawn('run', 'exec.yaml', '--now', now, '--debug', { timeout: hangLimit });
  await call.waitForOutput(/"type":"task-started".*"step":"export"/);
  call.kill('SIGINT');
  await call.waitForOutput('stopping: waiting for the step export (Ctrl-C again to force)');
  expect((await call.result).exitCode).toBe(130);
});
