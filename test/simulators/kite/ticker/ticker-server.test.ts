import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { second } from '../../../../src/core/time/time.js';
import type { KiteInstrument } from '../../../../src/simulators/kite/instruments/instrument.js';
import { sharedDumps } from '../../../../src/simulators/kite/instruments/instrument-dump.js';
import type { Rule } from '../../../../src/config/scenario/scenario.js';
import type { KiteQuote } from '../../../../src/simulators/kite/market-data/prices.js';
import { parseCommand } from '../../../../src/simulators/kite/ticker/ticker-command.js';
import { encodeMessage, encodePacket } from '../../../../src/simulators/kite/ticker/packets.js';
import { createSubscriptions } from '../../../../src/simulators/kite/ticker/subscriptions.js';
import { createVirtualClock } from '../../../virtual-clock.js';
import type { VirtualClock } from '../../../virtual-clock.js';
import { accessToken, afterTime, apiKey, market, noon, onRequest, startKiteRig } from '../kite-rig.js';
import type { KiteRig } from '../kite-rig.js';

const dump = sharedDumps(market)(noon);

function listed(key: string): KiteInstrument {
  const instrument = dump.byKey(key);
  if (instrument === undefined) throw new Error(`no ${key}`);
  return instrument;
}

const shown: KiteQuote = {
  at: Date.parse('2026-11-20T12:00:07.900+05:30'),
  last: 1620.45,
  bid: 1620.4,
  ask: 1620.5,
  open: 1600,
  high: 1625.05,
  low: 1599.95,
  previousClose: 1630,
  volume: 4_000_000_000,
  averagePrice: 1611.11,
  openInterest: 650,
};

const at = Math.floor(shown.at / 1_000);

interface Client {
  readonly socket: WebSocket;
  readonly binary: Buffer[];
  readonly texts: unknown[];
  send(value: unknown): void;
  /** Resolves when a condition holds; advances the clock by a second whenever no message arrives. */
  until(condition: () => boolean): Promise<void>;
  closed(): boolean;
}

/** A simulator whose clock advances only by `advanceBy` and `until`. */
async function startTimed(
  rules: readonly Rule[] = [],
  parts: { readonly at?: number; readonly speed?: number } = {},
): Promise<KiteRig & { readonly clock: VirtualClock }> {
  const clock = createVirtualClock(0, { auto: false });
  return { ...(await startKiteRig(rules, { ...parts, clock })), clock };
}

type Timed = Awaited<ReturnType<typeof startTimed>>;

async function connect(rig: Timed, query = `?api_key=${apiKey}&access_token=${accessToken}`): Promise<Client> {
  const socket = new WebSocket(rig.tickerUrl + query);
  const binary: Buffer[] = [];
  const texts: unknown[] = [];
  let closed = false;
  socket.on('message', (data, isBinary) => {
    const bytes = data as Buffer;
    if (isBinary) binary.push(bytes);
    else texts.push(JSON.parse(bytes.toString('utf8')));
  });
  socket.on('close', () => (closed = true));
  onTestFinished(() => socket.terminate());
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  return {
    socket,
    binary,
    texts,
    send: (value) => socket.send(typeof value === 'string' ? value : JSON.stringify(value)),
    async until(condition) {
      const messageCount = (): number => binary.length + texts.length;
      for (let before = messageCount(); !condition(); before = messageCount()) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (messageCount() === before) await rig.clock.advanceBy(second);
      }
    },
    closed: () => closed,
  };
}

/** Returns the packets of a message by token. */
function packets(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  if (bytes.length < 2) return found;
  let offset = 2;
  for (let left = bytes.readUInt16BE(0); left > 0; left--) {
    const length = bytes.readUInt16BE(offset);
    const one = bytes.subarray(offset + 2, offset + 2 + length);
    found.set(one.readUInt32BE(0), one);
    offset += 2 + length;
  }
  expect(offset).toBe(bytes.length);
  return found;
}

