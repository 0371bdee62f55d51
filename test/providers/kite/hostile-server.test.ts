import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { ok } from '../../../src/core/result.js';
import type { FetchOutcome, Request } from '../../../src/core/request.js';
import type { BarSize } from '../../../src/core/tables/bars.js';
import { hour } from '../../../src/core/time/time.js';
import type { Provider } from '../../../src/providers/provider.js';
import { createKiteProvider } from '../../../src/providers/kite/provider.js';
import type { KiteCredentials } from '../../../src/providers/kite/auth/credentials.js';
import type { KiteNotice } from '../../../src/providers/kite/notice.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';
import { startFakeKite, sendData, sendError, sendJson } from './fake-kite.js';
import { createInstrumentList } from './instruments/instrument-list-text.js';
import { createClockFrom, indianNoon, infosys, nifty, secrets } from './simulated-kite.js';

const never = new AbortController().signal;

type Respond = (response: ServerResponse, request: IncomingMessage) => void;

interface Hostile {
  readonly provider: Provider;
  readonly notices: readonly KiteNotice[];
  readonly cacheFolder: string;
}

/** Opens a provider at a server that answers the paths that start with these names in its own way, and the others well. */
async function openAt(
  answers: Readonly<Record<string, Respond>>,
  login: Partial<KiteCredentials> = {},
): Promise<Hostile> {
  const { baseUrl } = await startFakeKite((request, response, url) => {
    const name = Object.keys(answers).find((path) => url.pathname.startsWith(`/${path}`));
    const answer = name === undefined ? undefined : answers[name];
    if (answer !== undefined) answer(response, request);
    else if (url.pathname === '/user/profile') sendData(response, { user_id: 'AB1234' });
    else sendList(createInstrumentList())(response, request);
  });
  const cacheFolder = await mkdtemp(join(tmpdir(), 'pipe-kite-'));
  const notices: KiteNotice[] = [];
  const clock = createClockFrom(indianNoon);
  const source = { tokenSource: 'the test', tokenVariable: null, issuedAt: indianNoon, userId: null };
  const provider = createKiteProvider({
    settings: { baseUrl, instrumentsMaxAge: 6 * hour },
    credentials: async () => ok({ ...secrets, ...source, ...login }),
    cacheFolder,
    calendarOf: getCalendar,
    clock: { ...clock, sleepUntil: () => Promise.resolve() },
    onNotice: (notice) => notices.push(notice),
  });
  onTestFinished(async () => {
    await provider.close();
    await rm(cacheFolder, { recursive: true, force: true });
  });
  return { provider, notices, cacheFolder };
}

const sendText =
  (body: string | Buffer, headers: Readonly<Record<string, string>>, status = 200): Respond =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
const sendList = (text: string): Respond => sendText(text, { 'content-type': 'text/csv' });
const json = { 'content-type': 'application/json' };
const gzipped = { ...json, 'content-encoding': 'gzip' };

const quote: Request = {
  series: { dataset: 'quotes', provider: 'kite', instrument: infosys },
  window: null,
  closes: [],
};
const dayStart = Date.parse('2026-11-17T00:00:00+05:30');
const createBars = (barSize: BarSize): Request => ({
  series: {
    dataset: 'equity_bars',
    provider: 'kite',
    instrument: infosys,
    barSize,
    priceType: 'TRADES',
    hours: 'rth',
  },
  window: { start: dayStart, end: dayStart + 24 * hour },
  closes: [{ start: dayStart, end: dayStart + 24 * hour }],
});
const bars = createBars('1 day');
const contracts: Request = { ...quote, series: { ...quote.series, dataset: 'contracts' } };

async function ask({ provider }: Hostile, request: Request, signal = never): Promise<FetchOutcome> {
  expect(await provider.open(never)).toEqual(ok(undefined));
  return provider.fetch(request, createFetchContext(signal));
}

const quoteOf = (last: unknown) => ({ status: 'success', data: { 'NSE:INFY': { last_price: last } } });

