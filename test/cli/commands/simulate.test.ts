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

/** A simulator at a port of its own. */
async function startSimulator(...words: readonly string[]): Promise<{ call: RunningCall; port: number }> {
  const call = rig.spawn('simulate', ...words, '--port', '0');
  await call.waitForOutput(words.includes('--json') ? /listening.*\n/ : 'Ctrl-C stops it');
  const [, port = ''] = /listening on 127\.0\.0\.1:(\d+)|"port":(\d+)/.exec(call.stdout())?.filter(Boolean) ?? [];
  return { call, port: Number(port) };
}

/** Says to a TWS what every client says first. */
async function connectAndGreet(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  const versions = 'v100..176';
  socket.write(Buffer.from(`API\0\0\0\0${String.fromCharCode(versions.length)}${versions}`, 'latin1'));
  await once(socket, 'data');
  return socket;
}

describe('pipe simulate tws', () => {
  test('says where it listens and how to reach it, what happens, and in the end what it has seen', async () => {
    const { call, port } = await startSimulator('tws', '--server-version', '170');
    const socket = await connectAndGreet(port);
    await call.waitForOutput('#1   connected from 127.0.0.1');
    socket.destroy();
    await call.waitForOutput('#1   disconnected');
    call.kill('SIGINT');
    const { exitCode, stdout, stderr } = await call.result;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(
      /^listening on 127\.0\.0\.1:\d+ \(TWS, server version 170\): nothing goes wrong\nstopped after \S+: 1 connection, 0 requests, 0 violations\n$/,
    );
    expect(stderr).toContain(`  reach it with: IB_HOST=127.0.0.1 IB_PORT=${port} pipe run <pipeline>\n`);
  });

  test('plays a scenario', async () => {
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
    (await connectAndGreet(port)).destroy();
    call.kill('SIGTERM');
    const { exitCode, stderr } = await call.result;
    expect(exitCode).toBe(143);
    expect(stderr).toContain('pipe run <pipeline> --now 2026-11-20T20:00:00Z\n');
  });

  test('--json puts every event on a line of stdout', async () => {
    const { call, port } = await startSimulator('tws', '--json');
    (await connectAndGreet(port)).destroy();
    await call.waitForOutput('"disconnected"');
    call.kill('SIGINT');
    const { stdout, stderr } = await call.result;
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      { kind: 'listening', source: 'tws', host: '127.0.0.1', port, scenario: 'nothing goes wrong' },
      { kind: 'connected', connection: 1, at: expect.stringMatching(/Z$/) as unknown },
      { kind: 'disconnected', connection: 1 },
      { kind: 'stopped', statistics: { connections: { accepted: 1, open: 0 } } },
    ]);
    expect(stderr).toBe('');
  });

  test('leaves a port that is taken to who has it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { exitCode, stdout, stderr } = await rig.pipe('simulate', 'tws', '--port', String(port));
    server.close();
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe(
      `pipe: port ${port} of 127.0.0.1 is taken\n  end what listens there, or choose another with --port (0 takes any that is free)\n`,
    );
  });
});

test('pipe simulate kite answers who has the token it names', async () => {
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
  expect(stdout).toMatch(
    /\(Kite Connect\): nothing goes wrong\nstopped after \S+: \d connections?, 2 requests \(2 profile\)/,
  );
});

test.concurrent.for<readonly [readonly string[], string]>([
  [['ib'], 'pipe: ib is nothing that can be simulated\n  did you mean tws?\n'],
  [['mock'], 'pipe: mock is nothing that can be simulated\n  there is tws (Interactive Brokers) and kite (Zerodha)\n'],
  [['tws', '--port', '70000'], 'pipe: --port 70000 is not a whole number from 0 to 65535\n'],
  [['tws', '--speed', 'fast'], 'pipe: --speed fast is not a number from 0 to 100000\n'],
  [['tws', '--pacing', 'kind'], 'pipe: --pacing kind is not one of strict, documented, off\n'],
  [['kite', '--server-version', '176'], 'pipe: --server-version is only for pipe simulate tws\n'],
  [['tws', '--start', '2026-11-20'], 'pipe: --start: `2026-11-20` does not say in which zone\n'],
  [['tws', '--scenario', 'absent.yaml'], 'pipe: there is no file absent.yaml\n'],
  [
    ['tws', '--scenario', 'scenarios/kite-token-expiry.yaml'],
    'pipe: scenarios/kite-token-expiry.yaml is a scenario of kite, not of tws\n  play it with: pipe simulate kite --scenario scenarios/kite-token-expiry.yaml\n',
  ],
])('simulate %j is refused', async ([words, said]) => {
  const { exitCode, stdout, stderr } = await rig.pipe('simulate', ...words);
  expect(stderr.slice(0, said.length)).toBe(said);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});

test('a pipeline is not well whose scenario is not there, is wrong, or is of another source', async () => {
  const pipeline = (scenario: string): string =>
    `name: played\nprovider: synthetic\nsymbols: [AAPL]\nsteps: { contracts: {} }\nproviders: { synthetic: { scenario: ${scenario} } }\n`;
  await rig.write('wrong.yaml', 'name: wrong\nsource: synthetic\nrules: [{ when: connect, do: silense }]\n');
  await rig.write('absent/played.yaml', pipeline('nowhere.yaml'));
  await rig.write('wrong/played.yaml', pipeline('../wrong.yaml'));
  await rig.write('other/played.yaml', pipeline('../scenarios/rough-evening.yaml'));
  for (const [folder, words] of [
    ['absent', '`absent/nowhere.yaml` is not there'],
    ['wrong', 'wrong.yaml:3:30 error unknown-action: `silense` is not an action'],
    ['other', 'is a scenario of tws, not of synthetic'],
  ] as const) {
    const { exitCode, stdout, stderr } = await rig.pipe('lint', `${folder}/played.yaml`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect((await rig.pipe('lint', '--json', folder)).stdout).toContain('"ok": false');
  }
});

test('a scenario with mistakes is shown them, by lint as by simulate', async () => {
  await rig.write('bad.yaml', 'name: bad\nsource: tws\nrules: [{ when: connect, do: silense }]\n');
  const lint = await rig.pipe('lint', 'bad.yaml', 'scenarios/rough-evening.yaml');
  expect(lint.exitCode).toBe(2);
  expect(lint.stdout).toBe('scenarios/rough-evening.yaml: well, a scenario of tws with 6 rules\n');
  expect(lint.stderr).toContain('bad.yaml:3:30 error unknown-action: `silense` is not an action\n');
  const simulate = await rig.pipe('simulate', 'tws', '--scenario', 'bad.yaml');
  expect({ ...simulate, signal: null }).toEqual({ exitCode: 2, stdout: '', stderr: lint.stderr, signal: null });
});
