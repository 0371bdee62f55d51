import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig, RunningCall } from '../../rig.js';

let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  await cp(join(import.meta.dirname, '../../../pipelines/scenarios'), rig.path('scenarios'), { recursive: true });
});

/** Starts a simulator on a free port. */
async function startSimulator(...words: readonly string[]): Promise<{ call: RunningCall; port: number }> {
  const call = rig.spawn('simulate', ...words, '--port', '0');
  await call.waitForOutput(words.includes('--json') ? /listening.*\n/ : 'stop it with Ctrl-C');
  const [, port = ''] = /listening on 127\.0\.0\.1:(\d+)|"port":(\d+)/.exec(call.stdout())?.filter(Boolean) ?? [];
  return { call, port: Number(port) };
}

/** Sends the handshake of a TWS client. */
async function connectClient(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  const versions = 'v100..176';
  socket.write(Buffer.from(`API\0\0\0\0${String.fromCharCode(versions.length)}${versions}`, 'latin1'));
  await once(socket, 'data');
  return socket;
}

describe('pipe simulate tws', () => {
  test('prints its address, how to use it, its events and a summary', async () => {
    const { call, port } = await startSimulator('tws', '--server-version', '170');
    const socket = await connectClient(port);
    await call.waitForOutput('#1   connected from 127.0.0.1');
    socket.destroy();
    await call.waitForOutput('#1   disconnected');
    call.kill('SIGINT');
    const { exitCode, stdout, stderr } = await call.result;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(
      /^listening on 127\.0\.0\.1:\d+ \(TWS, server version 170\): no faults\nstopped after \S+: 1 connection, 0 requests, 0 violations\n$/,
    );
    expect(stderr).toContain(`  use it with: IB_HOST=127.0.0.1 IB_PORT=${port} pipe run <pipeline>\n`);
  });

  test('--scenario drops a connection and --start sets the time of the market', async () => {
    await rig.write('refuse.yaml', 'name: shut\nsource: tws\nrules: [{ when: connect, do: refuse, times: 1 }]\n');
    const { call, port } = await startSimulator(
      'tws',
      '--scenario',
      'refuse.yaml',
      '--start',
      '2026-11-20T15:00:00-05:00',
    );
    const refused = connect(port, '127.0.0.1').on('error', () => undefined);
    await new Promise((resolve) => refused.on('close', resolve));
    await call.waitForOutput('scenario: refuse');
    (await connectClient(port)).destroy();
    call.kill('SIGTERM');
    const { exitCode, stderr } = await call.result;
    expect(exitCode).toBe(143);
    expect(stderr).toContain('pipe run <pipeline> --now 2026-11-20T20:00:00Z\n');
  });

  test('--json prints every event as a line of stdout', async () => {
    const { call, port } = await startSimulator('tws', '--json');
    (await connectClient(port)).destroy();
    await call.waitForOutput('"disconnected"');
    call.kill('SIGINT');
    const { stdout, stderr } = await call.result;
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      { kind: 'listening', source: 'tws', host: '127.0.0.1', port, scenario: 'no faults' },
      { kind: 'connected', connection: 1, at: expect.stringMatching(/Z$/) as unknown },
      { kind: 'disconnected', connection: 1 },
      { kind: 'stopped', statistics: { connections: { accepted: 1, open: 0 } } },
    ]);
    expect(stderr).toBe('');
  });

  test('a port in use ends the command with exit code 2', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { exitCode, stdout, stderr } = await rig.pipe('simulate', 'tws', '--port', String(port));
    server.close();
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe(
      `pipe: port ${port} on 127.0.0.1 is in use\n  stop the program that uses it, or choose another with --port (0 = any free port)\n`,
    );
  });
});

