import { expect, test } from 'vitest';

import { createRig } from '../../rig.js';

const pipeline = `name: auto
provider: auto
symbols: [{ symbol: INFY, exchange: NSE }]
steps:
  contracts: { refresh: 1h }
`;

test('provider auto stores rows of Kite after a login, and no mock rows after the login has expired', async () => {
  const rig = await createRig();
  await rig.write('auto.yaml', pipeline);
  const simulator = rig.spawn('simulate', 'kite', '--port', '0', '--json');
  await simulator.waitForOutput(/"port":\d+.*\n/);
  const baseUrl = `http://127.0.0.1:${/"port":(\d+)/.exec(simulator.stdout())?.[1] ?? ''}`;
  const env = { KITE_BASE_URL: baseUrl, XDG_CONFIG_HOME: rig.path('config') };
  const app = { ...env, KITE_API_KEY: 'simulated', KITE_API_SECRET: 'simulated-secret' };

  const page = await fetch(`${baseUrl}/connect/login?v=3&api_key=simulated`, { method: 'POST' });
  const requestToken = /<code>(\w+)<\/code>/.exec(await page.text())?.[1] ?? '';
  const login = await rig.spawn('login', 'kite', '--request-token', requestToken, { env: app }).result;
  expect(login.exitCode, login.stderr).toBe(0);

  // The token file names its key, so that a run of cron needs no variable.
  const first = await rig.spawn('run', 'auto.yaml', { env }).result;
  expect(first.exitCode, first.stderr).toBe(0);
  const query = await rig.pipe('query', 'SELECT DISTINCT provider FROM contracts', '--json');
  expect(JSON.parse(query.stdout)).toEqual([{ provider: 'kite' }]);

  simulator.kill('SIGTERM');
  await simulator.result;
  // Another lake, and a day later: the login has expired.
  const later = new Date(Date.now() + 86_400_000).toISOString();
  const second = await rig.spawn('run', 'auto.yaml', '--data', 'other', '--now', later, { env }).result;
  expect(second.exitCode).toBe(4);
  expect(second.stderr + second.stdout).toMatch(/the access token expired at .* in India/);
  expect(second.stderr + second.stdout).toContain('pipe login kite');

  // The lake knows its provider without any login.
  const third = await rig.spawn('run', 'auto.yaml', '--now', later, { env: { KITE_BASE_URL: baseUrl } }).result;
  expect(third.exitCode).toBe(4);
  expect(third.stderr).toContain('uses kite, because the lake holds rows of kite, to which it adds no mock prices');
});
