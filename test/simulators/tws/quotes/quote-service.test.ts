import { describe, expect, test } from 'vitest';
import type { TwsSimulatorOptions } from '../../../../src/simulators/tws/simulator-options.js';
import { createVirtualClock } from '../../../virtual-clock.js';
import {
  afterClose,
  apple,
  duringSession,
  connectClient,
  startGateway,
  market,
  onRequest,
  quoteFields,
} from '../tws-rig.js';
import type { RawClient } from '../tws-rig.js';

const instrument = { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' } as const;
const vix = { symbol: 'VIX', secType: 'IND', exchange: 'CBOE', currency: 'USD' };
const option = {
  symbol: 'AAPL',
  secType: 'OPT',
  exchange: 'SMART',
  currency: 'USD',
  expiry: '20261218',
  strike: 275,
  right: 'C',
};

/** Returns ticks by tick type id. */
function readTicks(messages: readonly (readonly string[])[]): ReadonlyMap<number, string> {
  const ticks = new Map<number, string>();
  for (const [kind, , , type, value] of messages) {
    if (['1', '2', '45', '46'].includes(kind ?? '')) ticks.set(Number(type), value ?? '');
  }
  return ticks;
}

async function fetchSnapshot(
  contract: Readonly<Record<string, string | number>>,
  parts: Partial<TwsSimulatorOptions> = {},
  type = 1,
): Promise<{ readonly messages: readonly (readonly string[])[]; readonly ticks: ReadonlyMap<number, string> }> {
  const { port } = await startGateway(parts);
  const client = await connectClient(port);
  client.send(59, 1, type);
  client.send(...quoteFields(1, contract, { snapshot: 1 }));
  const messages = await client.until(57);
  return { messages, ticks: readTicks(messages) };
}

const quoteAt = (at: number) => {
  const found = market.quote(instrument, at);
  return (found.found ? found.value : null) ?? expect.fail('no quote');
};

describe('a market data snapshot', () => {
  test('of a stock has the quote of the market and ends', async () => {
    const { messages, ticks } = await fetchSnapshot(apple);
    const quote = quoteAt(duringSession);
    expect(messages[0]).toEqual(['81', '1', '0.01', '9c0001', '3']);
    expect(messages[1]).toEqual(['58', '1', '1', '1']);
    expect(Object.fromEntries(ticks)).toMatchObject({
      1: String(quote.bid),
      2: String(quote.ask),
      4: String(quote.last),
      6: String(quote.high),
      7: String(quote.low),
      8: String(quote.volume),
      9: String(quote.previousClose),
      14: String(quote.open),
      45: String(duringSession / 1000),
    });
  });

  test('of an index has no bid and ask', async () => {
    const { ticks } = await fetchSnapshot(vix);
    expect([...ticks.keys()].sort((a, b) => a - b)).toEqual([4, 6, 7, 9, 14, 45]);
  });

  test('of an option has computations of its prices', async () => {
    const { messages } = await fetchSnapshot(option);
    const computed = messages.filter(([kind]) => kind === '21');
    expect(computed.map(([, , type]) => type)).toEqual(['10', '11', '12', '13']);
    const found = market.optionQuote(instrument, { expiry: '2026-12-18', strike: 275, right: 'C' }, duringSession);
    const quote = (found.found ? found.value : null) ?? expect.fail('no quote');
    const [, , , , volatility, delta, price, dividend, gamma, vega, theta, spot] = (computed[3] ?? []).map(Number);
    expect(volatility).toBeCloseTo(quote.impliedVolatility, 7);
    expect(spot).toBe(quote.underlyingPrice);
    expect(price).toBeCloseTo(((quote.bid ?? 0) + (quote.ask ?? 0)) / 2, 8);
    expect(dividend).toBe(0);
    expect(delta).toBeGreaterThan(0.4);
    expect(delta).toBeLessThan(0.7);
    expect(gamma).toBeGreaterThan(0);
    expect(vega).toBeGreaterThan(0);
    expect(theta).toBeLessThan(0);
  });

  test('of an option has a volatility for each of its prices', async () => {
    const { messages } = await fetchSnapshot(option);
    const computed = messages.filter(([kind]) => kind === '21').map((fields) => fields.map(Number));
    const [bid, ask, last, model] = computed.map(([, , , , volatility = NaN]) => volatility);
    if (bid === undefined || ask === undefined || last === undefined || model === undefined) expect.fail('no ticks');
    expect(bid).toBeLessThan(model);
    expect(model).toBeLessThan(ask);
    expect(new Set([bid, ask, last, model]).size).toBe(4);
    for (const volatility of [bid, ask, last]) expect(Math.abs(volatility / model - 1)).toBeLessThan(0.2);
    const deltas = new Set(computed.map(([, , , , , delta]) => delta));
    expect(deltas.size).toBe(4);
  });

  test('outside trading hours has the last quote', async () => {
    const { ticks } = await fetchSnapshot(apple, { marketTime: () => afterClose });
    expect(ticks.get(45)).toBe(String(Date.parse('2026-11-18T21:00:00Z') / 1000));
    expect(ticks.get(4)).toBe(String(quoteAt(afterClose).last));
  });

  test.each([
    [1, duringSession, '1'],
    [2, duringSession, '1'],
    [1, afterClose, '1'],
    [2, afterClose, '2'],
    [4, afterClose, '1'],
  ])('of type %i names the type that it has', async (type, at, sent) => {
    const { messages } = await fetchSnapshot(apple, { marketTime: () => at }, type);
    expect(messages.find(([kind]) => kind === '58')).toEqual(['58', '1', '1', sent]);
  });

  test.each([
    [3, afterClose, '3'],
    [4, afterClose, '4'],
    [4, duringSession, '3'],
  ])('without a subscription of type %i names the type that it has', async (type, at, sent) => {
    const withoutLiveData = { symbols: ['AAPL'], secTypes: [] };
    const { messages } = await fetchSnapshot(apple, { marketTime: () => at, withoutLiveData }, type);
    expect(messages.find(([kind]) => kind === '58')).toEqual(['58', '1', '1', sent]);
  });

  test('releases its market data line', async () => {
    const { port, statistics } = await startGateway();
    const client = await connectClient(port);
    for (let id = 1; id <= 3; id++) {
      client.send(...quoteFields(id, apple, { snapshot: 1 }));
      await client.message(57);
    }
    expect(statistics().lines).toEqual({ now: 0, peak: 1 });
  });

  test('with generic ticks is rejected', async () => {
    const { port } = await startGateway();
    const client = await connectClient(port);
    client.send(...quoteFields(1, apple, { snapshot: 1, generic: '101' }));
    expect((await client.message(4)).slice(2, 5)).toEqual([
      '1',
      '321',
      "Error validating request.-'bM' : cause - Snapshot market data subscription is not applicable to generic ticks",
    ]);
  });
});

describe('a market data stream', () => {
  test('sends changed ticks until it is cancelled', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const { port, statistics } = await startGateway({ clock, marketTime: () => duringSession + clock.now() });
    const client = await connectClient(port);
    client.send(...quoteFields(1, apple));
    await client.next(([kind, , , type]) => kind === '46' && type === '45');
    const seen = client.received.length;
    await clock.advanceBy(1_000);
    await client.next(([kind, , , type]) => kind === '46' && type === '45');
    const ticks = readTicks(client.received.slice(seen));
    expect(ticks.get(45)).toBe(String(duringSession / 1000 + 1));
    expect(ticks.has(9)).toBe(false);
    expect(statistics().lines.now).toBe(1);
    client.send(2, 2, 1);
    client.send(49, 1);
    await client.message(49);
    expect(statistics().lines.now).toBe(0);
    const before = client.received.length;
    await clock.advanceBy(5_000);
    client.send(49, 1);
    await client.message(49);
    expect(client.received.length).toBe(before + 1);
  });

  test('sends nothing while the market is closed', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const { port } = await startGateway({ clock, marketTime: () => afterClose + clock.now() });
    const client = await connectClient(port);
    client.send(...quoteFields(1, apple));
    await client.next(([kind, , , type]) => kind === '46' && type === '45');
    const before = client.received.length;
    await clock.advanceBy(10_000);
    client.send(49, 1);
    await client.message(49);
    expect(client.received.length).toBe(before + 1);
  });

  test('of an option has its open interest if requested', async () => {
    const { port } = await startGateway();
    const client = await connectClient(port);
    client.send(...quoteFields(1, option, { generic: '100,101,104,106' }));
    const [, , , , interest] = await client.next(([kind, , , type]) => kind === '2' && type === '27');
    const found = market.optionQuote(instrument, { expiry: '2026-12-18', strike: 275, right: 'C' }, duringSession);
    expect(Number(interest)).toBe(found.found ? found.value?.openInterest : null);
  });

  test('that does not exist cannot be cancelled', async () => {
    const { port } = await startGateway();
    const client = await connectClient(port);
    client.send(2, 2, 5);
    expect((await client.message(4)).slice(2, 4)).toEqual(['5', '300']);
  });

  test('of an unknown or ambiguous contract is rejected', async () => {
    const { port, statistics } = await startGateway();
    const client = await connectClient(port);
    client.send(...quoteFields(1, { ...apple, symbol: 'UNKNOWN' }));
    expect((await client.message(4)).slice(2, 4)).toEqual(['1', '200']);
    client.send(...quoteFields(2, { ...option, strike: '' }));
    expect((await client.message(4))[4]).toContain('ambiguous');
    client.send(...quoteFields(3, { ...option, expiry: '20261016' }));
    expect((await client.message(4)).slice(2, 4)).toEqual(['3', '200']);
    expect(statistics().lines.now).toBe(0);
  });
});

