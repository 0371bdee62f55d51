import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

const pipeline = `name: vol
symbols:
  - { symbol: SPY, kind: etf }
  - { symbol: IWM, kind: etf, steps: [contracts, chains] }
  - { symbol: VIX, kind: index, exchange: CBOE, priority: 1, steps: [contracts, quotes] }
analytics: { rate: 0.04, dividend_yield: { SPY: 0.013 } }
steps:
  contracts: {}
  chains: { needs: contracts, refresh: 30d }
  quotes: { needs: contracts }
  equity: { needs: contracts, lookback: 70 sessions }
  snapshots: { needs: [chains, quotes, equity], strikes: 12, expiries: { nearest: 5, dte: 30 } }
  overview: { needs: [snapshots, equity, quotes] }
`;

const days = ['2026-11-18', '2026-11-19', '2026-11-20'];

interface Document {
  readonly symbol: string;
  readonly at: string;
  readonly spot: number;
  readonly options: readonly {
    readonly ts: string;
    readonly expiry: string;
    readonly right: string;
    readonly strike: number;
    readonly iv: number;
    readonly delta: number;
  }[];
  readonly days: readonly { readonly date: string; readonly iv: number }[];
  readonly ivRank: number | null;
  readonly ivDays: number;
  readonly quartiles: { readonly p50: number };
}

let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  await rig.write('vol.yaml', pipeline);
  await mkdir(rig.path('empty'));
  for (const date of days) {
    const { exitCode, stderr } = await rig.pipe('run', 'vol.yaml', '--now', `${date}T18:00:00Z`, '--quiet');
    expect([exitCode, stderr]).toEqual([0, '']);
  }
});

const now = ['--now', '2026-11-20T19:00:00Z'] as const;

async function json(...words: readonly string[]): Promise<Document> {
  const { stdout, stderr, exitCode } = await rig.pipe(...words, '--json', ...now);
  expect([exitCode, stderr]).toEqual([0, '']);
  const document: Document = JSON.parse(stdout) as Document;
  return document;
}

describe('pipe chain', () => {
  test('prints calls and puts of the nearest expiry side by side', async () => {
    const { stdout, stderr } = await rig.pipe('chain', 'SPY', ...now);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^SPY {2}[\d.]+ {2}2026-11-20 13:0[\d:]+ New York from mock$/);
    expect(stdout).toMatch(/^ +calls +puts$/m);
    expect(stdout).toMatch(/^ +iv +delta +oi +volume +bid +ask +strike +bid +ask +volume +oi +delta +iv$/m);
    expect(lines.filter((line) => /^ *[\d.]+%/.test(line))).toHaveLength(21);
    expect(stderr).toMatch(/^other expiries: --expiry 2026-/);
  });

  test('--right prints one side with all Greeks', async () => {
    const { stdout } = await rig.pipe('chain', 'SPY', '--right', 'P', '--delta', '-0.3..-0.2', ...now);
    expect(stdout).toMatch(/^strike +bid +ask +last +volume +oi +iv +delta +gamma +theta +vega +rho$/m);
    expect(stdout).not.toContain('calls');
  });

  test('--json and --csv print the whole chain or the filtered options', async () => {
    const whole = await json('chain', 'SPY');
    const stored = await rig.pipe(
      'query',
      '--csv',
      "SELECT count(*) FROM option_snapshots WHERE ts >= DATE '2026-11-20'",
    );
    expect(whole.options).toHaveLength(Number(stored.stdout.split('\n')[1]));
    expect(whole.spot).toBeGreaterThan(0);
    const puts = await json('chain', 'SPY', '--right', 'P', '--delta', '-0.3..-0.2');
    expect(puts.options.length).toBeGreaterThan(3);
    for (const { right, delta } of puts.options) {
      expect(right).toBe('P');
      expect(delta).toBeGreaterThanOrEqual(-0.3);
      expect(delta).toBeLessThanOrEqual(-0.2);
    }
    const { stdout } = await rig.pipe(
      'chain',
      'SPY',
      '--csv',
      '--strikes',
      '1',
      '--expiry',
      puts.options[0]?.expiry ?? '',
      ...now,
    );
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^ts,expiry,strike,right,bid,ask,/);
    expect(rows).toHaveLength(6);
  });

  test('--at prints the chain of that day', async () => {
    const past = await json('chain', 'SPY', '--at', '2026-11-18');
    expect(past.at).toMatch(/^2026-11-18T18:00:/);
    expect(new Set(past.options.map(({ ts }) => ts.slice(0, 10)))).toEqual(new Set(['2026-11-18']));
  });

  test('lists the options of a symbol without a snapshot, and names the step that takes one', async () => {
    const { exitCode, stdout, stderr } = await rig.pipe('chain', 'IWM', ...now);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^IWM {2}no prices {2}listed 2026-11-18 13:0[\d:]+ New York by mock$/m);
    expect(stdout).toMatch(/^2026-11-27 +in 9 days +IWM +\d+ +\d+ /m);
    expect(stderr).toContain('no snapshot of IWM in the lake; the step `snapshots` fetches prices and Greeks');
    const { options } = await json('chain', 'IWM', '--expiry', '2026-11-27');
    expect(options.length).toBeGreaterThan(10);
    expect(options[0]).toMatchObject({ expiry: '2026-11-27', bid: null, iv: null, trading_class: 'IWM' });
  });

  test.each([
    [['chain', 'IWM', '--delta', '0.2..0.3'], 'the lake has no snapshot of IWM, so its options have no delta'],
    [['chain', 'SPI'], 'no chain for SPI in the lake\n  did you mean SPY?'],
    [['chain', 'SPY', '--at', '2020-01-01'], 'no chain for SPY in the lake\n  other times have data: omit --at'],
    [['chain', 'SPY', '--right', 'X'], '--right X is neither C nor P'],
    [['chain', 'SPY', '--delta', 'low'], '--delta low is not a range\n  write it as two numbers'],
    [['chain', 'SPY', '--expiry', '2026-01-01'], 'no option of SPY matches\n  known expiries: 2026-11-'],
    [['chain', 'SPY', '--data', 'empty'], 'no chain for SPY in the lake\n  add the step `snapshots` to a pipeline'],
    [['iv', 'SPY', '--data', 'empty'], 'no implied volatility for SPY in the lake\n  add the step `overview`'],
    [['iv', 'SPY', '--days', '0'], '--days 0 is not a whole number of 1 or more'],
    [['iv', 'SPY', '--html', 'no/such/folder.html'], 'cannot write no/such/folder.html'],
  ])('%j ends with exit code 2 and a message', async (words, text) => {
    const { exitCode, stdout, stderr } = await rig.pipe(...words, ...now);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(text);
  });
});

