import { rm } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from 'vitest';

import { openLake } from '../../../src/index.js';
import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const firstNight = '2026-11-18T23:00:00Z';
const secondNight = '2026-11-19T23:00:00Z';
const between = '2026-11-19T12:00:00Z';

const pipeline = `name: bars
provider: mock
symbols: [AAPL, MSFT]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: 1 day, from: 2026-11-02 }
  closes: { uses: sql, query: "SELECT symbol, max(close) AS highest FROM equity_bars GROUP BY symbol" }
providers:
  mock:
    actions:
      - split: { symbol: AAPL, ratio: "4:1", at: 2026-11-19T06:00:00-05:00 }
`;

let rig: Rig;

beforeEach(async () => {
  rig = await createRig();
  await rig.write('p.yaml', pipeline);
});

async function query(sql: string, ...options: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { stdout, stderr, exitCode } = await rig.pipe('query', sql, '--json', ...options);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as readonly Record<string, unknown>[];
}

const closes = "SELECT session::VARCHAR AS session, close FROM equity_bars WHERE symbol = 'AAPL' ORDER BY ts";

/** Runs one night before a split, and one after it; returns the rows after each. */
async function runTwoNights(): Promise<{ before: unknown; after: unknown }> {
  expect(await rig.pipe('run', 'p.yaml', '--now', firstNight)).toMatchObject({ exitCode: 0 });
  const before = await query(closes);
  expect(await rig.pipe('run', 'p.yaml', '--now', secondNight)).toMatchObject({ exitCode: 0 });
  return { before, after: await query(closes) };
}

describe('pipe query --as-of', () => {
  test('reads tables, views and tables of custom steps as they were before and after a split', async () => {
    const { before, after } = await runTwoNights();
    expect(after).not.toEqual(before);
    expect(await query(closes, '--as-of', between)).toEqual(before);
    expect(await query(closes, '--as-of', '2026-11-18')).toEqual(before);
    expect(await query(closes, '--as-of', '2026-11-19')).toEqual(after);
    const adjusted = closes.replace('equity_bars', 'bars_adjusted');
    expect(await query(adjusted, '--as-of', between)).toEqual(before);
    const actions = 'SELECT count(*) AS n FROM corporate_actions';
    expect(await query(actions, '--as-of', between)).toEqual([{ n: 0 }]);
    expect(await query(actions, '--as-of', secondNight.slice(0, 10))).toEqual([{ n: 1 }]);
    const facts = `SELECT count(*) AS n FROM facts WHERE committed_at > '${between}'`;
    expect(await query(facts, '--as-of', between)).toEqual([{ n: 0 }]);
    expect(await query("SELECT count(*) AS n FROM requests WHERE dataset = 'equity_bars'", '--as-of', between)).toEqual(
      [{ n: 2 }],
    );
    expect(await query('SELECT count(*) AS n FROM runs', '--as-of', between)).toEqual([{ n: 1 }]);
    const highest = "SELECT highest FROM closes WHERE symbol = 'AAPL'";
    const [then] = await query(highest, '--as-of', between);
    const [now] = await query(highest);
    expect(Number(then?.['highest']) / Number(now?.['highest'])).toBeGreaterThan(3);
  });

  test('exits with 2 and names the oldest moment that is kept once replaced rows are deleted', async () => {
    const { after } = await runTwoNights();
    expect(await rig.pipe('maintain', '--now', '2026-12-01T00:00:00Z')).toMatchObject({ exitCode: 0 });
    const { exitCode, stderr } = await rig.pipe('query', closes, '--as-of', between);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^pipe: equity_bars as of 2026-11-18T23:\S+ \(version 0\) is not kept: its replaced rows are deleted\n {2}the oldest moment that is kept: 2026-11-19T23:\S+; superseded files are kept for 7 days\n$/,
    );
    const oldest = /kept: (\S+);/.exec(stderr)?.[1] ?? '';
    expect(await query(closes, '--as-of', oldest)).toEqual(after);
    // Other tables of the same moment are readable.
    expect(await query('SELECT count(*) AS n FROM contracts', '--as-of', between)).toEqual([{ n: 2 }]);
    const custom = await rig.pipe('query', 'SELECT * FROM closes', '--as-of', between);
    expect({ exitCode: custom.exitCode, stderr: custom.stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining('pipe: closes as of') as unknown,
    });
    expect(await rig.pipe('query', 'SHOW TABLES', '--as-of', between)).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['2020-01-01', 'pipe: the lake has no commit as of 2020-01-01T23:59:59.999Z\n'],
    ['soon', 'pipe: --as-of soon is not a timestamp\n'],
  ])('%s is rejected with exit code 2', async (moment, message) => {
    await rig.pipe('run', 'p.yaml', '--now', firstNight);
    const { exitCode, stderr } = await rig.pipe('query', closes, '--as-of', moment);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) as unknown });
  });
});

