/**
 * Bytes that violate the protocol, on both sides of both sources: servers keep serving the next client, and providers return
 * valid rows or a failure. `npm run fuzz -- --part wire --rounds 1000 --seed 7`.
 */
import { connect } from 'node:net';
import { afterAll, expect, test } from 'vitest';

import { getCalendar } from '../../../src/calendar/calendars.js';
import type { FetchOutcome, Request } from '../../../src/core/request.js';
import { hour } from '../../../src/core/time/time.js';
import type { Provider } from '../../../src/providers/provider.js';
import { createIbProvider } from '../../../src/providers/ib/provider.js';
import { parseInstruments } from '../../../src/providers/kite/instruments/parse-instruments.js';
import { encodeFrame } from '../../../src/simulators/tws/wire/frames.js';
import { handshakePrefix } from '../../../src/simulators/tws/wire/handshake.js';
import * as ib from '../../providers/ib/rig.js';
import * as kite from '../../providers/kite/simulated-kite.js';
import { form, startKiteRig } from '../../simulators/kite/kite-rig.js';
import {
  detailsFields,
  connectClient,
  startGateway,
  historicalFields,
  quoteFields,
} from '../../simulators/tws/tws-rig.js';
import { startByteProxy, startHttpProxy } from './proxies.js';
import { mutateBytes, mutateFrames, mutateJson, mutateTable, randomBytes } from './mutate-bytes.js';
import { recordRound, createProblems, createDice, expectNoProblems, rounds, seed } from './rounds.js';
import type { Dice } from './rounds.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

const counts = new Map<string, number>();
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

/** Runs every round of a part and collects its problems. */
async function runRounds(
  part: string,
  times: number,
  play: (dice: Dice) => Promise<readonly string[]> | readonly string[],
): Promise<void> {
  const allProblems = createProblems();
  for (let round = 0; round < times && !allProblems.isFull(); round++) {
    recordRound(part, round);
    let problems: readonly string[];
    try {
      problems = await play(createDice(seed * 1_000_003 + round));
    } catch (error) {
      problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    }
    allProblems.add(part, round, problems, new Map());
  }
  expectNoProblems(allProblems);
}

/** Checks what every outcome must satisfy, whatever the source sent. */
function checkOutcome(outcome: FetchOutcome, { window }: Request): readonly string[] {
  count(`${outcome.kind}${outcome.kind === 'failure' ? ` ${outcome.failure.kind}` : ''}`);
  if (outcome.kind === 'failure') {
    const { message } = outcome.failure;
    return message === '' || /\bundefined\b|\[object/.test(message) ? [`a failure has the message: ${message}`] : [];
  }
  if (outcome.kind === 'empty') return [];
  const problems: string[] = [];
  const { rows, answeredWindow } = outcome;
  const columns: Readonly<Record<string, ArrayLike<unknown>>> = rows.columns;
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== rows.length)
      problems.push(`${name} has ${String(column.length)} values for ${String(rows.length)} rows`);
    if (Array.from(column).some((value) => value === Infinity || value === -Infinity))
      problems.push(`${name} is infinite`);
  }
  if (answeredWindow !== null && !(Number.isFinite(answeredWindow.start) && answeredWindow.start <= answeredWindow.end))
    problems.push('the window that was answered is none');
  if (rows.dataset === 'equity_bars' || rows.dataset === 'option_bars') {
    const { ts, open, high, low, close, volume, session: createClientBytes } = rows.columns;
    for (let row = 0; row < rows.length; row++) {
      const [t, o, h, l, c] = [ts, open, high, low, close].map((column) => column[row] ?? NaN) as [
        number,
        number,
        number,
        number,
        number,
      ];
      if (!(window !== null && t >= window.start && t < window.end))
        problems.push(`a bar at ${String(t)}, outside of the window`);
      if (!(row === 0 || t > (ts[row - 1] ?? NaN))) problems.push(`a bar at ${String(t)}, out of order`);
      if (!(l <= Math.min(o, c) && h >= Math.max(o, c))) problems.push(`a bar of ${[o, h, l, c].join(', ')}`);
      if ((volume[row] ?? 0) < 0 || Number.isNaN(createClientBytes[row]))
        problems.push('a volume or a session that cannot be');
    }
  }
  if (rows.dataset === 'chains' && Array.from(rows.columns.strike).some((strike) => !(strike > 0)))
    problems.push('a strike that is none');
  if (rows.dataset === 'quotes' || rows.dataset === 'option_snapshots')
    for (const name of ['last', 'bid', 'ask', 'volume'] as const)
      if (Array.from(rows.columns[name]).some((value) => value < 0)) problems.push(`a ${name} below zero`);
  return problems;
}

