/**
 * Bytes that are not of the protocol, on both sides of both sources: servers serve the next client, and adapters answer with
 * rows that can be or with a failure. `npm run fuzz -- --part wire --rounds 1000 --seed 7`.
 */
import { connect } from 'node:net';
import { afterAll, expect, test } from 'vitest';

import { calendarOf } from '../../src/calendar/calendars.js';
import type { Outcome, Request } from '../../src/core/request.js';
import { hour } from '../../src/core/time.js';
import type { Provider } from '../../src/providers/contract.js';
import { ibProvider } from '../../src/providers/ib/provider.js';
import { readInstruments } from '../../src/providers/kite/instruments/csv.js';
import { frame } from '../../src/simulators/tws/wire/frames.js';
import { prelude } from '../../src/simulators/tws/wire/handshake.js';
import * as ib from '../providers/ib/rig.js';
import * as kite from '../providers/kite/trial.js';
import { form, startRig } from '../simulators/kite/rig.js';
import { detailsFields, enter, gateway, historicalFields, quoteFields } from '../simulators/tws/rig.js';
import { byteProxy, httpProxy } from './fuzz-proxies.js';
import { mutatedBytes, mutatedFrames, mutatedJson, mutatedTable, noise } from './fuzz-bytes.js';
import { begin, complaints, diceOf, expectNone, rounds, seed } from './fuzz-rounds.js';
import type { Dice } from './fuzz-rounds.js';

const counts = new Map<string, number>();
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

/** Every round of a part, with what went wrong in it. */
async function campaign(
  part: string,
  times: number,
  play: (dice: Dice) => Promise<readonly string[]> | readonly string[],
): Promise<void> {
  const found = complaints();
  for (let round = 0; round < times && !found.isEnough(); round++) {
    begin(part, round);
    let wrong: readonly string[];
    try {
      wrong = await play(diceOf(seed * 1_000_003 + round));
    } catch (error) {
      wrong = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    }
    found.add(part, round, wrong, new Map());
  }
  expectNone(found);
}

/** What no outcome may have, whatever a source has said. */
function judgeOutcome(outcome: Outcome, { window }: Request): readonly string[] {
  count(`${outcome.kind}${outcome.kind === 'failure' ? ` ${outcome.failure.kind}` : ''}`);
  if (outcome.kind === 'failure') {
    const { message } = outcome.failure;
    return message === '' || /\bundefined\b|\[object/.test(message) ? [`a failure says: ${message}`] : [];
  }
  if (outcome.kind === 'empty') return [];
  const wrong: string[] = [];
  const { rows, answered } = outcome;
  const columns: Readonly<Record<string, ArrayLike<unknown>>> = rows.columns;
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== rows.length)
      wrong.push(`${name} has ${String(column.length)} values for ${String(rows.length)} rows`);
    if (Array.from(column).some((value) => value === Infinity || value === -Infinity))
      wrong.push(`${name} is infinite`);
  }
  if (answered !== null && !(Number.isFinite(answered.start) && answered.start <= answered.end))
    wrong.push('the window that was answered is none');
  if (rows.dataset === 'equity_bars' || rows.dataset === 'option_bars') {
    const { ts, open, high, low, close, volume, session } = rows.columns;
    for (let row = 0; row < rows.length; row++) {
      const [t, o, h, l, c] = [ts, open, high, low, close].map((column) => column[row] ?? NaN) as [
        number,
        number,
        number,
        number,
        number,
      ];
      if (!(window !== null && t >= window.start && t < window.end))
        wrong.push(`a bar at ${String(t)}, outside of the window`);
      if (!(row === 0 || t > (ts[row - 1] ?? NaN))) wrong.push(`a bar at ${String(t)}, out of order`);
      if (!(l <= Math.min(o, c) && h >= Math.max(o, c))) wrong.push(`a bar of ${[o, h, l, c].join(', ')}`);
      if ((volume[row] ?? 0) < 0 || Number.isNaN(session[row])) wrong.push('a volume or a session that cannot be');
    }
  }
  if (rows.dataset === 'chains' && Array.from(rows.columns.strike).some((strike) => !(strike > 0)))
    wrong.push('a strike that is none');
  if (rows.dataset === 'quotes' || rows.dataset === 'option_snapshots')
    for (const name of ['last', 'bid', 'ask', 'volume'] as const)
      if (Array.from(rows.columns[name]).some((value) => value < 0)) wrong.push(`a ${name} below zero`);
  return wrong;
}

