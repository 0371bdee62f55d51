import { expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../../src/providers/ib/doctor.js';
import type { Finding } from '../../../src/providers/ib/doctor.js';
import type { Clock } from '../../../src/core/clock.js';
import type { IbSettings } from '../../../src/providers/ib/settings.js';
import { apple, calendarNamed, never, onRequest, openRig, quickTimings, startRig } from './rig.js';
import type { Rig, RigParts } from './rig.js';

async function examined(rig: Rig, changes: Partial<IbSettings> = {}, clock: Clock = rig.clock) {
  const settings: IbSettings = {
    host: '127.0.0.1',
    port: rig.gateway.port,
    clientId: 17,
    dataType: 'live',
    allowDelayed: false,
    ...changes,
  };
  const parts = { settings, probe: apple, calendar: calendarNamed('XNYS'), clock, timings: quickTimings };
  const { findings } = await diagnose(parts, never);
  return Object.fromEntries(findings.map((finding) => [finding.name, finding])) as Record<Finding['name'], Finding>;
}

async function gateway(parts: Partial<RigParts> = {}): Promise<Rig> {
  const rig = await startRig(parts);
  onTestFinished(rig.stop);
  return rig;
}

it('finds nothing wrong where nothing is', async () => {
  const rig = await gateway();
  const findings = await examined(rig);
  for (const { ok, remedy } of Object.values(findings)) expect({ ok, remedy }).toEqual({ ok: 'yes', remedy: '' });
  expect(Object.keys(findings)).toHaveLength(8);
  expect(findings.accounts.says).toBe('DU***67: paper trading');
  expect(rig.gateway.statistics()).toMatchObject({ requests: { historical: 1, 'market-data': 1 } });
  await expect.poll(() => rig.gateway.statistics().connections.open).toBe(0);
});

it('says that nothing listens, and looks at nothing else', async () => {
  const rig = await gateway();
  const findings = await examined(rig, { port: 1 });
  expect(Object.keys(findings)).toEqual(['connection']);
  expect(findings.connection).toMatchObject({ ok: 'no', remedy: expect.stringContaining('4002') as string });
});

it('tells a live account from a paper one', async () => {
  const findings = await examined(await gateway({ simulator: { account: 'U7654321' } }));
  expect(findings.accounts.says).toBe('U***21: a live account, of which only data is asked');
});

it('notices that the client id is taken', async () => {
  const findings = await examined(await openRig());
  expect(findings['client id']).toMatchObject({ ok: 'no', says: 'client id 17 is taken; 18 was used instead' });
});

it('compares the clocks', async () => {
  const rig = await gateway();
  const ahead = 90_000;
  const findings = await examined(
    rig,
    {},
    { now: () => rig.clock.now() - ahead, sleepUntil: (at, signal) => rig.clock.sleepUntil(at + ahead, signal) },
  );
  expect(findings.clock).toMatchObject({ ok: 'no', remedy: expect.stringContaining('NTP') as string });
  expect(findings.clock.says).toMatch(/the gateway is 1m (29|30)?s? ?ahead of this machine|1m \d+s ahead/);
});

it.each([
  ['354', 'no', /subscribe/],
  ['10197', 'no', /log out of the other/],
  ['322', 'unknown', /try again/],
])('explains what stands against market data: %s', async (code, ok, remedy) => {
  const director = onRequest('market-data', { kind: 'error', code, message: null, status: null });
  expect((await examined(await gateway({ director })))['market data']).toMatchObject({
    ok,
    remedy: expect.stringMatching(remedy) as string,
  });
});

it('explains what stands against historical data', async () => {
  const message = 'Historical Market Data Service error message:No market data permissions for NYSE STK';
  const director = onRequest('historical', { kind: 'error', code: '162', message, status: null });
  expect((await examined(await gateway({ director })))['historical data']).toMatchObject({
    ok: 'no',
    remedy: expect.stringContaining('same subscription') as string,
  });
});