describe('market data without a live subscription', () => {
  const withoutLiveData = { symbols: ['AAPL'], secTypes: ['IND'] };
  const code = async (client: RawClient) => (await client.message(4))[3];

  test('is rejected unless the client requests delayed data', async () => {
    const { port, statistics } = await startGateway({ withoutLiveData });
    const client = await connectClient(port);
    client.send(...quoteFields(1, apple));
    expect(await code(client)).toBe('354');
    client.send(...quoteFields(2, vix));
    expect(await code(client)).toBe('354');
    expect(statistics().lines.now).toBe(0);
  });

  test('is delayed if the client requests delayed data', async () => {
    const { messages, ticks } = await fetchSnapshot(apple, { withoutLiveData }, 3);
    expect(messages[0]?.slice(2, 4)).toEqual(['1', '10167']);
    expect(messages[2]).toEqual(['58', '1', '1', '3']);
    const late = quoteAt(duringSession - 15 * 60_000);
    expect(ticks.get(68)).toBe(String(late.last));
    expect(ticks.get(66)).toBe(String(late.bid));
    expect(ticks.has(4)).toBe(false);
  });

  test('follows the subscription errors of a scenario', async () => {
    const refusing = (number: string) => ({
      scenarioEngine: onRequest('market-data', { kind: 'error', code: number, message: null, status: null }),
    });
    expect((await fetchSnapshot(apple, refusing('354'), 3)).messages[0]?.[3]).toBe('10167');
    expect((await fetchSnapshot(apple, refusing('10090'))).ticks.has(4)).toBe(true);
    const { port } = await startGateway(refusing('10197'));
    const client = await connectClient(port);
    client.send(...quoteFields(1, apple));
    expect(await code(client)).toBe('10197');
    client.send(49, 1);
    await client.message(49);
    expect(client.received.some(([kind]) => kind === '1')).toBe(false);
  });
});

test('streams real-time bars in sequence', async () => {
  const clock = createVirtualClock(0, { auto: false });
  const { port } = await startGateway({ clock, marketTime: () => duringSession + clock.now() });
  const client = await connectClient(port);
  client.send(50, 3, 1, 0, 'AAPL', 'STK', '', 0, '', '', 'SMART', '', 'USD', '', '', 5, 'TRADES', 1, '');
  client.send(49, 1);
  await client.message(49);
  const seconds: number[] = [];
  for (let step = 0; step < 3; step++) {
    await clock.advanceBy(5_000);
    const [, , , at] = await client.message(50);
    seconds.push(Number(at) - duringSession / 1000);
  }
  expect(seconds).toEqual([0, 5, 10]);
});