const brokenAnswers: readonly (readonly [string, Respond, string])[] = [
  ['an HTML page with status 200', sendText('<html>Log in</html>', { 'content-type': 'text/html' }), 'retryable'],
  [
    'an HTML page with status 502',
    sendText('<html>Bad gateway</html>', { 'content-type': 'text/html' }, 502),
    'retryable',
  ],
  ['an empty body', sendText('', json), 'retryable'],
  ['no body and no type', sendText('', {}), 'retryable'],
  ['truncated JSON', sendText('{"status":"success","data":{"NSE:INFY":{"last_', json), 'retryable'],
  [
    'compressed JSON that ends early',
    sendText(gzipSync(JSON.stringify(quoteOf(1))).subarray(0, 40), gzipped),
    'retryable',
  ],
  ['damaged compressed JSON', sendText(Buffer.from('no gzip at all'), gzipped), 'retryable'],
  ['another compression', sendText('x', { ...json, 'content-encoding': 'br' }), 'retryable'],
  ['a JSON null', sendText('null', json), 'retryable'],
  ['a JSON list', sendText('[]', json), 'retryable'],
  ['data of a wrong type', sendText('{"status":"success","data":"quotes"}', json), 'retryable'],
  ['no data', sendText('{"status":"success"}', json), 'retryable'],
  ['an error with status 200', (response) => sendError(response, 200, 'NetworkException', 'try later'), 'retryable'],
  ['an error without a type', sendText('{"status":"error","message":"no"}', json), 'retryable'],
  ['an unknown type of error', (response) => sendError(response, 500, 'NewException', 'x'), 'retryable'],
  ['status 500', (response) => sendError(response, 500, 'GeneralException', 'x'), 'retryable'],
  ['status 503', sendText('', json, 503), 'retryable'],
  ['status 429', (response) => sendError(response, 429, 'NetworkException', 'Too many requests'), 'pacing'],
  ['status 429 with an HTML page', sendText('<html>slow down</html>', { 'content-type': 'text/html' }, 429), 'pacing'],
  ['status 403', (response) => sendError(response, 403, 'TokenException', 'expired'), 'fatal'],
  ['status 403 for a permission', (response) => sendError(response, 403, 'PermissionException', 'x'), 'denied'],
  ['a redirect', sendText('', { location: 'https://portal.example/login' }, 302), 'retryable'],
];

describe.each(brokenAnswers)('%s', (_, respond, kind) => {
  it('is a failure for bars and quotes, never rows or no data', async () => {
    const hostile = await openAt({ quote: respond, 'instruments/historical': respond });
    expect(await ask(hostile, quote)).toMatchObject({ kind: 'failure', failure: { kind } });
    expect(await hostile.provider.fetch(bars, createFetchContext())).toMatchObject({
      kind: 'failure',
      failure: { kind },
    });
  });

  it('is a failure for the list of instruments, which is not stored', async () => {
    const hostile = await openAt({ instruments: respond });
    expect(await ask(hostile, contracts)).toMatchObject({ kind: 'failure', failure: { kind } });
    expect(await readdir(hostile.cacheFolder)).toEqual([]);
  });

  it('is a failure of the login', async () => {
    const { provider } = await openAt({ user: respond });
    expect(await provider.open(never)).toMatchObject({ ok: false, error: { kind: 'fatal' } });
  });
});

test('a redirect is named and not followed, because the token would go with it', async () => {
  const portal = await startFakeKite((_, response) => sendData(response, quoteOf(1).data));
  const hostile = await openAt({ quote: sendText('', { location: `${portal.baseUrl}/quote` }, 307) });
  expect(await ask(hostile, quote)).toMatchObject({
    failure: { message: expect.stringContaining(`it redirects to ${portal.baseUrl}`) as string },
  });
  expect(portal.requestedUrls).toEqual([]);
});

test.each([
  ['7', 7_000],
  ['86400', 600_000],
  ['soon', 1_000],
  ['-1', 1_000],
  ['Tue, 17 Nov 2026 04:00:20 GMT', 20_000],
  ['Tue, 17 Nov 2026 03:00:00 GMT', 1_000],
])('the delay of `Retry-After: %s` is observed up to ten minutes', async (header, delay) => {
  const hostile = await openAt({
    quote(response) {
      response.setHeader('retry-after', header);
      response.setHeader('date', 'Tue, 17 Nov 2026 04:00:00 GMT');
      sendError(response, 429, 'NetworkException', 'Too many requests');
    },
  });
  expect(await ask(hostile, quote)).toMatchObject({ failure: { kind: 'pacing', retryAfter: delay } });
});

