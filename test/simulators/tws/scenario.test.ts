import { describe, expect, test } from 'vitest';
import type { Action, ScenarioEngine } from '../../../src/config/scenario/scenario.js';
import { createScenarioEngine } from '../../../src/config/scenario/engine/scenario-engine.js';
import { createVirtualClock } from '../../virtual-clock.js';
import {
  apple,
  detailsFields,
  connectClient,
  startGateway,
  connectRaw,
  historicalFields,
  onConnect,
  onRequest,
  quoteFields,
} from './tws-rig.js';
import type { RawClient } from './tws-rig.js';

/** Performs one timed action. */
function atTime(after: number, action: Action): ScenarioEngine {
  return { actionsFor: () => [], timedActions: () => [{ after, action }] };
}

/** Expects no message before the answer to a later request. */
async function expectSilence(client: RawClient): Promise<void> {
  const before = client.received.length;
  client.send(49, 1);
  await client.message(49);
  expect(client.received.length).toBe(before + 1);
}

describe('the TWS simulator with a fault', () => {
  const requestWithFault = async (action: Action, ask: readonly (string | number)[], request: string) => {
    const { port } = await startGateway({ scenarioEngine: onRequest(request, action) });
    const client = await connectClient(port);
    client.send(...ask);
    return client;
  };
  const bars = historicalFields(1, apple, { duration: '10 D' });

  test('delays an answer by the sum of all delays', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const { port } = await startGateway({
      clock,
      scenarioEngine: onRequest('historical', { kind: 'delay', duration: 7_000 }, { kind: 'delay', duration: 1_000 }),
    });
    const client = await connectClient(port);
    client.send(...bars);
    await expectSilence(client);
    await clock.advanceBy(7_999);
    await expectSilence(client);
    await clock.advanceBy(1);
    await client.message(17);
  });

  test.each([
    ['historical', bars],
    ['contract-details', detailsFields(1, apple)],
    ['market-data', quoteFields(1, apple)],
    ['option-parameters', [78, 1, 'AAPL', '', 'STK', 265598]],
    ['positions', [61, 1]],
  ])('sends no response to %s', async (request, fields) => {
    await expectSilence(await requestWithFault({ kind: 'no-response' }, fields, request));
  });

  test('answers empty as TWS does', async () => {
    const history = await requestWithFault({ kind: 'empty' }, bars, 'historical');
    expect((await history.message(4)).slice(2, 5)).toEqual([
      '1',
      '162',
      'Historical Market Data Service error message:HMDS query returned no data: AAPL@SMART Trades',
    ]);
    const details = await requestWithFault({ kind: 'empty' }, detailsFields(1, apple), 'contract-details');
    expect((await details.message(4)).slice(2, 4)).toEqual(['1', '200']);
    const parameters = await requestWithFault(
      { kind: 'empty' },
      [78, 1, 'AAPL', '', 'STK', 265598],
      'option-parameters',
    );
    expect(await parameters.until(76)).toEqual([['76', '1']]);
    const quotes = await requestWithFault({ kind: 'empty' }, quoteFields(1, apple, { snapshot: 1 }), 'market-data');
    expect((await quotes.until(57)).map(([kind]) => kind)).toEqual(['81', '58', '57']);
  });

  test('answers an error with the scenario message or the default one', async () => {
    const own = { kind: 'error', code: '162', message: 'no permissions', status: null } as const;
    expect((await (await requestWithFault(own, bars, 'historical')).message(4)).slice(2, 5)).toEqual([
      '1',
      '162',
      'no permissions',
    ]);
    const usual = { kind: 'error', code: '366', message: null, status: null } as const;
    const details = await requestWithFault(usual, detailsFields(3, apple), 'contract-details');
    expect((await details.message(4)).slice(2, 5)).toEqual([
      '3',
      '366',
      'No historical data query found for ticker id',
    ]);
    const time = await requestWithFault({ ...usual, code: '322' }, [49, 1], 'time');
    expect((await time.message(4)).slice(2, 4)).toEqual(['-1', '322']);
  });

  test('truncates bars', async () => {
    const client = await requestWithFault({ kind: 'truncate', keepFraction: 0.5 }, bars, 'historical');
    const [, , , , count, first] = await client.message(17);
    expect([count, first]).toEqual(['5', '20261105']);
  });

  test('answers that a contract is unknown or expired', async () => {
    const unknown = await requestWithFault({ kind: 'unknown' }, bars, 'historical');
    expect((await unknown.message(4))[3]).toBe('200');
    const expired = await requestWithFault({ kind: 'expired' }, bars, 'historical');
    expect((await expired.message(4))[3]).toBe('166');
    const quote = await requestWithFault({ kind: 'unknown' }, quoteFields(1, apple), 'market-data');
    expect((await quote.message(4))[3]).toBe('200');
    const parameters = await requestWithFault(
      { kind: 'unknown' },
      [78, 1, 'AAPL', '', 'STK', 265598],
      'option-parameters',
    );
    expect((await parameters.until(76)).length).toBeGreaterThan(1);
  });

  test('sends garbage', async () => {
    const client = await requestWithFault({ kind: 'garbage' }, bars, 'historical');
    const [first] = await client.next(() => true);
    expect(Number(first)).toBeNaN();
    await expectSilence(client);
  });

  test('drops the connection in the middle of an answer or before it', async () => {
    const middle = await requestWithFault({ kind: 'drop', midMessage: true }, bars, 'historical');
    let bytes = 0;
    middle.socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await middle.closed;
    expect(bytes).toBeGreaterThan(100);
    expect(middle.received.some(([kind]) => kind === '17')).toBe(false);
    const instead = await requestWithFault({ kind: 'drop', midMessage: false }, bars, 'historical');
    await instead.closed;
  });

  test('sends nothing more on a half-open connection', async () => {
    const { port, statistics } = await startGateway({ scenarioEngine: onRequest('historical', { kind: 'half-open' }) });
    const client = await connectClient(port);
    client.send(...bars);
    client.send(49, 1);
    await expect(client.message(49, 200)).rejects.toThrow('nothing like it');
    expect(client.socket.destroyed).toBe(false);
    expect(statistics().connections.open).toBe(1);
  });
});

