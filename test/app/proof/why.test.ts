import { rm } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { CallResult, Rig } from '../../rig.js';

const pipeline = (price: number): string => `
name: small
provider: mock
providers: { mock: { base_price: { AAPL: ${String(price)} } } }
symbols: [AAPL, BRK B]
steps:
  contracts: {}
  chains: { needs: contracts }
  equity: { needs: contracts, bar_size: 1 day, lookback: 10 sessions, overlap: 0 }
  minutes: { uses: equity, needs: contracts, bar_size: 30 mins, lookback: 2 sessions }
  options: { needs: [chains, equity], bar_size: 1 day, lookback: 2 sessions, strikes: 1, expiries: 1 }
  quotes: { needs: contracts }
  snapshots: { needs: [chains, quotes], strikes: 1, expiries: { nearest: 1, dte: 30 } }
  overview: { needs: snapshots }
  highest:
    uses: sql
    needs: equity
    dataset: highest_close
    query: SELECT symbol, max(session) AS session, max("close") AS high FROM equity_bars GROUP BY symbol
`;

const evening = ['--now', '2026-01-15T23:30:00Z'];
let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  await rig.write('pipelines/small.yaml', pipeline(250));
  expect(await rig.pipe(...evening, 'run', '--quiet')).toMatchObject({ exitCode: 0 });
});

function parse({ stdout }: CallResult): Record<string, unknown> {
  const value: unknown = JSON.parse(stdout);
  if (typeof value !== 'object' || value === null) throw new Error(`not a document: ${stdout}`);
  return { ...value };
}

const why = async (...words: readonly string[]): Promise<Record<string, unknown>> =>
  parse(await rig.pipe(...evening, 'why', ...words, '--json'));

async function query(sql: string): Promise<Record<string, unknown>> {
  const rows: unknown = JSON.parse((await rig.pipe('query', sql, '--json')).stdout);
  const first: unknown = Array.isArray(rows) ? rows.at(0) : null;
  return typeof first === 'object' && first !== null ? { ...first } : {};
}

test('a daily bar has its value, its request and the window that the request asked for', async () => {
  const row = await query(
    `SELECT "close", request_id FROM equity_bars WHERE symbol = 'AAPL' AND bar_size = '1 day' AND session = '2026-01-14'`,
  );
  const answer = await why('AAPL', '2026-01-14');
  expect(answer).toMatchObject({
    value: row['close'],
    column: 'close',
    series: 'equity_bars/AAPL/1 day/TRADES/rth',
    provider: 'mock',
    request: { requestId: row['request_id'], state: 'data', step: 'equity', requestRows: 10 },
    replaced: [],
    missing: null,
  });
});

test('a time selects the bar that contains it, in the zone of the exchange', async () => {
  expect(await why('AAPL', '2026-01-15', '15:45', 'volume')).toMatchObject({
    at: '2026-01-15T20:30:00Z',
    column: 'volume',
    series: 'equity_bars/AAPL/30 mins/TRADES/rth',
  });
});

test('a value that a forced run replaced has the earlier value and its request', async () => {
  const other = await createRig();
  await other.write('pipelines/small.yaml', pipeline(250));
  await other.pipe(...evening, 'run', '--steps', 'contracts', '--quiet');
  const one = ['--steps', 'equity', '--symbols', 'AAPL', '--quiet'];
  expect(await other.pipe(...evening, 'run', ...one)).toMatchObject({ exitCode: 0 });
  const before = parse(await other.pipe('why', 'AAPL', '2026-01-14', '--json'));
  await other.write('pipelines/small.yaml', pipeline(500));
  const forced = ['--force', '--date', '2026-01-14'];
  expect(await other.pipe(...evening, 'run', ...one, ...forced)).toMatchObject({ exitCode: 0 });
  const after = parse(await other.pipe('why', 'AAPL', '2026-01-14', '--json'));
  expect(after['value']).not.toBe(before['value']);
  expect(after).toMatchObject({
    replaced: [{ value: before['value'], isValueKnown: true, version: 0, state: 'data' }],
  });
  const text = await other.pipe('why', 'AAPL', '2026-01-14');
  expect(text.stdout).toContain(`replaced ${String(before['value'])} of request`);
});

test('a computed overview names the requests that it was computed from', async () => {
  const answer = await why('AAPL', '2026-01-15', '--table', 'overviews');
  expect(answer).toMatchObject({ computed: true, column: 'atm_iv' });
  expect(JSON.stringify(answer['inputs'])).toContain('option_snapshots/AAPL/');
});

test('the table of a custom step has its step and the versions of its inputs', async () => {
  const answer = await why('AAPL', '2026-01-15', 'high', '--table', 'highest_close');
  const row = await query(`SELECT high FROM highest_close WHERE symbol = 'AAPL'`);
  expect(answer).toMatchObject({ value: row['high'], computed: { step: 'highest', pipeline: 'small' } });
  expect(answer['inputs']).toMatchObject([{ table: 'equity_bars' }]);
});

test('an option bar, a chain and a snapshot of one option are explained', async () => {
  const option = await query(
    `SELECT expiry, strike, "right" FROM option_bars WHERE symbol = 'AAPL' AND session = '2026-01-15'`,
  );
  const name = `${String(option['expiry'])}/${String(option['strike'])}/${String(option['right'])}`;
  expect(await why('AAPL', '2026-01-15', '--option', name)).toMatchObject({
    table: 'option_bars',
    series: `option_bars/AAPL/${name}/1 day/TRADES/rth`,
    missing: null,
  });
  expect(await why('AAPL', '2026-01-15', '--table', 'chains')).toMatchObject({ series: 'chains/AAPL', missing: null });
  expect(await why('AAPL', '2026-01-15', 'bid', '--table', 'option_snapshots', '--option', name)).toMatchObject({
    row: { strike: option['strike'], right: option['right'] },
    missing: null,
  });
});