describe('ticker packets', () => {
  const infy = listed('NSE:INFY');
  const nifty = listed('NSE:NIFTY 50');
  const words = (bytes: Buffer, count: number): readonly number[] =>
    Array.from({ length: count }, (_, index) => bytes.readUInt32BE(4 * index));

  it('of a share have 8, 44 or 184 bytes by mode', () => {
    expect(encodePacket('ltp', infy, shown).toString('hex')).toBe('00063a01000278fd');
    const quote = encodePacket('quote', infy, shown);
    expect(quote.length).toBe(44);
    const [token, last, lastQuantity, average, volume, buy, sell, open, high, low, close] = words(quote, 11);
    expect([token, last, average, volume]).toEqual([408065, 162045, 161111, 4_000_000_000]);
    expect([open, high, low, close]).toEqual([160000, 162505, 159995, 163000]);
    for (const size of [lastQuantity, buy, sell]) expect(size).toBeGreaterThan(0);
    const full = encodePacket('full', infy, shown);
    expect(full.length).toBe(184);
    expect(full.subarray(0, 44)).toEqual(quote);
    expect(words(full.subarray(44), 5)).toEqual([at, 650, 657, 630, at]);
    const levels = Array.from({ length: 10 }, (_, index) => full.subarray(64 + 12 * index, 76 + 12 * index));
    expect(levels.map((level) => level.readUInt32BE(4))).toEqual([
      162040, 162035, 162030, 162025, 162020, 162050, 162055, 162060, 162065, 162070,
    ]);
    for (const level of levels) {
      expect(level.readUInt32BE(0)).toBeGreaterThanOrEqual(level.readUInt16BE(8));
      expect(level.readUInt16BE(8)).toBeGreaterThan(0);
      expect(level.readUInt16BE(10)).toBe(0);
    }
  });

  it('of an index have 8, 28 or 32 bytes by mode, the high first, and a change that can be negative', () => {
    const quote = encodePacket('quote', nifty, shown);
    expect(quote.length).toBe(28);
    expect(words(quote, 6)).toEqual([256265, 162045, 162505, 159995, 160000, 163000]);
    expect(quote.readInt32BE(24)).toBe(-955);
    const full = encodePacket('full', nifty, shown);
    expect(full.length).toBe(32);
    expect(full.subarray(0, 28)).toEqual(quote);
    expect(full.readUInt32BE(28)).toBe(at);
    expect(encodePacket('ltp', nifty, shown).length).toBe(8);
  });

  it('of currencies have prices in ten millionths', () => {
    const usd = listed('CDS:USDINR26NOVFUT');
    expect(encodePacket('ltp', usd, { ...shown, last: 90.125 }).readUInt32BE(4)).toBe(901_250_000);
  });

  it('are joined with their count and lengths', () => {
    expect(encodeMessage([Buffer.from('abc'), Buffer.from('d')]).toString('hex')).toBe('00020003616263000164');
  });
});

describe('ticker commands', () => {
  it('are parsed, or rejected with the problem', () => {
    expect(parseCommand('{"a":"subscribe","v":[1,2]}')).toEqual({
      ok: true,
      value: { kind: 'subscribe', tokens: [1, 2] },
    });
    expect(parseCommand('{"a":"mode","v":["full",[3]]}')).toEqual({
      ok: true,
      value: { kind: 'mode', mode: 'full', tokens: [3] },
    });
    for (const text of [
      '',
      'x',
      '1',
      'null',
      '[]',
      '{}',
      '{"a":"subscribe"}',
      '{"a":"subscribe","v":["1"]}',
      '{"a":"mode","v":["deep",[1]]}',
      '{"a":"order","v":[]}',
    ]) {
      expect(parseCommand(text).ok, text).toBe(false);
    }
  });

  it('can subscribe to 3,000 instruments', () => {
    const subscriptions = createSubscriptions();
    const tokens = Array.from({ length: 3_001 }, (_, index) => index);
    expect(subscriptions.apply({ kind: 'subscribe', tokens: tokens.slice(0, 3_000) }).rejection).toBeNull();
    expect(subscriptions.apply({ kind: 'mode', mode: 'full', tokens: tokens.slice(0, 3_000) }).rejection).toBeNull();
    expect(subscriptions.apply({ kind: 'subscribe', tokens }).rejection).toContain('3000');
    expect(subscriptions.apply({ kind: 'unsubscribe', tokens: [5] }).rejection).toBeNull();
    expect(subscriptions.apply({ kind: 'subscribe', tokens: [3_000] })).toEqual({
      changedTokens: [3_000],
      rejection: null,
    });
  });
});