describe('the TWS simulator on connect', () => {
  test('refuses a connection', async () => {
    const { port } = await startGateway({ scenarioEngine: onConnect({ kind: 'refuse' }) });
    const client = await connectRaw(port, 'v100..193');
    await client.closed;
    expect(client.received).toEqual([]);
  });

  test('delays the handshake on slow_accept', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const { port } = await startGateway({ clock, scenarioEngine: onConnect({ kind: 'slow-accept', duration: 3_000 }) });
    const client = await connectRaw(port, 'v100..193');
    await expect(client.next(() => true, 100)).rejects.toThrow('nothing like it');
    await clock.advanceBy(3_000);
    await client.next(({ length }) => length === 2);
  });

  test('sends an error and closes the connection', async () => {
    const { port } = await startGateway({
      scenarioEngine: onConnect({ kind: 'error', code: '326', message: null, status: null }),
    });
    const client = await connectRaw(port, 'v100..193');
    client.send(71, 2, 1, '');
    expect((await client.message(4)).slice(2, 4)).toEqual(['-1', '326']);
    await client.closed;
  });

  test('sends nothing on a half-open connection', async () => {
    const { port } = await startGateway({ scenarioEngine: onConnect({ kind: 'half-open' }) });
    const client = await connectRaw(port, 'v100..193');
    await expect(client.next(() => true, 100)).rejects.toThrow('nothing like it');
    expect(client.socket.destroyed).toBe(false);
  });

  test('closes the connection in the middle of the handshake', async () => {
    const { port } = await startGateway({ scenarioEngine: onConnect({ kind: 'drop', midMessage: true }) });
    const client = await connectRaw(port, 'v100..193');
    await client.closed;
    expect(client.received).toEqual([]);
  });
});