test('a body that expands to 66 megabytes is rejected', async () => {
  const bomb = gzipSync(Buffer.alloc(66 << 20));
  const hostile = await openAt({
    quote: sendText(bomb, gzipped),
    instruments: sendText(bomb, { 'content-type': 'text/csv', 'content-encoding': 'gzip' }),
  });
  expect(await ask(hostile, contracts)).toMatchObject({
    failure: { kind: 'retryable', message: expect.stringContaining('more than 64 megabytes') as string },
  });
});

describe('a list of instruments', () => {
  const text = createInstrumentList(2_000);
  const compressed = gzipSync(text);
  const csv = { 'content-type': 'text/csv' };

  it.each([
    ['in the middle of a line', sendList(text.slice(0, text.length / 2))],
    ['before its last line end', sendList(text.slice(0, -1))],
    [
      'in its compressed form',
      sendText(compressed.subarray(0, compressed.length / 2), { ...csv, 'content-encoding': 'gzip' }),
    ],
    [
      'by the end of the connection',
      (response: ServerResponse) => {
        response.writeHead(200, { ...csv, 'content-length': text.length });
        response.write(text.slice(0, text.lastIndexOf('\n', text.length / 2) + 1), () => response.destroy());
      },
    ],
  ])('that was cut %s is neither used nor stored', async (_, respond) => {
    const hostile = await openAt({ instruments: respond });
    expect(await ask(hostile, contracts)).toMatchObject({ kind: 'failure', failure: { kind: 'retryable' } });
    expect(await readdir(hostile.cacheFolder)).toEqual([]);
  });

  it('without a column is rejected with its name', async () => {
    const renamed = text.replace('tradingsymbol', 'trading_symbol');
    expect(await ask(await openAt({ instruments: sendList(renamed) }), contracts)).toMatchObject({
      failure: { message: 'not a list of instruments: column tradingsymbol is missing' },
    });
  });

  it('with its columns in another order is read', async () => {
    const reversed = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',').toReversed().join(','));
    const outcome = await ask(await openAt({ instruments: sendList(`${reversed.join('\n')}\n`) }), contracts);
    expect(outcome).toMatchObject({ kind: 'rows', rows: { columns: { con_id: Float64Array.of(408_065) } } });
  });

  it('arrives compressed and uncompressed', async () => {
    for (const respond of [sendList(text), sendText(compressed, { ...csv, 'content-encoding': 'gzip' })])
      expect(await ask(await openAt({ instruments: respond }), contracts)).toMatchObject({ kind: 'rows' });
  });
});

test('a response that stops in its body ends with the signal of the request', async () => {
  const stopping = new AbortController();
  const hostile = await openAt({
    quote(response) {
      response.writeHead(200, json);
      response.write('{"status":"success","data":{', () => stopping.abort());
    },
  });
  expect(await ask(hostile, quote, stopping.signal)).toMatchObject({ kind: 'failure', failure: { kind: 'retryable' } });
});

test('a candle without prices leaves its session open and keeps the others', async () => {
  const window = { start: dayStart - 24 * hour, end: dayStart + 24 * hour };
  const hostile = await openAt({
    'instruments/historical': (response) =>
      sendData(response, {
        candles: [
          ['2026-11-16T00:00:00+0530', 0, 0, 0, 0, 9_223_372_036_854_775_807],
          ['2026-11-17T00:00:00+0530', 100, 102, 99, 101, 5],
        ],
      }),
  });
  expect(await ask(hostile, { ...bars, window, closes: [window] })).toMatchObject({
    kind: 'rows',
    rows: { length: 1, columns: { close: Float64Array.of(101) } },
    answeredWindow: window,
    gaps: [{ window: { start: window.start, end: dayStart }, reason: 'Kite sent impossible prices' }],
  });
});

test('a response with nothing but impossible candles has no rows, and names their time', async () => {
  const hostile = await openAt({
    'instruments/historical': (response) =>
      sendData(response, { candles: [['2026-11-17T00:00:00+0530', 0, 0, 0, 0, 0]] }),
  });
  expect(await ask(hostile, bars)).toMatchObject({
    kind: 'rows',
    rows: { length: 0 },
    gaps: [{ reason: 'Kite sent impossible prices', isRefused: true }],
  });
});