test('chain and iv read the lake as it was', async () => {
  await rig.write(
    'o.yaml',
    `name: o
provider: mock
symbols: [SPY]
steps:
  contracts: {}
  chains: { needs: contracts, refresh: 1d }
  equity: { needs: contracts, bar_size: 1 day, lookback: 5 sessions }
  snapshots: { needs: [chains, equity], expiries: { nearest: 2, dte: 30 }, strikes: 2, refresh: 1h }
  overview: { needs: snapshots }
`,
  );
  const noon = '2026-11-18T17:00:00Z';
  await rig.pipe('run', 'o.yaml', '--now', noon);
  const before = JSON.parse(
    (await rig.pipe('chain', 'SPY', '--json', '--now', '2026-11-18T18:00:00Z')).stdout,
  ) as unknown;
  await rig.pipe('run', 'o.yaml', '--now', '2026-11-19T17:00:00Z');
  const [past, current] = [
    await rig.pipe('chain', 'SPY', '--json', '--as-of', '2026-11-18T20:00:00Z'),
    await rig.pipe('chain', 'SPY', '--json', '--now', '2026-11-19T18:00:00Z'),
  ];
  expect((JSON.parse(past.stdout) as { options: unknown }).options).toEqual((before as { options: unknown }).options);
  expect(current.stdout).not.toBe(past.stdout);
  const days = async (...options: readonly string[]): Promise<unknown> =>
    (JSON.parse((await rig.pipe('iv', 'SPY', '--json', ...options)).stdout) as { days: unknown[] }).days.length;
  expect(await days('--as-of', '2026-11-18T20:00:00Z')).toBe(1);
  expect(await days('--now', '2026-11-19T18:00:00Z')).toBe(2);
});

test('openLake({ asOf }) reads bars, dates and statistics as they were', async () => {
  const { before, after } = await runTwoNights();
  const lake = await openLake(rig.path('data'), { asOf: Date.parse(between) });
  try {
    const bars = await lake.bars({ symbol: 'AAPL' });
    expect(bars.map(({ session, close }) => ({ session, close }))).toEqual(before);
    expect(await lake.barDates({ symbol: 'AAPL' })).toHaveLength(bars.length);
    const statistics = (await lake.statistics()).find(({ dataset }) => dataset === 'equity_bars');
    expect(statistics).toMatchObject({ version: 0, rows: 2 * bars.length, series: 2 });
    expect((await lake.query(closes)).rows).toEqual(before);
  } finally {
    await lake.close();
  }
  const current = await openLake(rig.path('data'));
  expect((await current.query(closes)).rows).toEqual(after);
  await current.close();
  await expect(openLake(rig.path('data'), { asOf: NaN })).rejects.toThrow('expected epoch milliseconds');
});