test('pipe simulate kite accepts only the token that it prints', async () => {
  const { call, port } = await startSimulator('kite');
  const [, key = '', token = ''] = /KITE_API_KEY=(\S+) KITE_ACCESS_TOKEN=(\S+)/.exec(call.stderr()) ?? [];
  const profile = (authorization: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/user/profile`, {
      headers: { 'X-Kite-Version': '3', Authorization: authorization, Connection: 'close' },
    });
  expect((await profile(`token ${key}:${token}`)).status).toBe(200);
  expect((await profile('token other:other')).status).toBe(403);
  call.kill('SIGINT');
  const { exitCode, stdout } = await call.result;
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(/\(Kite Connect\): no faults\nstopped after \S+: \d connections?, 2 requests \(2 profile\)/);
});

test.concurrent.for<readonly [readonly string[], string]>([
  [['ib'], 'pipe: unknown simulator ib\n  did you mean tws?\n'],
  [['mock'], 'pipe: unknown simulator mock\n  use tws (Interactive Brokers) or kite (Zerodha)\n'],
  [['tws', '--port', '70000'], 'pipe: --port 70000 is not a whole number from 0 to 65535\n'],
  [['tws', '--speed', 'fast'], 'pipe: --speed fast is not a number from 0 to 100000\n'],
  [['tws', '--pacing', 'kind'], 'pipe: --pacing kind is not one of strict, documented, off\n'],
  [['kite', '--server-version', '176'], 'pipe: --server-version is only for pipe simulate tws\n'],
  [['kite', '--symbols', 'ABCD'], 'pipe: --symbols is only for pipe simulate tws\n'],
  [['tws', '--symbols', 'A,,B'], 'pipe: --symbols A,,B has an empty name\n  write names as --symbols ABCD,EFGH\n'],
  [['tws', '--start', '2026-11-20'], 'pipe: --start: `2026-11-20` has no time zone\n'],
  [['tws', '--scenario', 'absent.yaml'], 'pipe: no such file: absent.yaml\n'],
  [
    ['tws', '--scenario', 'scenarios/kite-token-expiry.yaml'],
    'pipe: scenarios/kite-token-expiry.yaml is a scenario for kite, not for tws\n  use it with: pipe simulate kite --scenario scenarios/kite-token-expiry.yaml\n',
  ],
])('simulate %j ends with exit code 2 and a message', async ([words, expected]) => {
  const { exitCode, stdout, stderr } = await rig.pipe('simulate', ...words);
  expect(stderr.slice(0, expected.length)).toBe(expected);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});

test('lint fails for a pipeline whose scenario is missing, invalid or for another provider', async () => {
  const pipeline = (scenario: string): string =>
    `name: simulated\nprovider: synthetic\nsymbols: [AAPL]\nsteps: { contracts: {} }\nproviders: { synthetic: { scenario: ${scenario} } }\n`;
  await rig.write('wrong.yaml', 'name: wrong\nsource: synthetic\nrules: [{ when: connect, do: silense }]\n');
  await rig.write('absent/simulated.yaml', pipeline('nowhere.yaml'));
  await rig.write('wrong/simulated.yaml', pipeline('../wrong.yaml'));
  await rig.write('other/simulated.yaml', pipeline('../scenarios/rough-evening.yaml'));
  for (const [folder, message] of [
    ['absent', '`absent/nowhere.yaml` does not exist'],
    ['wrong', 'wrong.yaml:3:30 error unknown-action: `silense` is not an action'],
    ['other', 'is a scenario for tws, not for synthetic'],
  ] as const) {
    const { exitCode, stdout, stderr } = await rig.pipe('lint', `${folder}/simulated.yaml`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect((await rig.pipe('lint', '--json', folder)).stdout).toContain('"ok": false');
  }
});

test('lint and simulate print the same errors of an invalid scenario', async () => {
  await rig.write('bad.yaml', 'name: bad\nsource: tws\nrules: [{ when: connect, do: silense }]\n');
  const lint = await rig.pipe('lint', 'bad.yaml', 'scenarios/rough-evening.yaml');
  expect(lint.exitCode).toBe(2);
  expect(lint.stdout).toBe('scenarios/rough-evening.yaml: ok (scenario for tws, 6 rules)\n');
  expect(lint.stderr).toContain('bad.yaml:3:30 error unknown-action: `silense` is not an action\n');
  const simulate = await rig.pipe('simulate', 'tws', '--scenario', 'bad.yaml');
  expect({ ...simulate, signal: null }).toEqual({ exitCode: 2, stdout: '', stderr: lint.stderr, signal: null });
});