describe('pipe iv', () => {
  test('--json prints every day and no rank for three days', async () => {
    const history = await json('iv', 'SPY');
    expect(history.days.map(({ date }) => date)).toEqual(days);
    expect(history).toMatchObject({ symbol: 'SPY', ivRank: null, ivDays: 3 });
    const values = history.days.map(({ iv }) => iv).sort((a, b) => a - b);
    expect(history.quartiles.p50).toBe(values[1]);
    expect((await json('iv', 'SPY', '--days', '2')).days.map(({ date }) => date)).toEqual(days.slice(1));
    expect((await json('iv', 'SPY', '--at', '2026-11-19')).days.map(({ date }) => date)).toEqual(days.slice(0, 2));
  });

  test('prints a plot, quartiles and the reason why there is no rank', async () => {
    const { stdout } = await rig.pipe('iv', 'SPY', ...now);
    expect(stdout).toMatch(/^SPY {2}[\d.]+% {2}implied volatility at the money for 30 days, 2026-11-20 from mock$/m);
    expect(stdout).toContain('█');
    expect(stdout).toMatch(/median [\d.]+%/);
    expect(stdout).toContain('no rank: 3 days of history, 30 needed');
  });

  test('says why there is no volatility for 30 days when only near expiries were snapped', async () => {
    const near = await createRig();
    await near.write('vol.yaml', pipeline.replace('{ nearest: 5, dte: 30 }', '1'));
    const { stderr: warning } = await near.pipe('run', 'vol.yaml', '--now', '2026-11-20T18:00:00Z');
    expect(warning).toContain('`expiries` of `snapshots` need not lie around 30 days');
    const { exitCode, stderr } = await near.pipe('iv', 'SPY', ...now);
    expect([exitCode, stderr]).toEqual([
      2,
      'pipe: no implied volatility for SPY on 2026-11-20: no expiry is 30 days or more away\n' +
        '  add the term to `expiries` of the snapshots step: `dte: 30`\n',
    ]);
  });

  test('--html writes a page without external resources', async () => {
    const { exitCode, stdout } = await rig.pipe('iv', 'SPY', '--html', 'iv.html', '--quiet', ...now);
    expect([exitCode, stdout]).toEqual([0, '']);
    const page = await rig.read('iv.html');
    expect(page).toContain('<polyline');
    expect(page).not.toMatch(/(?:src|href)=["']?http/);
    for (const date of days) expect(page).toContain(date);
  });

  test('--csv prints one line per day', async () => {
    const { stdout } = await rig.pipe('iv', 'SPY', '--csv', ...now);
    expect(stdout).toMatch(/^date,iv\n2026-11-18,0\.\d+\n2026-11-19,0\.\d+\n2026-11-20,0\.\d+\n$/);
  });
});

test('overviews have the volatility index, the trend and their lineage, and the lake passes its check', async () => {
  const { stdout } = await rig.pipe(
    'query',
    '--json',
    'SELECT vix, trend, iv_days, missing_expiries FROM overviews ORDER BY ts',
  );
  const rows = JSON.parse(stdout) as readonly {
    readonly vix: number;
    readonly trend: string;
    readonly iv_days: number;
  }[];
  expect(rows.map((row) => row.iv_days)).toEqual([1, 2, 3]);
  for (const { vix, trend } of rows) {
    expect(vix).toBeGreaterThan(0);
    expect(['uptrend', 'downtrend', 'neutral']).toContain(trend);
  }
  const lineage = await rig.pipe('lineage', 'SPY', '--dataset', 'overviews');
  expect(lineage.stdout).toContain('upstream: option_snapshots/SPY/');
  expect(lineage.stdout).toContain('upstream: chains/SPY, ');
  expect(lineage.stdout).toContain('upstream: quotes/VIX, ');
  expect(lineage.stdout).toMatch(
    /upstream: overviews\/SPY, .* \(first or last of the overviews that the rank compares\)/,
  );
  expect((await rig.pipe('check')).exitCode).toBe(0);
});