/** Sends a request with a time limit. */
async function fetchWithin(provider: Provider, request: Request, timeoutMs: number): Promise<readonly string[]> {
  const stop = AbortSignal.timeout(timeoutMs);
  const overdue = new Promise<'late'>((resolve) => setTimeout(resolve, timeoutMs + 5_000, 'late').unref());
  const outcome = await Promise.race([provider.fetch(request, createFetchContext(stop)), overdue]);
  return outcome === 'late' ? ['no outcome long after the abort'] : checkOutcome(outcome, request);
}

const requests: readonly Request[] = [
  ib.barsRequest(ib.getDayWindow('2026-11-17'), '1 hour'),
  ib.barsRequest({ start: ib.getDayWindow('2026-11-09').start, end: ib.getDayWindow('2026-11-17').end }, '1 day'),
  ib.pointRequest('contracts'),
  ib.pointRequest('chains'),
  ib.pointRequest('quotes'),
  ib.snapshotRequest(ib.nearTheMoney(2)),
];

test(
  `the Interactive Brokers provider survives mutated bytes of the gateway, seed ${String(seed)}`,
  { timeout: rounds * 20_000 + 900_000 },
  async () => {
    const rig = await ib.startRig();
    await runRounds('ib', Math.ceil(rounds / 4), async (dice) => {
      const mutatesBytes = dice.chance(0.3);
      const proxy = await startByteProxy(rig.gateway.port, (bytes, before) => {
        // Keep the greeting and the farm states valid in most rounds.
        if (before < 400 && !dice.chance(0.03)) return bytes;
        if (!mutatesBytes) return mutateFrames(bytes, dice, 0.3);
        return dice.chance(0.5) ? mutateBytes(bytes, dice) : bytes;
      });
      const provider = createIbProvider({
        settings: { host: '127.0.0.1', port: proxy.port, clientId: 17, marketDataType: 'live', allowDelayed: false },
        calendarOf: getCalendar,
        clock: rig.clock,
        onNotice: () => undefined,
        timings: { ...ib.quickTimings, connectTimeout: 700, maxHold: 700, snapshotTimeout: 500 },
      });
      try {
        await provider.open(AbortSignal.timeout(1_500));
        return await fetchWithin(provider, dice.pick(requests), 1_200);
      } finally {
        await provider.close();
        await proxy.close();
      }
    });
    await rig.stop();
  },
);

test(
  `the TWS simulator survives mutated bytes of clients, seed ${String(seed)}`,
  { timeout: rounds * 10_000 + 900_000 },
  async () => {
    const { port } = await startGateway({ pacing: 'off' });
    const probeClient = await connectClient(port, 'v100..193', 99);
    const apple = { symbol: 'AAPL', secType: 'STK', exchange: 'SMART', currency: 'USD' };
    let clientId = 100;
    const createClientBytes = (dice: Dice): Buffer => {
      const helloText = Buffer.from('v100..193');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(helloText.length);
      const messages = [
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
        handshakePrefix,
        length,
        helloText,
        encodeFrame([71, 2, ++clientId, '']),
        ...messages.filter(() => dice.chance(0.6)).map(encodeFrame),
      ]);
    };
    await runRounds('tws', rounds, async (dice) => {
      const bytes = createClientBytes(dice);
      const mutated = dice.chance(0.5)
        ? mutateBytes(bytes, dice)
        : Buffer.concat([bytes.subarray(0, 17), mutateFrames(bytes.subarray(17), dice, 0.5)]);
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      for (let at = 0; at < mutated.length; at += 1 + dice.below(mutated.length)) socket.write(mutated.subarray(at));
      socket.write(mutated);
      probeClient.send(49, 1);
      await probeClient.message(49);
      count('gateway served the next');
      socket.destroy();
      await closed;
      return [];
    });
    probeClient.send(...historicalFields(9, apple));
    await probeClient.message(17);
  },
);

