import { expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../../src/providers/ib/doctor.js';
import type { IbCheck } from '../../../src/providers/ib/doctor.js';
import type { Clock } from '../../../src/core/time/clock.js';
import type { IbSettings } from '../../../src/providers/ib/settings.js';
import { apple, requireCalendar, never, actOnRequest, openRig, quickTimings, startRig } from './rig.js';
import type { Rig, RigOptions } from './rig.js';

async function runDoctor(rig: Rig, changes: Partial<IbSettings> = {}, clock: Clock = rig.clock) {
  const settings: IbSettings = {
    host: '127.0.0.1',
    port: rig.gateway.port,
    clientId: 17,
    marketDataType: 'live',
    allowDelayed: false,
    ...changes,
  };
  const parts = { settings, probe: apple, calendar: requireCalendar('XNYS'), clock, timings: quickTimings };
  const { checks } = await diagnose(parts, never);
  return Object.fromEntries(checks.map((finding) => [finding.name, finding])) as Record<IbCheck['name'], IbCheck>;
}

async function startGateway(parts: Partial<RigOptions> = {}): Promise<Rig> {
  const rig = await startRig(parts);
  onTestFinished(rig.stop);
  return rig;
}

it('finds nothing wrong where nothing is', async () => {
  const rig = await startGateway();
  const findings = await runDoctor(rig);
  for (const { status, hint } of Object.values(findings))
    expect({ ok: status, remedy: hint }).toEqual({ ok: 'yes', remedy: '' });
  expect(Object.keys(findings)).toHaveLength(8);
  expect(findings.accounts.message).toBe('DU***67: paper trading');
  expect(rig.gateway.statistics()).toMatchObject({ requests: { historical: 1, 'market-data': 1 } });
  await expect.poll(() => rig.gateway.statistics().connections.open).toBe(0);
});

it('says that nothing listens, and looks at nothing else', async () => {
  const rig = await startGateway();
  const findings = await runDoctor(rig, { port: 1 });
  expect(Object.keys(findings)).toEqual(['connection']);
  expect(findings.connection).toMatchObject({ ok: 'no', remedy: expect.stringContaining('4002') as string });
});

it('tells a live account from a paper one', async () => {
  const findings = await runDoctor(await startGateway({ simulator: { account: 'U7654321' } }));
  expect(findings.accounts.message).toBe('U***21: a live account, of which only data is asked');
});

it('notices that the client id is taken', async () => {
  const findings = await runDoctor(await openRig());
  expect(findings['client id']).toMatchObject({ ok: 'no', says: 'client id 17 is taken; 18 was used instead' });
});

it('compares the clocks', async () => {
  const rig = await startGateway();
  const ahead = 90_000;
  const findings = await runDoctor(
    rig,
    {},
    { now: () => rig.clock.now() - ahead, sleepUntil: (at, signal) => rig.clock.sleepUntil(at + ahead, signal) },
  );
  expect(findings.clock).toMatchObject({ ok: 'no', remedy: expect.stringContaining('NTP') as string });
  expect(findings.clock.message).toMatch(/the gateway is 1m (29|30)?s? ?ahead of this machine|1m \d+s ahead/);
});

it.each([
  ['354', 'no', /subscribe/],
  ['10197', 'no', /log out of the other/],
  ['322', 'unknown', /try again/],
])('explains what stands against market data: %s', async (code, ok, remedy) => {
  const director = actOnRequest('market-data', { kind: 'error', code, message: null, status: null });
  expect((await runDoctor(await startGateway({ director })))['market data']).toMatchObject({
    ok,
    remedy: expect.stringMatching(remedy) as string,
  });
});

it('explains what stands against historical data', async () => {
  const message = 'Historical Market Data Service error message:No market data permissions for NYSE STK';
  const director = actOnRequest('historical', { kind: 'error', code: '162', message, status: null });
  expect((await runDoctor(await startGateway({ director })))['historical data']).toMatchObject({
    ok: 'no',
    remedy: expect.stringContaining('same subscription') as string,
  });
});
