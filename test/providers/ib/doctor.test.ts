import { describe, expect, it, onTestFinished } from 'vitest';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { diagnose } from '../../../src/providers/ib/doctor.js';
import type { IbCheck } from '../../../src/providers/ib/doctor.js';
import type { Clock } from '../../../src/core/time/clock.js';
import type { IbSettings } from '../../../src/providers/ib/settings.js';
import { barAt, barsFrame, errorFrame, startScriptedGateway } from './gateway/scripted-gateway.js';
import { actOnRequest, afterClose, apple, createClockAt, never, openRig, quickTimings, startRig } from './rig.js';
import type { Rig, RigOptions } from './rig.js';

async function runDoctor(rig: Rig, changes: Partial<IbSettings> = {}, clock: Clock = rig.clock) {
  return runDoctorAt(rig.gateway.port, clock, changes);
}

async function runDoctorAt(port: number, clock: Clock, changes: Partial<IbSettings> = {}) {
  const settings: IbSettings = {
    host: '127.0.0.1',
    port,
    clientId: 17,
    marketDataType: 'live',
    allowDelayed: false,
    ...changes,
  };
  const { checks } = await diagnose(
    { settings, probeInstrument: apple, calendar: requireCalendar('XNYS'), clock, timings: quickTimings },
    never,
  );
  return Object.fromEntries(checks.map((check) => [check.name, check])) as Record<IbCheck['name'], IbCheck>;
}

async function startGateway(options: Partial<RigOptions> = {}): Promise<Rig> {
  const rig = await startRig(options);
  onTestFinished(rig.stop);
  return rig;
}

it('reports all eight checks as ok for a gateway without faults', async () => {
  const rig = await startGateway();
  const checks = await runDoctor(rig);
  for (const { status, hint } of Object.values(checks)) expect({ status, hint }).toEqual({ status: 'ok', hint: '' });
  expect(Object.keys(checks)).toHaveLength(8);
  expect(checks.accounts.message).toBe('DU***67: paper trading');
  // What it saw, not that there was no error.
  expect(checks['historical data'].message).toMatch(/^bar of AAPL, 2026-11-17: close \d+\.?\d*, volume [\d,]+$/);
  expect(checks['market data'].message).toMatch(/^live quotes for AAPL: last \d+\.?\d*, bid \d+\.?\d*, ask /);
  expect(checks.farms.message).toBe('IB Gateway reports no data farm as disconnected');
  expect(rig.gateway.statistics()).toMatchObject({ requests: { historical: 1, 'market-data': 1 } });
  await expect.poll(() => rig.gateway.statistics().connections.open).toBe(0);
});

it('reports a refused connection and makes no further checks', async () => {
  const rig = await startGateway();
  const checks = await runDoctor(rig, { port: 1 });
  expect(Object.keys(checks)).toEqual(['connection']);
  expect(checks.connection).toMatchObject({ status: 'failed', hint: expect.stringContaining('4002') as string });
});

it('reports an account whose number begins with U as live', async () => {
  const checks = await runDoctor(await startGateway({ simulator: { account: 'U7654321' } }));
  expect(checks.accounts.message).toBe('U***21: live account (pipe reads data only)');
});

it('reports the client id in use and the client id used instead', async () => {
  const checks = await runDoctor(await openRig());
  expect(checks['client id']).toMatchObject({ status: 'failed', message: 'client id 17 is in use; used 18 instead' });
});

it('reports a gateway clock that is 90 seconds ahead', async () => {
  const rig = await startGateway();
  const ahead = 90_000;
  const checks = await runDoctor(
    rig,
    {},
    { now: () => rig.clock.now() - ahead, sleepUntil: (at, signal) => rig.clock.sleepUntil(at + ahead, signal) },
  );
  expect(checks.clock).toMatchObject({ status: 'failed', hint: expect.stringContaining('NTP') as string });
  expect(checks.clock.message).toMatch(/the clock of IB Gateway is 1m (29|30)?s? ?ahead of this machine|1m \d+s ahead/);
});

it.each([
  ['354', 'failed', /subscribe/],
  ['10197', 'failed', /log out of the other/],
  ['322', 'unknown', /try again/],
])('reports error %s of market data as %s with a hint like %s', async (code, status, hint) => {
  const engine = actOnRequest('market-data', { kind: 'error', code, message: null, status: null });
  expect((await runDoctor(await startGateway({ engine })))['market data']).toMatchObject({
    status,
    hint: expect.stringMatching(hint) as string,
  });
});

it('hints at the subscription when historical data is denied', async () => {
  const message = 'Historical Market Data Service error message:No market data permissions for NYSE STK';
  const engine = actOnRequest('historical', { kind: 'error', code: '162', message, status: null });
  expect((await runDoctor(await startGateway({ engine })))['historical data']).toMatchObject({
    status: 'failed',
    hint: expect.stringContaining('same subscription') as string,
  });
});

describe('fails the check of historical data when the gateway', () => {
  const date = '20261117';
  it.each([
    ['ends the response without a bar', (id: number) => barsFrame(id, []), /IB Gateway sent 0 bars$/],
    [
      'sends a bar of another day',
      (id: number) => barsFrame(id, [barAt('20261116')]),
      /1 bar, which is not of this session/,
    ],
    [
      'sends prices of zero',
      (id: number) => barsFrame(id, [[date, 0, 0, 0, 0, 0, 0, 0]]),
      /1 bar, which cannot be used/,
    ],
    ['reports no data', (id: number) => errorFrame(id, 162, 'HMDS query returned no data'), /IB error 162: HMDS query/],
    [
      'reports another session',
      (id: number) => errorFrame(id, 162, 'Trading TWS session is connected from a different IP address'),
      /another session of the same user/,
    ],
  ])('%s', async (_, answer, message) => {
    const { port } = await startScriptedGateway(({ id, kind }, { send }) => {
      if (kind === 'history') send(answer(id));
      if (kind === 'ticks') send(errorFrame(id, 354, 'Requested market data is not subscribed'));
    });
    const checks = await runDoctorAt(port, createClockAt(afterClose));
    expect(checks['historical data']).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(message) as string,
    });
    expect(checks['market data'].message).toMatch(/IB error 354/);
  });
});