describe('a ticker', () => {
  it('sends a greeting, streams subscriptions in their mode, and stops after unsubscribe', async () => {
    const rig = await startTimed([], { speed: 20 });
    const client = await connect(rig);
    await client.until(() => client.texts.length === 2);
    expect(client.texts).toMatchObject(
      [
        { type: 'instruments_meta', data: { count: dump.rows().length } },
        { type: 'app_code', timestamp: '2026-11-20T12:00' },
      ].map((text, index) => (index === 0 ? text : { type: 'app_code' })),
    );
    client.send({ a: 'subscribe', v: [408065, 256265, 1] });
    await client.until(() => client.binary.some((bytes) => bytes.length > 1));
    const first = packets(client.binary.find((bytes) => bytes.length > 1) ?? Buffer.alloc(0));
    expect([...first].map(([token, bytes]) => [token, bytes.length])).toEqual([
      [408065, 44],
      [256265, 28],
    ]);
    client.send({ a: 'mode', v: ['full', [408065]] });
    client.send({ a: 'mode', v: ['ltp', [256265]] });
    const last = (token: number): number =>
      client.binary.map((bytes) => packets(bytes).get(token)?.length).findLast((length) => length !== undefined) ?? 0;
    await client.until(() => last(408065) === 184 && last(256265) === 8);
    const ticks = (): number => client.binary.filter((bytes) => packets(bytes).has(408065)).length;
    const before = ticks();
    await client.until(() => ticks() >= before + 2);
    client.send({ a: 'unsubscribe', v: [408065, 256265] });
    const silent = client.binary.length + 1;
    await client.until(() => client.binary.slice(silent).some((bytes) => bytes.equals(Buffer.of(0))));
    expect(rig.statistics()).toMatchObject({ tickers: 1, openTickers: 1, requests: { ticker: 1 } });
    expect(rig.statistics().ticks).toBeGreaterThan(4);
  });

  it('sends the last quote once and then heartbeats when the market is closed', async () => {
    const rig = await startTimed([], { at: Date.parse('2026-11-20T20:00:00+05:30'), speed: 60 });
    const client = await connect(rig);
    client.send({ a: 'mode', v: ['full', [408065]] });
    await client.until(() => client.binary.filter((bytes) => bytes.length === 1).length >= 2);
    const ticks = client.binary.filter((bytes) => bytes.length > 1);
    expect(ticks.length).toBe(1);
    expect(
      packets(ticks[0] ?? Buffer.alloc(0))
        .get(408065)
        ?.readUInt32BE(60),
    ).toBe(Date.parse('2026-11-20T15:30:00+05:30') / 1_000);
  });

  it('streams the same values as the quote API', async () => {
    const rig = await startTimed([], { speed: 0 });
    const client = await connect(rig);
    client.send({ a: 'mode', v: ['full', [408065]] });
    await client.until(() => client.binary.some((bytes) => bytes.length > 1));
    const full = packets(client.binary.find((bytes) => bytes.length > 1) ?? Buffer.alloc(0)).get(408065);
    const { body } = await rig.json('/quote?i=NSE:INFY');
    const quote = (body.data as Record<string, Record<string, number>>)['NSE:INFY'] ?? {};
    expect(full?.readUInt32BE(4)).toBe(Math.round((quote['last_price'] ?? 0) * 100));
    expect(full?.readUInt32BE(8)).toBe(quote['last_quantity']);
    expect(full?.readUInt32BE(12)).toBe(Math.round((quote['average_price'] ?? 0) * 100));
    expect(full?.readUInt32BE(16)).toBe(quote['volume']);
    expect(full?.readUInt32BE(20)).toBe(quote['buy_quantity']);
    expect(full?.readUInt32BE(24)).toBe(quote['sell_quantity']);
  });

  it('reports invalid commands and keeps streaming', async () => {
    const rig = await startTimed();
    const client = await connect(rig);
    for (const text of [
      'nonsense',
      '{"a":"subscribe","v":["408065"]}',
      '{}',
      JSON.stringify({ a: 'subscribe', v: Array.from({ length: 3_001 }, (_, index) => 10 ** 9 + index) }),
    ]) {
      client.send(text);
    }
    const errors = (): unknown[] => client.texts.filter((text) => (text as { type: string }).type === 'error');
    await client.until(() => errors().length === 4);
    expect(errors().at(-1)).toMatchObject({ data: expect.stringContaining('3000') as string });
    client.send({ a: 'unsubscribe', v: Array.from({ length: 10 }, (_, index) => 10 ** 9 + index) });
    client.send({ a: 'subscribe', v: [408065] });
    await client.until(() => client.binary.some((bytes) => bytes.length > 1));
    expect(rig.events.filter(({ kind }) => kind === 'violation').length).toBe(4);
  });

  it('rejects a client without login and a fourth socket', async () => {
    const rig = await startTimed();
    await expect(connect(rig, `?api_key=${apiKey}&access_token=other`)).rejects.toThrow('403');
    await expect(connect(rig, `?api_key=other&access_token=${accessToken}`)).rejects.toThrow('403');
    await expect(connect(rig, '')).rejects.toThrow('400');
    const clients = [await connect(rig), await connect(rig), await connect(rig)];
    await expect(connect(rig)).rejects.toThrow('429');
    clients[0]?.socket.close();
    await clients[0]?.until(() => rig.statistics().openTickers === 2);
    await connect(rig);
  });

  it('closes when the login expires', async () => {
    const rig = await startTimed();
    const client = await connect(rig);
    rig.setMarketTime(Date.parse('2026-11-21T06:00:00+05:30'));
    await client.until(() => client.closed());
  });
});

