import { stat } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});

/** Starts a simulator for the duration of the tests and returns its port. */
async function startSimulator(source: 'tws' | 'kite', ...words: readonly string[]): Promise<string> {
  const call = rig.spawn('simulate', source, '--port', '0', '--json', ...words);
  await call.waitForOutput(/"port":\d+/);
  return /"port":(\d+)/.exec(call.stdout())?.[1] ?? '';
}

describe('pipe doctor ib', () => {
  test('shows every check as passed for a gateway with all permissions', async () => {
    const env = { IB_PORT: await startSimulator('tws') };
    const { exitCode, stdout } = await rig.pipe('doctor', 'ib', { env });
    expect(stdout.split('\n').map((line) => line.slice(0, 19).trimEnd())).toEqual([
      'ib',
      '  ✓ connection',
      '  ✓ client id',
      '  ✓ server version',
      '  ✓ accounts',
      '  ✓ clock',
      '  ✓ market data',
      '  ✓ historical data',
      '  ✓ farms',
      '',
    ]);
    expect(stdout).toMatch(/DU\*\*\*\d\d: paper trading/);
    expect(exitCode).toBe(0);
  });

  test('explains a refused connection with a hint to start the gateway and ends with exit code 4', async () => {
    const { exitCode, stdout } = await rig.pipe('doctor', 'ib', { env: { IB_PORT: '1' } });
    expect(stdout).toMatch(
      /✗ connection {2}cannot connect to IB Gateway at 127\.0\.0\.1:1 \(connection refused\)\n.*→ start TWS or IB Gateway/,
    );
    expect(exitCode).toBe(4);
  });

  test('a competing session and delayed data fail the check of market data with a hint', async () => {
    const rules = (code: number): string =>
      `name: other\nsource: tws\nrules: [{ when: { request: market-data }, do: { error: ${code} } }]\n`;
    await rig.write('competing.yaml', rules(10197));
    await rig.write('delayed.yaml', rules(354));
    const competing = await rig.pipe('doctor', 'ib', '--json', {
      env: { IB_PORT: await startSimulator('tws', '--scenario', 'competing.yaml') },
    });
    const delayed = await rig.pipe('doctor', 'ib', '--json', {
      env: { IB_PORT: await startSimulator('tws', '--scenario', 'delayed.yaml') },
    });
    expect(JSON.parse(competing.stdout)).toMatchObject({
      providers: [
        {
          provider: 'ib',
          checks: expect.arrayContaining([
            expect.objectContaining({ name: 'market data', status: 'failed' }),
          ]) as unknown,
        },
      ],
    });
    expect(competing.stdout).toContain('log out of the other TWS');
    expect(delayed.stdout).toContain('only delayed quotes for SPY');
    expect([competing.exitCode, delayed.exitCode]).toEqual([5, 5]);
  });

  test('checks the providers of a pipeline, and none for the mock provider', async () => {
    const steps = 'symbols: [SPY]\nsteps: { contracts: {} }\n';
    await rig.write('mock.yaml', `name: mock\n${steps}`);
    await rig.write('ib.yaml', `name: ib\nprovider: ib\n${steps}providers: { ib: { port: 1 } }\n`);
    expect(await rig.pipe('doctor', 'mock.yaml')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('no provider of this pipeline needs a connection') as string,
    });
    expect(await rig.pipe('doctor', 'ib.yaml')).toMatchObject({ exitCode: 4 });
  });
});

describe('pipe login kite', () => {
  const secrets = { KITE_API_KEY: 'simulated', KITE_API_SECRET: 'simulated-secret' };

  test('saves a token that later runs use and no output shows', async () => {
    const root = `http://127.0.0.1:${await startSimulator('kite')}`;
    const env = { ...secrets, KITE_BASE_URL: root };
    expect(await rig.pipe('doctor', 'kite', { env })).toMatchObject({
      exitCode: 4,
      stdout: expect.stringContaining('pipe login kite') as string,
    });

    const login = rig.spawn('login', 'kite', '--port', '0', { env });
    await login.waitForOutput('waiting for the browser');
    const page = /(http:\S+connect\/login\S+)/.exec(login.stdout())?.[1] ?? '';
    const browser = await fetch(page, { method: 'POST' });
    expect(await browser.text()).toContain('Logged in');
    const { exitCode, stdout } = await login.result;
    expect(stdout).toContain('logged in as ');
    expect(exitCode).toBe(0);

    const file = /saved the token in (\S+),/.exec(stdout)?.[1] ?? '';
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await rig.pipe('doctor', 'kite', { env })).toMatchObject({ exitCode: 0 });
    await rig.write(
      'kite.yaml',
      'name: k\nprovider: kite\ndefaults: { symbols: { exchange: NSE, kind: index } }\nsymbols: [NIFTY]\nsteps: { contracts: {}, quotes: { needs: contracts } }\n',
    );
    const run = await rig.pipe('run', 'kite.yaml', '--debug', { env });
    expect(run.exitCode, run.stderr).toBe(0);

    const { accessToken } = JSON.parse(await rig.read(`../home/.config/pipe/kite-token.json`)) as {
      accessToken: string;
    };
    const outputs = [run.stdout, run.stderr, login.stderr(), stdout];
    for (const name of await rig.files()) if (!name.endsWith('.duckdb')) outputs.push(await rig.read(name));
    for (const secret of [accessToken, secrets.KITE_API_SECRET]) {
      expect(outputs.filter((text) => text.includes(secret))).toEqual([]);
    }
  });

  test('--request-token accepts the URL of a browser on another machine and rejects text without a token', async () => {
    const env = { ...secrets, KITE_BASE_URL: `http://127.0.0.1:${await startSimulator('kite')}` };
    const made = await rig.pipe(
      'login',
      'kite',
      '--request-token',
      'https://app/?request_token=neverIssued1&status=success',
      { env },
    );
    expect(made).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('log in again') as string });
    expect(await rig.pipe('login', 'kite', '--request-token', '?', { env })).toMatchObject({ exitCode: 2 });
    expect(await rig.pipe('login', 'kite', { env: {} })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('KITE_API_KEY') as string,
    });
  });

  test('a run that is longer than its token sends no request and ends with exit code 4', async () => {
    await rig.write(
      'long.yaml',
      // Its 248 requests take 1m 45s: 25 s longer than the token is valid, whose end is far from the start of the command.
      'name: long\nprovider: kite\ndefaults: { symbols: { exchange: NSE, kind: index } }\nsymbols: [NIFTY, BANKNIFTY, FINNIFTY, MIDCPNIFTY]\nsteps: { contracts: {}, equity: { needs: contracts, bar_size: 1 min, lookback: 3650d } }\n',
    );
    const env = {
      KITE_API_KEY: 'simulated',
      KITE_ACCESS_TOKEN: 'simulated-token',
      KITE_BASE_URL: 'http://127.0.0.1:1',
    };
    const { exitCode, stdout } = await rig.pipe('run', 'long.yaml', '--now', '2026-11-20T00:28:40Z', { env });
    const output = stdout.replace(/\s+/g, ' ');
    expect(output).toContain('before the run ends');
    expect(output).toContain('log in with `pipe login kite` after 06:00 in India and run again');
    expect(exitCode).toBe(4);
  });
});