const minute = (time: string, price: number): readonly (string | number)[] => [
  `2026-11-17T${time}:00+0530`,
  ...[price, price, price, price, 5],
];
const sendCandles =
  (candles: readonly (readonly (string | number)[])[]): Respond =>
  (response) =>
    sendData(response, { candles });

test.each([
  ['1 day', [minute('09:15', 100), minute('09:16', 101), minute('15:29', 102)]],
  ['30 mins', [minute('09:15', 100), minute('09:16', 101)]],
] as const)('candles that are shorter than the requested %s are a failure', async (barSize, candles) => {
  const hostile = await openAt({ 'instruments/historical': sendCandles(candles) });
  expect(await ask(hostile, createBars(barSize))).toMatchObject({
    kind: 'failure',
    failure: { kind: 'retryable', message: `Kite sent shorter candles than the requested ${barSize}` },
  });
});

test('candles in another order, twice and from another day are stored once and in order', async () => {
  const later = [...minute('09:20', 103)];
  const other = ['2026-11-18T09:15:00+0530', 1, 1, 1, 1, 1];
  const candles = [later, minute('09:15', 100), other, minute('09:15', 100)];
  const hostile = await openAt({ 'instruments/historical': sendCandles(candles) });
  const outcome = await ask(hostile, createBars('5 mins'));
  expect(outcome).toMatchObject({ rows: { length: 2, columns: { close: Float64Array.of(100, 103) } } });
});

test('headers of 100 kB are a failure', async () => {
  const headers = { ...json, 'x-long': 'x'.repeat(100_000) };
  const hostile = await openAt({ quote: sendText(JSON.stringify(quoteOf(1)), headers) });
  expect(await ask(hostile, quote)).toMatchObject({ kind: 'failure', failure: { kind: 'retryable' } });
});

test('a rejected token of a variable is to be unset before a login helps', async () => {
  const reject: Respond = (response) => sendError(response, 403, 'TokenException', 'Incorrect access token');
  const login = { tokenSource: 'variable KITE_ACCESS_TOKEN', tokenVariable: 'KITE_ACCESS_TOKEN' };
  const { provider } = await openAt({ user: reject }, login);
  expect(await provider.open(never)).toMatchObject({
    ok: false,
    error: {
      message:
        'Kite rejected the access token from variable KITE_ACCESS_TOKEN: Kite TokenException: Incorrect access token',
      hint: expect.stringMatching(/^unset KITE_ACCESS_TOKEN and log in/) as string,
    },
  });
});

test('a token of another user than the one who logged in is rejected', async () => {
  const { provider } = await openAt({}, { tokenSource: 'kite-token.json', userId: 'ZZ9999' });
  expect(await provider.open(never)).toMatchObject({
    ok: false,
    error: {
      message: 'the access token from kite-token.json was issued to ZZ9999, and Kite says that it belongs to AB1234',
    },
  });
});

test('a profile without a user is the answer of something else than Kite', async () => {
  const { provider } = await openAt({ user: (response) => sendData(response, {}) });
  expect(await provider.open(never)).toMatchObject({
    ok: false,
    error: { message: 'the response to a request for the profile names no user' },
  });
});

test('a quote of an index has no volume, whatever Kite sends', async () => {
  const hostile = await openAt({
    quote: (response) =>
      sendJson(response, 200, { data: { 'NSE:NIFTY 50': { last_price: 26_000, volume: 0, oi: 0 } } }),
  });
  const outcome = await ask(hostile, { ...quote, series: { ...quote.series, instrument: nifty } });
  expect(outcome).toMatchObject({ kind: 'rows', rows: { columns: { last: Float64Array.of(26_000) } } });
  if (outcome.kind !== 'rows' || outcome.rows.dataset !== 'quotes') throw new Error('no quote');
  expect(outcome.rows.columns.volume[0]).toBeNaN();
});

test('a quote of another instrument is refused, with both tokens', async () => {
  const hostile = await openAt({
    quote: (response) => sendData(response, { 'NSE:INFY': { instrument_token: 7, last_price: 1500 } }),
  });
  expect(await ask(hostile, quote)).toMatchObject({
    kind: 'failure',
    failure: {
      kind: 'invalid',
      code: 'other-instrument',
      message: expect.stringMatching(
        /^Kite answered .* NSE:INFY \(token \d+\) with a quote of another instrument \(token 7\)$/,
      ) as string,
    },
  });
});
