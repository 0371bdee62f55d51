import { describe, expect, test } from 'vitest';

import { readAllowedHosts, requireAllowedHost, requireAllowedUrl } from '../../src/app/allowed-hosts.js';
import { createRig } from '../rig.js';
import { startWebServer } from '../fixtures/test-servers.js';

const withHosts = (hosts: string) => ({ environment: { PIPE_ALLOWED_HOSTS: hosts } });

describe('PIPE_ALLOWED_HOSTS', () => {
  test('allows every host when it is unset or blank', () => {
    expect(readAllowedHosts({ environment: {} }).allows('example.com', 80)).toBe(true);
    expect(readAllowedHosts(withHosts(' ')).allows('example.com', 80)).toBe(true);
  });

  test('is rejected without its value when an entry is no host', () => {
    expect(() => readAllowedHosts(withHosts('https://me:password@example.com'))).toThrow(
      'PIPE_ALLOWED_HOSTS has an entry that is not a host',
    );
  });

  test('ends the command for another host or port of a provider', () => {
    expect(() => requireAllowedHost('127.0.0.1', 7497, withHosts('127.0.0.1:7497'))).not.toThrow();
    expect(() => requireAllowedHost('127.0.0.1', 7496, withHosts('127.0.0.1:7497'))).toThrow(
      'host 127.0.0.1:7496 is not in PIPE_ALLOWED_HOSTS',
    );
    expect(() => requireAllowedUrl('https://api.kite.trade', withHosts('.kite.trade'))).not.toThrow();
    expect(() => requireAllowedUrl('http://evil.example/kite', withHosts('.kite.trade'))).toThrow(
      'host evil.example:80 is not in PIPE_ALLOWED_HOSTS',
    );
  });

  test('limits providers, lineage and alerts of the command', async () => {
    const rig = await createRig();
    const web = await startWebServer([200]);
    await rig.write(
      'small.yaml',
      `name: small
symbols: [AAPL]
provider: mock
lineage: { endpoint: '${web.url}' }
alerts:
  channels: { hook: { kind: webhook, url: '${web.url}' } }
  rules: [{ on: run_failed, channels: [hook] }]
steps: { contracts: {} }
`,
    );
    const env = { PIPE_ALLOWED_HOSTS: 'api.kite.trade', KITE_ACCESS_TOKEN: 'token', KITE_API_KEY: 'key' };
    const doctor = await rig.pipe('doctor', 'ib', { env });
    expect(doctor.stderr).toContain('host 127.0.0.1:7497 is not in PIPE_ALLOWED_HOSTS');
    expect(doctor.exitCode).toBe(2);
    const alerts = await rig.pipe('alerts', 'test', 'hook', 'small.yaml', { env });
    expect(alerts.stderr + alerts.stdout).toContain('is not in PIPE_ALLOWED_HOSTS');
    const run = await rig.pipe('run', 'small.yaml', { env });
    expect(run.stderr + run.stdout).toMatch(/lineage events not delivered .*is not in PIPE_ALLOWED_HOSTS/s);
    expect(run.exitCode).toBe(0);
    expect(web.bodies).toEqual([]);
  });
});