test(
  `the Kite simulator survives mutated bytes of clients, seed ${String(seed)}`,
  { timeout: rounds * 10_000 + 900_000 },
  async () => {
    const rig = await startKiteRig();
    const port = Number(new URL(rig.baseUrl).port);
    const login = 'Authorization: token testkey:testtoken\r\n';
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    const createMaskedFrame = (text: string, opcode: number): Buffer => {
      const body = Buffer.from(text);
      return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | body.length, 0, 0, 0, 0]), body]);
    };
    const messages: readonly Buffer[] = [
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
        createMaskedFrame('{"a":"subscribe","v":[408065]}', 1),
        createMaskedFrame('{"a":"mode","v":["full",[408065]]}', 1),
        createMaskedFrame('', 9),
      ]),
    ];
    await runRounds('kite-server', rounds, async (dice) => {
      const mutated = dice.chance(0.05) ? randomBytes(dice, 2_000) : mutateBytes(dice.pick(messages), dice);
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      socket.write(mutated);
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
  },
);

test(
  `the Kite provider survives mutated bytes of the server, seed ${String(seed)}`,
  { timeout: rounds * 20_000 + 900_000 },
  async () => {
    const simulation = await kite.startSimulation();
    let dice = createDice(seed);
    let isMutating = false;
    const proxy = await startHttpProxy(simulation.simulator.port, (body, path) => {
      if (!isMutating) return body;
      if (dice.chance(0.15)) return mutateBytes(body, dice);
      const text = body.toString('utf8');
      return Buffer.from(
        path.startsWith('/instruments') && !path.includes('historical')
          ? mutateTable(text, dice)
          : mutateJson(text, dice),
      );
    });
    const provider = kite.createProvider({ ...simulation, baseUrl: `http://127.0.0.1:${String(proxy.port)}` });
    expect(await provider.open(ib.never)).toEqual({ ok: true, value: undefined });
    const series = { provider: 'kite', instrument: kite.infosys } as const;
    const { indianNoon } = kite;
    const bars = (barSize: '1 day' | '1 hour', days: number): Request => {
      const window = { start: indianNoon - days * 24 * hour, end: indianNoon - 12 * hour };
      return {
        series: { ...series, dataset: 'equity_bars', barSize, priceType: 'TRADES', hours: 'rth' },
        window,
        closes: [window],
      };
    };
    const pointRequests = (['contracts', 'chains', 'quotes'] as const).map((dataset): Request => ({
      series: { ...series, dataset },
      window: null,
      closes: [],
    }));
    // The instrument list is read once; damaged lists have a test of their own.
    for (const request of pointRequests) expect(await fetchWithin(provider, request, 20_000)).toEqual([]);
    isMutating = true;
    const fetches = [bars('1 day', 20), bars('1 hour', 3), bars('1 day', 20), ...pointRequests];
    await runRounds('kite', Math.ceil(rounds / 4), async (own) => {
      dice = own;
      return fetchWithin(provider, own.pick(fetches), 1_500);
    });
    isMutating = false;
    expect(await fetchWithin(provider, bars('1 day', 20), 20_000)).toEqual([]);
    await provider.close();
    await proxy.close();
    await simulation.stop();
  },
);

const instrumentsHeader =
  'instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,instrument_type,segment,exchange';

test(
  `mutated instrument lists are parsed or rejected, seed ${String(seed)}`,
  { timeout: rounds * 2_000 + 900_000 },
  async () => {
    const rows = Array.from(
      { length: 300 },
      (_, at) =>
        `${String(408_065 + at)},1594,"INFY${String(at)}","INFOSYS",0,2026-11-26,${String(1_000 + at)},0.05,400,CE,NFO-OPT,NFO`,
    );
    const text = [instrumentsHeader, ...rows].join('\n');
    await runRounds('instruments', rounds, (dice) => {
      const mutated = dice.chance(0.5)
        ? mutateTable(text, dice)
        : mutateBytes(Buffer.from(text), dice).toString('utf8');
      const reading = parseInstruments(mutated);
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
  },
);

afterAll(() => {
  const summary = [...counts].sort().map(([what, times]) => `  ${what.padEnd(34)} ${String(times).padStart(6)}`);
  process.stdout.write(`\non the wire\n${summary.join('\n')}\n`);
});