/** Asks, and does not wait for ever. */
async function asked(provider: Provider, request: Request, patience: number): Promise<readonly string[]> {
  const stop = AbortSignal.timeout(patience);
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, patience + 5_000, 'late').unref());
  const outcome = await Promise.race([provider.fetch(request, stop), late]);
  return outcome === 'late' ? ['no answer long after it was told to stop'] : judgeOutcome(outcome, request);
}

const requests: readonly Request[] = [
  ib.bars(ib.dayOf('2026-11-17'), '1 hour'),
  ib.bars({ start: ib.dayOf('2026-11-09').start, end: ib.dayOf('2026-11-17').end }, '1 day'),
  ib.point('contracts'),
  ib.point('chains'),
  ib.point('quotes'),
  ib.snapshot(ib.nearTheMoney(2)),
];

test(`the adapter of Interactive Brokers, seed ${String(seed)}`, { timeout: rounds * 20_000 + 900_000 }, async () => {
  const rig = await ib.startRig();
  await campaign('ib', Math.ceil(rounds / 4), async (dice) => {
    const spoilsBytes = dice.chance(0.3);
    const proxy = await byteProxy(rig.gateway.port, (bytes, before) => {
      // The greeting and the news of all farms, mostly.
      if (before < 400 && !dice.chance(0.03)) return bytes;
      if (!spoilsBytes) return mutatedFrames(bytes, dice, 0.3);
      return dice.chance(0.5) ? mutatedBytes(bytes, dice) : bytes;
    });
    const provider = ibProvider({
      settings: { host: '127.0.0.1', port: proxy.port, clientId: 17, dataType: 'live', allowDelayed: false },
      calendarOf,
      clock: rig.clock,
      notices: () => undefined,
      timings: { ...ib.quickTimings, connect: 700, hold: 700, snapshot: 500 },
    });
    try {
      await provider.open(AbortSignal.timeout(1_500));
      return await asked(provider, dice.pick(requests), 1_200);
    } finally {
      await provider.close();
      await proxy.close();
    }
  });
  await rig.stop();
});

test(`the gateway of the simulator, seed ${String(seed)}`, { timeout: rounds * 10_000 + 900_000 }, async () => {
  const { port } = await gateway({ pacing: 'off' });
  const witness = await enter(port, 'v100..193', 99);
  const apple = { symbol: 'AAPL', secType: 'STK', exchange: 'SMART', currency: 'USD' };
  let clientId = 100;
  const session = (dice: Dice): Buffer => {
    const greeting = Buffer.from('v100..193');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(greeting.length);
    const said = [
      historicalFields(1, apple),
      historicalFields(2, apple, { barSize: '1 min', duration: '1 D', keep: 1 }),
      detailsFields(3, apple),
      quoteFields(4, apple, { generic: '101' }),
      [78, 5, 'AAPL', '', 'STK', 265598],
      [49, 1],
      [25, 1],
      [61, 1],
      [7, 1],
    ];
    return Buffer.concat([
      prelude,
      length,
      greeting,
      frame([71, 2, ++clientId, '']),
      ...said.filter(() => dice.chance(0.6)).map(frame),
    ]);
  };
  await campaign('tws', rounds, async (dice) => {
    const bytes = session(dice);
    const spoilt = dice.chance(0.5)
      ? mutatedBytes(bytes, dice)
      : Buffer.concat([bytes.subarray(0, 17), mutatedFrames(bytes.subarray(17), dice, 0.5)]);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    for (let at = 0; at < spoilt.length; at += 1 + dice.below(spoilt.length)) socket.write(spoilt.subarray(at));
    socket.write(spoilt);
    witness.send(49, 1);
    await witness.message(49);
    count('gateway served the next');
    socket.destroy();
    await closed;
    return [];
  });
  witness.send(...historicalFields(9, apple));
  await witness.message(17);
});

