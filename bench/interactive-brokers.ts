import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { requireCalendar } from '../test/fixtures/require-calendar.js';
import { getCalendar } from '../src/calendar/calendars.js';
import { systemClock } from '../src/core/time/clock.js';
import type { Request } from '../src/core/request.js';
import type { Instrument } from '../src/core/series.js';
import { addDays, hour, minute } from '../src/core/time/time.js';
import { createIbProvider } from '../src/providers/ib/provider.js';
import { decodeFields, encodeFrame, createFrameReader } from '../src/simulators/tws/wire/frames.js';
import type { Bench, Measurement } from './bench.js';
import { createFetchContext } from '../test/fixtures/fetch-context.js';

const apple: Instrument = { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' };
const neverAborted = new AbortController().signal;

/**
 * Bars of three minutes, from four in the morning to eight in the evening: the largest answers that the limits allow.
 */
const barsPerDay = 320;
const calendar = requireCalendar('XNYS');
const sessions = calendar.sessions('2025-06-01', '2026-11-01');

/** The bars of four sessions as fields of an answer, without its number. */
function createAnswer(first: number): Buffer {
  const some = sessions.slice(first, first + 4);
  const fields = some.flatMap(({ dayStart }) =>
    Array.from({ length: barsPerDay }, (_, index) => {
      const epoch = (dayStart + 4 * hour + index * 3 * minute) / 1_000;
      return [epoch, 187.25, 187.75, 186.5, 187.5, '12345', '187.31', 77];
    }).flat(),
  );
  const span = ['20250601 00:00:00 UTC', '20250606 00:00:00 UTC', some.length * barsPerDay];
  return Buffer.from([...span, ...fields, ''].join('\0'));
}

/** Starts a gateway with prepared answers, so that only the client can stall. */
async function startGateway(answers: readonly Buffer[]): Promise<Server> {
  const server = createServer((socket) => {
    let requestCount = 0;
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(encodeFrame([178, '20261118 10:00:00 EST']));
      socket.once('data', () => {
        socket.write(encodeFrame([15, 1, 'DU1234567']));
        socket.write(encodeFrame([9, 1, 1]));
        const reader = createFrameReader();
        socket.on('data', (data: Buffer) => {
          const received = reader.push(data);
          for (const body of received.kind === 'bodies' ? received.bodies : []) {
            const [kind, id = ''] = decodeFields(body);
            if (kind !== '20') continue;
            const rest = answers[requestCount++] ?? Buffer.alloc(0);
            const head = Buffer.from(`17\0${id}\0`);
            const length = Buffer.alloc(4);
            length.writeUInt32BE(head.length + rest.length);
            socket.write(Buffer.concat([length, head, rest]));
          }
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Fetches all bars once and returns the longest stall in milliseconds. */
async function measureMaxStall(answers: readonly Buffer[], firsts: readonly number[]): Promise<number> {
  const server = await startGateway(answers);
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const provider = createIbProvider({
    settings: { host: '127.0.0.1', port, clientId: 1, marketDataType: 'live', allowDelayed: false },
    calendarOf: getCalendar,
    clock: systemClock,
    onNotice: () => undefined,
  });
  const opened = await provider.open(neverAborted);
  if (!opened.ok) throw new Error(opened.error.message);
  const requests = firsts.map((first): Request => {
    const start = sessions[first]?.dayStart ?? 0;
    const window = { start, end: calendar.startOf(addDays(sessions[first + 3]?.date ?? '', 1)) };
    const about = { barSize: '3 mins', priceType: 'TRADES', hours: 'all' } as const;
    return {
      series: { dataset: 'equity_bars', provider: 'ib', instrument: apple, ...about },
      window,
      closes: [window],
    };
  });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const outcomes = await Promise.all(
    requests.map((request) => provider.fetch(request, createFetchContext(neverAborted))),
  );
  delay.disable();
  await provider.close();
  server.close();
  const rows = outcomes.reduce((sum, outcome) => sum + (outcome.kind === 'rows' ? outcome.rows.length : 0), 0);
  if (rows !== firsts.length * 4 * barsPerDay) throw new Error(`received ${rows} rows`);
  return delay.max / 1e6;
}

async function measureStall(): Promise<Measurement> {
  const firsts = Array.from({ length: 79 }, (_, index) => index * 4);
  const answers = firsts.map(createAnswer);
  // Other load on the machine only makes stalls longer: the minimum of several runs counts.
  const maxStalls: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) maxStalls.push(await measureMaxStall(answers, firsts));
  const detail = `101,120 bars in 79 answers; the longest stalls of five times: ${maxStalls.map(Math.round).join(', ')} ms`;
  return { measured: Math.min(...maxStalls), unit: 'ms', limit: 100, better: 'lower', detail };
}

export const benches: readonly Bench[] = [
  { name: 'ib: longest stall while 100,000 bars arrive', target: '≤ 100 ms', run: measureStall },
];