test('a missing session has its reason, the command that brings it and the cost of the plan', async () => {
  const answer = await why('AAPL', '2025-12-01');
  const plan = parse(await rig.pipe(...evening, 'plan', '--symbols', 'AAPL', '--date', '2025-12-01', '--json'));
  expect(answer).toMatchObject({
    value: null,
    missing: {
      reason: 'never requested for 2025-12-01',
      wanted: true,
      command: 'pipe run pipelines/small.yaml --symbols AAPL --date 2025-12-01',
      requests: plan['requests'],
      estimatedSeconds: plan['estimatedSeconds'],
    },
  });
  expect(await rig.pipe(...evening, 'why', 'AAPL', '2025-12-01')).toMatchObject({ exitCode: 3 });
});

test('a weekend, a session in progress and a quote of the past are explained without a run', async () => {
  expect(await why('AAPL', '2026-01-17')).toMatchObject({
    missing: { reason: 'no session of XNYS on 2026-01-17 (Saturday)', wanted: false, command: null },
  });
  const missing = { reason: expect.stringContaining('has not finished') as unknown, wanted: true };
  expect(await why('AAPL', '2026-01-16')).toMatchObject({ missing });
  expect(await why('AAPL', '2026-01-14', '--table', 'quotes')).toMatchObject({
    missing: { wanted: false, obstacle: 'no request brings it: a provider answers only with its current quotes' },
  });
});

test('a value whose file was deleted is missing, with the command that brings it back', async () => {
  const other = await createRig();
  await other.write('pipelines/small.yaml', pipeline(250));
  const folders = ['--data', 'lake', '--lineage', 'my records'];
  expect(await other.pipe(...evening, 'run', '--steps', 'contracts,equity', '--quiet', ...folders)).toMatchObject({
    exitCode: 0,
  });
  await rm(other.path('lake/equity_bars/bar_size=1%20day'), { recursive: true });
  const called = await other.pipe(...evening, 'why', 'AAPL', '2026-01-14', '--json', ...folders);
  expect(called.exitCode).toBe(3);
  expect(parse(called)).toMatchObject({
    value: null,
    missing: {
      reason: expect.stringContaining('its file is missing') as unknown,
      wanted: true,
      command: "pipe run --data lake --lineage 'my records' pipelines/small.yaml --symbols AAPL --date 2026-01-14",
      obstacle: null,
    },
  });
});

test('intraday bars without a time are shown with the time and their number', async () => {
  const { stdout } = await rig.pipe(...evening, 'why', 'AAPL', '2026-01-15', '--bar-size', '30 mins');
  expect(stdout).toMatch(/^AAPL 2026-01-15 09:30 New York close = /);
  expect(stdout).toContain('the first of 13 bars of 2026-01-15; write a time to choose another');
});

test.each([
  ['17:00', []],
  ['17:00', ['--bar-size', '1 day']],
  ['08:00', ['--bar-size', '30 mins']],
])('at %s with %j the market was closed', async (time, options) => {
  expect(await why('AAPL', '2026-01-14', time, ...options)).toMatchObject({
    value: null,
    missing: {
      reason: `the market was closed at ${time}: the session of 2026-01-14 was from 09:30 to 16:00`,
      wanted: false,
    },
  });
});

test('a series that no run brings is not wanted', async () => {
  const called = await rig.pipe(...evening, 'why', 'AAPL', '2026-01-14', '--bar-size', '5 mins');
  expect(called).toMatchObject({ exitCode: 0 });
  expect(called.stdout).toContain('repair   none: the pipeline does not select this series');
  const option = ['--option', '2026-12-18/9999/C'];
  expect(await rig.pipe(...evening, 'why', 'AAPL', '2026-01-14', ...option)).toMatchObject({ exitCode: 0 });
});

test.each([
  [['AAPL', '2026-01-15', '--provider', 'zork'], /no provider zork/],
  [['AAPL', '2026-01-15', '--table', 'quotes', '--option', '2026-01-16/250/C'], /--option: the rows of quotes/],
  [['AAPL', '2026-01-15', '--table', 'quotes', '--bar-size', '1 day'], /--bar-size: quotes has no bars/],
  [['AAPL', '2026-01-15', '--table', 'highest_close', '--provider', 'mock'], /table of a custom step/],
  [['AAPL', '2026-02-30'], /is not a date/],
  [['AAPL', '2026-01-15', '25:00'], /not a time of a day/],
  [['AAPL', '2026-01-15', '7'], /7 is not a time/],
  [['AAPL'], /missing the date of AAPL/],
  [['AAPL', '2026-01-15', '15:45', 'close', 'open'], /is too much/],
  [['AAPL', '2026-01-15', 'clsoe'], /no column clsoe\n {2}did you mean close\?/],
  [['AAPL', '2026-01-15', '--table', 'bars'], /no table bars/],
  [['AAPL', '2026-01-15', '--option', '2026-01-16/x/C'], /is not an option/],
  [['AAPL', '2026-01-15', '--bar-size', '7 mins'], /is not a bar size/],
  [["O'NEIL", '2026-01-15'], /no data for O'NEIL/],
])('pipe why %j ends with exit code 2 and says what is wrong', async (words, message) => {
  const { exitCode, stderr } = await rig.pipe(...evening, 'why', ...words);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
});
