import { describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { CallOptions, CallResult, Rig } from '../../rig.js';
import { startSilentServer } from '../../fixtures/test-servers.js';

/*
 * The stop signal ends every wait. Each of these runs waits for ten minutes or longer; a call that has not ended long before is
 * killed, and its test fails.
 */
const hangLimit = 180_000;
const now = '2026-11-20T23:00:00Z';

const symbols = 'symbols: [AAPL, MSFT]\n';
const contracts = `${symbols}steps: { contracts: {} }\n`;

/** A scenario of the synthetic provider whose requests all have one result. */
const scenario = (action: string): string =>
  `name: always\nsource: synthetic\nrules: [{ when: request, do: ${action} }]\n`;
const synthetic = `name: waits\nprovider: synthetic\nproviders: { synthetic: { scenario: always.yaml } }\n`;
const mock = 'name: waits\nprovider: mock\n';

interface Wait {
  readonly pipeline: string;
  readonly scenario?: string;
  /** The output that shows that the run waits. */
  readonly until: RegExp;
  readonly arguments?: readonly string[];
  readonly env?: CallOptions['env'];
}

async function createProject({ pipeline, scenario: rules }: Pick<Wait, 'pipeline' | 'scenario'>): Promise<Rig> {
  const rig = await createRig();
  await rig.write('waits.yaml', pipeline);
  if (rules !== undefined) await rig.write('always.yaml', rules);
  return rig;
}

async function stopDuring(wait: Wait, signals: readonly NodeJS.Signals[] = ['SIGINT']): Promise<CallResult> {
  const rig = await createProject(wait);
  const words = wait.arguments ?? ['run', 'waits.yaml', '--now', now, '--debug'];
  const call = rig.spawn(...words, { timeout: hangLimit, ...(wait.env === undefined ? {} : { env: wait.env }) });
  await call.waitForOutput(wait.until);
  const [first = 'SIGINT', ...others] = signals;
  call.kill(first);
  if (others.length > 0) {
    await call.waitForOutput('stopping: ');
    for (const signal of others) call.kill(signal);
  }
  const result = await call.result;
  await rig.close();
  return result;
}

const retried = /"type":"request-retried"/;

const waits: Readonly<Record<string, Wait>> = {
  'a budget': {
    pipeline: `${mock}pacing: { budgets: [{ name: slow, kind: rolling, limit: 1, window: 1h }] }\n${contracts}`,
    until: /"type":"request-completed"/,
  },
  'the pause after a pacing violation': {
    pipeline: `${synthetic}breaker: { threshold: 100, cooldown: 1h }\n${contracts}`,
    scenario: scenario('{ failure: pacing, message: too fast }'),
    until: retried,
  },
  'a retry': {
    pipeline: `${synthetic}retry: { attempts: 3, delay: 1h, max_delay: 1h }\n${contracts}`,
    scenario: scenario('{ failure: retryable, message: no answer }'),
    until: retried,
  },
  'an open circuit': {
    pipeline: `${synthetic}retry: { attempts: 1 }\nbreaker: { threshold: 1, cooldown: 1h }\n${contracts}`,
    scenario: scenario('{ failure: pacing, message: too fast }'),
    until: /"type":"breaker-changed"/,
  },
  'a request in flight': {
    pipeline: `${mock}providers: { mock: { delay: 1d } }\n${contracts}`,
    until: /"type":"request-sent"/,
  },
  'a custom step': {
    pipeline: `${mock}${symbols}steps:\n  contracts: {}\n  sleep: { uses: exec, needs: contracts, command: [sleep, '3600'], timeout: 1d }\n`,
    until: /"type":"custom-step-started"|sleep.*started|"step":"sleep"/,
  },
  'a hook before the run': {
    pipeline: `${mock}hooks: { before_run: [{ command: [sleep, '3600'], required: true, timeout: 1d }] }\n${contracts}`,
    until: /"type":"run-started"/,
  },
  'a hook after the run': {
    pipeline: `${mock}hooks: { on_cycle_complete: [{ command: [sleep, '3600'], timeout: 1d }] }\n${contracts}`,
    until: /"type":"run-finished"/,
  },
};

describe('a run that is stopped while it waits for', () => {
  test.each(Object.keys(waits))('%s ends with exit code 130', { timeout: 2 * hangLimit }, async (name) => {
    const wait = waits[name];
    if (wait === undefined) throw new Error(name);
    const { exitCode, stderr } = await stopDuring(wait);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 130 });
  });

  test('a gateway that does not answer ends with exit code 143 after SIGTERM', async () => {
    const silent = await startSilentServer();
    const wait: Wait = {
      pipeline: `name: waits\nprovider: ib\n${contracts}`,
      until: /"type":"planned"/,
      env: { IB_PORT: String(silent.port) },
    };
    expect((await stopDuring(wait, ['SIGTERM'])).exitCode).toBe(143);
  });

  test('a lineage service that does not answer ends with exit code 130', async () => {
    const silent = await startSilentServer();
    const wait: Wait = {
      pipeline: `${mock}lineage: { endpoint: 'http://127.0.0.1:${String(silent.port)}/' }\n${contracts}`,
      until: /"type":"run-finished"/,
    };
    expect((await stopDuring(wait)).exitCode).toBe(130);
  });

  test('an alert channel that does not answer ends with exit code 130', async () => {
    const silent = await startSilentServer();
    const wait: Wait = {
      pipeline: `${synthetic}retry: { attempts: 1 }\n${contracts}alerts:\n  channels: { ops: { kind: webhook, url: 'http://127.0.0.1:${String(silent.port)}/' } }\n  rules: [{ on: run_failed }]\n`,
      scenario: scenario('{ failure: invalid, message: unknown }'),
      until: /"type":"run-finished"/,
    };
    expect((await stopDuring(wait)).exitCode).toBe(130);
  });

  test('a request in flight ends at once at the second signal', async () => {
    const { exitCode, signal } = await stopDuring(
      { pipeline: `${mock}providers: { mock: { delay: 1d } }\n${contracts}`, until: /"type":"request-sent"/ },
      ['SIGINT', 'SIGINT'],
    );
    expect({ exitCode, signal }).toEqual({ exitCode: 130, signal: null });
  });
});