describe('pipe diff', () => {
  interface Diff {
    readonly from: { readonly version: number } | null;
    readonly to: { readonly version: number } | null;
    readonly windows: readonly {
      readonly window: string;
      readonly added: number;
      readonly changed: number;
      readonly removed: number;
      readonly columns: readonly {
        readonly column: string;
        readonly old: number;
        readonly new: number;
        readonly ratio: { readonly low: number; readonly high: number };
      }[];
      readonly before: readonly string[];
      readonly after: readonly string[];
    }[];
    readonly requests: readonly { readonly requestId: string }[];
  }

  async function diff(...options: readonly string[]): Promise<Diff> {
    const { stdout, stderr, exitCode } = await rig.pipe('diff', 'AAPL', '--json', ...options);
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout) as Diff;
  }

  test('shows per window and column what a split has changed, with the requests of both', async () => {
    const { before, after } = await runTwoNights();
    const found = await diff('--from', between, '--to', secondNight.slice(0, 10));
    expect(found.from).toMatchObject({ version: 0 });
    const changed = found.windows.filter((window) => window.changed > 0);
    expect(changed).toHaveLength((before as unknown[]).length);
    expect(found.windows).toHaveLength((after as unknown[]).length);
    const stored = (rows: unknown, session: string): unknown =>
      (rows as { session: string; close: number }[]).find((row) => row.session === session)?.close;
    for (const { window, columns } of changed) {
      const close = columns.find(({ column }) => column === 'close');
      expect(close).toMatchObject({ old: stored(before, window), new: stored(after, window) });
      expect(close?.ratio.low).toBeCloseTo(0.25, 3);
      expect(columns.find(({ column }) => column === 'volume')?.ratio.high).toBeCloseTo(4, 3);
    }
    const added = found.windows.filter((window) => window.added > 0);
    expect(added.map(({ window }) => window)).toEqual(['2026-11-19']);
    const named = new Set(found.windows.flatMap((window) => [...window.before, ...window.after]));
    expect(new Set(found.requests.map(({ requestId }) => requestId))).toEqual(named);
    expect(named.size).toBe(3);
    // The same by numbers of versions, and the newest as the default.
    expect(await diff('--from', '0')).toEqual(found);
  });

  test('of a symbol whose rows did not change is empty, also before and after a merge of files', async () => {
    await runTwoNights();
    const { stdout } = await rig.pipe('diff', 'MSFT', '--from', '1', '--to', '1');
    expect(stdout).toContain('no row of it was added, removed or changed');
    const { windows } = await diff('--from', '2020-01-01', '--to', '0');
    expect(windows.every(({ added, changed, removed }) => added === 1 && changed + removed === 0)).toBe(true);
  });

  test('prints a table with the first windows', async () => {
    await runTwoNights();
    const { stdout } = await rig.pipe('diff', 'AAPL', '--from', '0', '--limit', '1');
    expect(stdout).toMatch(/^AAPL equity_bars: version 0 \(2026-11-18 .*UTC\) → version \d+ \(2026-11-19 .*UTC\)\n/);
    expect(stdout).toMatch(/1 day TRADES rth from mock: 13 rows changed, 1 row added in 14 windows\n/);
    expect(stdout).toMatch(/2026-11-02 {2}1 changed {2}open +\d\S+ +\d\S+ {2}0\.2[45]\d*\n/);
    expect(stdout).toMatch(/ volume +\d+ +\d+ {2}4\n/);
    expect(stdout).toContain('and 13 more windows: --limit all');
    expect(stdout).toMatch(/old values of request \S+, sent 2026-11-18/);
    expect(stdout).toMatch(/new values of request \S+, sent 2026-11-19/);
  });

  test.each([
    [['AAPL'], "required option '--from <version>' not specified"],
    [['AAPL', '--from', '99'], '--from 99: equity_bars has no such version'],
    [['AAPL', '--from', '1', '--to', '0'], 'which is later than --to'],
    [['APPL', '--from', '0'], 'did you mean AAPL?'],
    [['AAPL', '--from', '0', '--dataset', 'equity_bar'], 'did you mean equity_bars?'],
  ])('%j is rejected with exit code 2', async (words, message) => {
    await runTwoNights();
    const { exitCode, stderr } = await rig.pipe('diff', ...words);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) as unknown });
  });

  test('compares other tables: each answer about a contract is a window of its own', async () => {
    await runTwoNights();
    const { windows } = await diff('--from', '2020-01-01', '--dataset', 'contracts');
    expect(windows.length).toBeGreaterThan(0);
    expect(windows.every(({ added }) => added === 1)).toBe(true);
  });
});

test('lost files are named instead of compared as removed rows', async () => {
  await runTwoNights();
  const files = (await rig.files('data/equity_bars')).filter((file) => file.endsWith('.parquet'));
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) await rm(rig.path('data/equity_bars', file));
  const superseded = await rig.pipe('diff', 'AAPL', '--from', '0');
  expect({ exitCode: superseded.exitCode, stderr: superseded.stderr }).toEqual({
    exitCode: 2,
    stderr: expect.stringContaining('is not kept') as unknown,
  });
  const current = await rig.pipe('diff', 'MSFT', '--from', '2020-01-01');
  expect({ exitCode: current.exitCode, stderr: current.stderr }).toEqual({
    exitCode: 7,
    stderr: expect.stringContaining('is damaged (missing), so that its rows cannot be compared') as unknown,
  });
});