describe('a ticker with a scenario', () => {
  it.each([
    ['sends nothing on no_response', { kind: 'no-response' }],
    ['sends nothing on half_open', { kind: 'half-open' }],
  ] as const)('%s', async (_, action) => {
    const rig = await startTimed([onRequest('ticker', action)], { speed: 20 });
    const client = await connect(rig);
    client.send({ a: 'subscribe', v: [408065] });
    for (let seconds = 0; seconds < 5; seconds++) {
      await rig.clock.advanceBy(second);
      expect((await rig.get('/user/profile')).status).toBe(200);
    }
    expect([client.binary, client.texts, client.closed()]).toEqual([[], [], false]);
  });

  it('sends only heartbeats on empty', async () => {
    const rig = await startTimed([onRequest('ticker', { kind: 'empty' })], { speed: 20 });
    const client = await connect(rig);
    client.send({ a: 'subscribe', v: [408065] });
    await client.until(() => client.binary.length >= 2);
    expect(client.binary.every((bytes) => bytes.equals(Buffer.of(0)))).toBe(true);
  });

  it('closes in the middle of a message on drop', async () => {
    const rig = await startTimed([onRequest('ticker', { kind: 'drop', midMessage: true })]);
    const client = await connect(rig);
    await client.until(() => client.closed());
    expect(client.binary).toEqual([]);
  });

  it('sends an invalid frame on garbage', async () => {
    const rig = await startTimed([onRequest('ticker', { kind: 'garbage' })]);
    const client = await connect(rig);
    await client.until(() => client.binary.length > 0);
    expect(client.binary[0]?.readUInt16BE(0)).toBe(0xffff);
  });

  it('is rejected with an error, dropped at once, or dropped after a time', async () => {
    const rig = await startTimed([
      onRequest('ticker', { kind: 'error', code: 'TokenException', message: null, status: null }, { times: 1 }),
      onRequest('ticker', { kind: 'error', code: '502', message: null, status: null }, { skip: 1, times: 1 }),
      onRequest('ticker', { kind: 'drop', midMessage: false }, { skip: 2, times: 1 }),
      afterTime(1_500, { kind: 'drop', midMessage: false }),
    ]);
    await expect(connect(rig)).rejects.toThrow('403');
    await expect(connect(rig)).rejects.toThrow('502');
    await expect(connect(rig)).rejects.toThrow();
    const client = await connect(rig);
    await client.until(() => client.closed());
  });
});