test(`the server of Kite in the simulator, seed ${String(seed)}`, { timeout: rounds * 10_000 + 900_000 }, async () => {
  const rig = await startRig();
  const port = Number(new URL(rig.root).port);
  const login = 'Authorization: token testkey:testtoken\r\n';
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const masked = (text: string, opcode: number): Buffer => {
    const body = Buffer.from(text);
    return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | body.length, 0, 0, 0, 0]), body]);
  };
  const said: readonly Buffer[] = [
    Buffer.from(`GET /quote?i=NSE:INFY&i=NSE:TCS HTTP/1.1\r\nHost: x\r\n${login}\r\n`),
    Buffer.from(
      `GET /instruments/historical/408065/day?from=2026-11-01&to=2026-11-20&oi=1 HTTP/1.1\r\nHost: x\r\n${login}\r\n`,
    ),
    Buffer.from(`GET /user/profile HTTP/1.1\r\nHost: x\r\n${login}\r\n`),
    Buffer.from(
      `POST /session/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 40\r\n\r\napi_key=testkey&request_token=a&checksum=b`,
    ),
    Buffer.concat([
      Buffer.from(`GET /?api_key=testkey&access_token=testtoken HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`),
      masked('{"a":"subscribe","v":[408065]}', 1),
      masked('{"a":"mode","v":["full",[408065]]}', 1),
      masked('', 9),
    ]),
  ];
  await campaign('kite-server', rounds, async (dice) => {
    const spoilt = dice.chance(0.05) ? noise(dice, 2_000) : mutatedBytes(dice.pick(said), dice);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.write(spoilt);
    const form1 = dice.chance(0.2)
      ? await rig.get('/session/token', form({ api_key: 'x', request_token: String(dice.next()) }))
      : null;
    await form1?.text();
    const { status, body } = await rig.json('/quote/ltp?i=NSE:INFY');
    socket.destroy();
    await closed;
    count('server of Kite served the next');
    return status === 200 && body.status === 'success' ? [] : [`the next client is answered with ${String(status)}`];
  });
});

test(`the adapter of Kite, seed ${String(seed)}`, { timeout: rounds * 20_000 + 900_000 }, async () => {
  const simulation = await kite.simulate();
  let dice = diceOf(seed);
  let isOn = false;
  const proxy = await httpProxy(simulation.simulator.port, (body, path) => {
    if (!isOn) return body;
    if (dice.chance(0.15)) return mutatedBytes(body, dice);
    const text = body.toString('utf8');
    return Buffer.from(
      path.startsWith('/instruments') && !path.includes('historical')
        ? mutatedTable(text, dice)
        : mutatedJson(text, dice),
    );
  });
  const provider = kite.providerAt({ ...simulation, root: `http://127.0.0.1:${String(proxy.port)}` });
  expect(await provider.open(ib.never)).toBeNull();
  const series = { provider: 'kite', instrument: kite.infosys } as const;
  const { noon } = kite;
  const bars = (barSize: '1 day' | '1 hour', days: number): Request => {
    const window = { start: noon - days * 24 * hour, end: noon - 12 * hour };
    return {
      series: { ...series, dataset: 'equity_bars', barSize, what: 'TRADES', hours: 'rth' },
      window,
      settles: [window],
    };
  };
  const points = (['contracts', 'chains', 'quotes'] as const).map((dataset): Request => ({
    series: { ...series, dataset },
    window: null,
    settles: [],
  }));
  // The list of instruments is read whole once; how a spoilt one is read is looked at by itself.
  for (const request of points) expect(await asked(provider, request, 20_000)).toEqual([]);
  isOn = true;
  const wanted = [bars('1 day', 20), bars('1 hour', 3), bars('1 day', 20), ...points];
  await campaign('kite', Math.ceil(rounds / 4), async (own) => {
    dice = own;
    return asked(provider, own.pick(wanted), 1_500);
  });
  isOn = false;
  expect(await asked(provider, bars('1 day', 20), 20_000)).toEqual([]);
  await provider.close();
  await proxy.close();
  await simulation.stop();
});

const listHead =
  'instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,instrument_type,segment,exchange';

test(`lists of instruments, seed ${String(seed)}`, { timeout: rounds * 2_000 + 900_000 }, async () => {
  const rows = Array.from(
    { length: 300 },
    (_, at) =>
      `${String(408_065 + at)},1594,"INFY${String(at)}","INFOSYS",0,2026-11-26,${String(1_000 + at)},0.05,400,CE,NFO-OPT,NFO`,
  );
  const text = [listHead, ...rows].join('\n');
  await campaign('instruments', rounds, (dice) => {
    const spoilt = dice.chance(0.5) ? mutatedTable(text, dice) : mutatedBytes(Buffer.from(text), dice).toString('utf8');
    const reading = readInstruments(spoilt);
    for (let turn = 0; turn < 1_000; turn++) {
      const { done, value } = reading.next();
      if (done !== true) continue;
      if (!value.ok) return value.error === '' ? ['it is refused without a reason'] : [];
      const { token, length, tradingsymbol } = value.value;
      return token.length === length && tradingsymbol.length === length && token.every((one) => one > 0)
        ? []
        : ['rows that cannot be'];
    }
    return ['it does not end'];
  });
});

afterAll(() => {
  const told = [...counts].sort().map(([what, times]) => `  ${what.padEnd(34)} ${String(times).padStart(6)}`);
  process.stdout.write(`\non the wire\n${told.join('\n')}\n`);
});