test('a run that waits for the lock of another run ends at once', async () => {
  const rig = await createProject({ pipeline: `${mock}providers: { mock: { delay: 1d } }\n${contracts}` });
  const run = ['run', 'waits.yaml', '--now', now, '--debug'];
  const first = rig.spawn(...run, { timeout: hangLimit });
  await first.waitForOutput('"type":"request-sent"');
  const second = rig.spawn(...run, '--wait', '1h', { timeout: hangLimit });
  await second.waitForOutput('waiting for its end');
  second.kill('SIGINT');
  const { exitCode, signal } = await second.result;
  expect(exitCode === 130 || signal === 'SIGINT').toBe(true);
  first.kill('SIGTERM');
  expect((await first.result).exitCode).toBe(143);
  await rig.close();
});

test.each(['SIGINT', 'SIGTERM'] as const)('a login that waits for the browser ends after %s', async (signal) => {
  const rig = await createRig();
  const call = rig.spawn('login', 'kite', '--port', '0', {
    timeout: hangLimit,
    env: { KITE_API_KEY: 'key', KITE_API_SECRET: 'secret' },
  });
  await call.waitForOutput('http');
  call.kill(signal);
  expect((await call.result).exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
  await rig.close();
});

test.each(['SIGINT', 'SIGTERM'] as const)('a collector that waits for its next run ends after %s', async (signal) => {
  const schedule = `schedule: { cron: '0 0 1 1 *' }\n`;
  const rig = await createProject({ pipeline: `${mock}${schedule}${contracts}` });
  const call = rig.spawn('serve', 'waits.yaml', '--no-http', { timeout: hangLimit });
  await call.waitForOutput(/next|waits/);
  call.kill(signal);
  const { exitCode, stderr } = await call.result;
  expect([0, signal === 'SIGINT' ? 130 : 143], stderr).toContain(exitCode);
  await rig.close();
});

test('a collector whose run does not answer ends after the second signal', async () => {
  const pipeline = `${mock}providers: { mock: { delay: 1d } }\nschedule: { every: 1m }\n${contracts}`;
  const rig = await createProject({ pipeline });
  const call = rig.spawn('serve', 'waits.yaml', '--no-http', '--now', now, { timeout: hangLimit });
  await call.waitForOutput(/started|running/);
  call.kill('SIGTERM');
  call.kill('SIGTERM');
  const { exitCode, stderr } = await call.result;
  expect([0, 143], stderr).toContain(exitCode);
  await rig.close();
});