describe('the TWS gateway', () => {
  test('closes for a restart and listens again at the same port', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const { port, statistics } = await startGateway({
      clock,
      scenarioEngine: atTime(1_000, { kind: 'restart', duration: 5_000 }),
    });
    const client = await connectClient(port);
    await clock.advanceBy(1_000);
    await client.closed;
    const turnedAway = await connectRaw(port, 'v100..193');
    await turnedAway.closed;
    expect(statistics().connections.accepted).toBe(1);
    await clock.advanceBy(5_000);
    await expect
      .poll(async () =>
        (await connectRaw(port, 'v100..193'))
          .next(() => true, 500)
          .then(
            () => true,
            () => false,
          ),
      )
      .toBe(true);
  });

  test.each([
    [true, '1102'],
    [false, '1101'],
  ])('loses its upstream connection and recovers (data kept: %s)', async (dataKept, code) => {
    const clock = createVirtualClock(0, { auto: false });
    const { port, statistics } = await startGateway({
      clock,
      marketTime: () => Date.parse('2026-11-18T16:00:00Z') + clock.now(),
      scenarioEngine: atTime(1_000, { kind: 'upstream-lost', duration: 60_000, dataKept }),
    });
    const client = await connectClient(port);
    client.send(...quoteFields(1, apple));
    await client.next(([kind, , , type]) => kind === '46' && type === '45');
    await clock.advanceBy(1_000);
    expect((await client.message(4))[3]).toBe('1100');
    client.send(...historicalFields(2, apple));
    await expectSilence(client);
    await clock.advanceBy(30_000);
    await expectSilence(client);
    await clock.advanceBy(30_000);
    expect((await client.message(4))[3]).toBe(code);
    await clock.advanceBy(2_000);
    if (dataKept) {
      await client.message(17);
      await client.message(1);
    } else {
      await expectSilence(client);
      expect(statistics()).toMatchObject({ lines: { now: 0 }, openHistorical: { now: 0 } });
    }
  });

  test('reports a lost data farm and answers when it is back', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const scenarioEngine = onRequest('time', { kind: 'farm-down', farm: 'historical', duration: 60_000 });
    const { port } = await startGateway({ clock, scenarioEngine });
    const client = await connectClient(port);
    client.send(49, 1);
    expect((await client.message(4))[3]).toBe('2105');
    await client.message(49);
    const late = await connectRaw(port, 'v100..193');
    late.send(71, 2, 2, '');
    expect([await late.message(4), await late.message(4)].map((fields) => fields[3])).toEqual(['2104', '2105']);
    client.send(...historicalFields(2, apple));
    client.send(...quoteFields(3, apple, { snapshot: 1 }));
    await client.message(57);
    await clock.advanceBy(60_000);
    expect((await client.message(4))[3]).toBe('2106');
    await client.message(17);
  });

  test('sends a timed error to all clients', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const { port, events } = await startGateway({
      clock,
      scenarioEngine: atTime(2_000, { kind: 'error', code: '2110', message: null, status: null }),
    });
    const clients = [await connectClient(port, 'v100..193', 1), await connectClient(port, 'v100..193', 2)];
    await clock.advanceBy(2_000);
    for (const client of clients) expect((await client.message(4))[3]).toBe('2110');
    expect(events.filter(({ kind }) => kind === 'action')).toHaveLength(1);
  });

  test.each([{ kind: 'drop', midMessage: false } as const, { kind: 'drop', midMessage: true } as const])(
    'closes all connections: %j',
    async (action) => {
      const clock = createVirtualClock(0, { auto: false });
      const { port } = await startGateway({ clock, scenarioEngine: atTime(2_000, action) });
      const client = await connectClient(port);
      await clock.advanceBy(2_000);
      await client.closed;
    },
  );
});

test('rules match symbols, bar sizes and contracts, also of a request with a contract id only', async () => {
  const rule = (match: object) => ({
    match: {
      kind: 'request',
      requests: null,
      symbols: null,
      barSizes: null,
      priceType: null,
      expiries: null,
      strikes: null,
      rights: null,
      ...match,
    } as const,
    frequency: { skip: 0, every: 1, times: null, chance: 1, from: 0, until: null },
    action: { kind: 'error', code: '322', message: 'by the rule', status: null } as const,
  });
  const scenarioEngine = createScenarioEngine({
    market: { seed: 1, volatility: null, basePrices: {} },
    rules: [
      rule({ requests: ['historical'], symbols: ['AAPL'], barSizes: ['1 day'] }),
      rule({ strikes: [270], expiries: ['2026-12-18'] }),
    ],
  });
  const { port } = await startGateway({ scenarioEngine });
  const client = await connectClient(port);
  client.send(...historicalFields(1, { conId: 265598, exchange: 'SMART' }));
  expect((await client.message(4))[4]).toBe('by the rule');
  client.send(...historicalFields(2, { conId: 265598, exchange: 'SMART' }, { barSize: '1 hour' }));
  await client.message(17);
  const option = { symbol: 'AAPL', secType: 'OPT', exchange: 'SMART', currency: 'USD', expiry: '20261218', right: 'C' };
  client.send(...detailsFields(3, { ...option, strike: 270 }));
  expect((await client.message(4))[4]).toBe('by the rule');
  client.send(...detailsFields(4, { ...option, strike: 275 }));
  await client.message(52);
});
