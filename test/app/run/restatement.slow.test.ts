import { beforeEach, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

let rig: Rig;

beforeEach(async () => {
  rig = await createRig();
});

const event = '2026-11-20T06:00:00-05:00';

/** A pipeline over the mock market, with the actions of the market in YAML and further settings. */
function pipeline(actions: string, settings = '', steps = 'bar_size: 1 day, from: 2026-09-01, to: 2026-11-20'): string {
  return `name: bars
provider: mock
symbols: [AAPL]
steps:
  contracts: {}
  equity: { needs: contracts, ${steps} }
${settings}
${actions === '' ? '' : `providers: { mock: { actions: [${actions}] } }`}
`;
}

const split = (ratio: string): string => `{ split: { symbol: AAPL, ratio: "${ratio}", at: ${event} } }`;

/** Runs one night before the event, and one after it. */
async function runTwoNights(
  actions: string,
  settings = '',
  steps?: string,
): Promise<{ requests: number; stderr: string; exitCode: number | null }> {
  await rig.write('p.yaml', pipeline('', settings, steps));
  expect(await rig.pipe('run', 'p.yaml', '--to', '2026-11-18')).toMatchObject({ exitCode: 0 });
  await rig.write('p.yaml', pipeline(actions, settings, steps));
  const { stdout, stderr, exitCode } = await rig.pipe('run', 'p.yaml', '--json');
  const { requests } = JSON.parse(stdout) as { requests: number };
  return { requests, stderr, exitCode };
}

async function query(sql: string, ...data: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { stdout } = await rig.pipe('query', sql, '--json', ...data);
  return JSON.parse(stdout) as readonly Record<string, unknown>[];
}

const bars = 'SELECT bar_size, ts, open, high, low, close, volume, wap FROM equity_bars ORDER BY ALL';

/** The bars of a lake that is filled after the event. */
async function fetchAfterEvent(): Promise<readonly Record<string, unknown>[]> {
  expect(await rig.pipe('run', 'p.yaml', '--data', 'fresh')).toMatchObject({ exitCode: 0 });
  return query(bars, '--data', 'fresh');
}

describe('a corporate action between two nights', () => {
  test.each([
    ['4:1', 0.25],
    ['1:10', 10],
    ['3:2', 2 / 3],
  ])('a %s split is detected, and the run brings the history to the new scale', async (ratio, factor) => {
    // One request extends to the compared session, and one fetches the rest of the history.
    expect(await runTwoNights(split(ratio))).toMatchObject({ requests: 2, exitCode: 0 });
    const [action, ...others] = await query('SELECT date, kind, ratio, evidence, request_id FROM corporate_actions');
    expect(others).toEqual([]);
    expect(action).toMatchObject({ date: '2026-11-19', kind: 'split' });
    expect(action?.['ratio']).toBeCloseTo(factor, 10);
    expect(String(action?.['evidence'])).toContain(` ${String(action?.['request_id'])}`);
    expect(await query(bars)).toEqual(await fetchAfterEvent());
    expect(await query('SELECT count(*) AS n FROM bars_adjusted WHERE adjustment <> 1')).toEqual([{ n: 0 }]);
    expect(await rig.pipe('check')).toMatchObject({ exitCode: 0 });
    const plan = JSON.parse((await rig.pipe('plan', 'p.yaml', '--json')).stdout) as { requests: number };
    expect(plan.requests).toBe(0);
  });

  test('a dividend adjustment is detected by its ratio and the unchanged volume', async () => {
    await runTwoNights(`{ dividend: { symbol: AAPL, factor: 0.985, at: ${event} } }`);
    expect(await query('SELECT kind, round(ratio, 3) AS ratio FROM corporate_actions')).toEqual([
      { kind: 'dividend', ratio: 0.985 },
    ]);
    expect(await query(bars)).toEqual(await fetchAfterEvent());
  });

  test('every bar size of a symbol is restated', async () => {
    const steps = 'bar_size: [1 day, 1 hour], from: 2026-11-02, to: 2026-11-20';
    expect(await runTwoNights(split('4:1'), '', steps)).toMatchObject({ requests: 4, exitCode: 0 });
    expect(await query('SELECT kind, ratio FROM corporate_actions')).toEqual([
      { kind: 'split', ratio: 0.25 },
      { kind: 'split', ratio: 0.25 },
    ]);
    expect(await query(bars)).toEqual(await fetchAfterEvent());
  });

  test('a corrected bar replaces the stored one, is recorded, and nothing else is requested', async () => {
    const correction = `{ correction: { symbol: AAPL, session: 2026-11-18, amount: 0.37, at: ${event} } }`;
    const { requests, exitCode } = await runTwoNights(correction);
    expect({ requests, exitCode }).toEqual({ requests: 1, exitCode: 0 });
    expect(await query('SELECT date, kind, ratio, detail FROM corporate_actions')).toEqual([
      {
        date: '2026-11-18',
        kind: 'revision',
        ratio: null,
        detail: 'revision: bars 1 changed by 37 price steps at most',
      },
    ]);
    expect(await query(bars)).toEqual(await fetchAfterEvent());
  });

  test('a night of bad intraday bars is a revision', async () => {
    const steps = 'bar_size: 1 hour, from: 2026-11-02, to: 2026-11-20';
    await runTwoNights(
      `{ correction: { symbol: AAPL, session: 2026-11-18, amount: 2, bars: all, at: ${event} } }`,
      '',
      steps,
    );
    expect(await query('SELECT kind FROM corporate_actions')).toEqual([{ kind: 'revision' }]);
    expect(await query(bars)).toEqual(await fetchAfterEvent());
  });

  test('an unchanged history is compared with the request of the night, and nothing is stored of it', async () => {
    expect(await runTwoNights('')).toMatchObject({ requests: 1, exitCode: 0 });
    expect(await query('SELECT count(*) AS n FROM corporate_actions')).toEqual([{ n: 0 }]);
    expect(
      await query("SELECT count(DISTINCT request_id) AS n FROM equity_bars WHERE session <= '2026-11-18'"),
    ).toEqual([{ n: 1 }]);
  });

  test('without an overlap a split is not detected', async () => {
    const steps = 'bar_size: 1 day, from: 2026-09-01, to: 2026-11-20, overlap: 0';
    expect(await runTwoNights(split('4:1'), '', steps)).toMatchObject({ requests: 1, exitCode: 0 });
    expect(await query('SELECT count(*) AS n FROM corporate_actions')).toEqual([{ n: 0 }]);
  });
});

describe('the history on an earlier scale', () => {
  test('waits for --restate with restate: ask, counts as lacking, and bars_adjusted shows one scale', async () => {
    const { requests, exitCode } = await runTwoNights(split('4:1'), 'restate: ask');
    expect({ requests, exitCode }).toEqual({ requests: 1, exitCode: 3 });
    const rescaled = await query(
      "SELECT count(*) AS n FROM bars_adjusted WHERE adjustment = 0.25 AND session < '2026-11-18'",
    );
    const [{ n: adjusted } = {}] = rescaled;
    expect(adjusted).toBe(55);
    const [jump] = await query('SELECT max(close) / min(close) AS ratio FROM bars_adjusted');
    expect(Number(jump?.['ratio'])).toBeLessThan(2);
    const [volume] = await query('SELECT max(volume) / min(volume) AS ratio FROM bars_adjusted');
    expect(Number(volume?.['ratio'])).toBeLessThan(20);

    const plan = await rig.pipe('plan', 'p.yaml');
    expect(plan.stdout).toContain('1 on an earlier price scale: AAPL; pipe plan --restate SYMBOL');
    const explained = await rig.pipe('plan', 'p.yaml', '--restate', 'AAPL', '--explain');
    expect(explained.stdout).toContain('rescaled by a 4:1 split (prices × 0.25)');
    expect(explained.stdout).toContain('1 request for 1 window');
    expect(await rig.pipe('run', 'p.yaml', '--restate', 'AAPL')).toMatchObject({ exitCode: 0 });
    expect(await query(bars)).toEqual(await fetchAfterEvent());
    expect(await rig.pipe('check')).toMatchObject({ exitCode: 0 });
  });

  test('is accepted with restate: never', async () => {
    expect(await runTwoNights(split('4:1'), 'restate: never')).toMatchObject({ requests: 1 });
    const { stdout, exitCode } = await rig.pipe('run', 'p.yaml');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('on an earlier price scale');
  });

  test('follows with later runs beyond restate_requests', async () => {
    const steps = 'bar_size: 1 min, from: 2026-08-03, to: 2026-11-20';
    // Three windows of 30 days are on the earlier scale.
    const first = await runTwoNights(split('4:1'), 'restate_requests: 1', steps);
    expect(first).toMatchObject({ requests: 2, exitCode: 3 });
    expect(await rig.pipe('run', 'p.yaml')).toMatchObject({ exitCode: 3 });
    for (let night = 0; night < 3; night++) await rig.pipe('run', 'p.yaml');
    expect(await rig.pipe('run', 'p.yaml')).toMatchObject({ exitCode: 0 });
    const differing = 'SELECT count(DISTINCT round(log2(close))) AS n FROM equity_bars';
    expect(await query(differing)).toEqual(await fetchAfterEvent().then(() => query(differing, '--data', 'fresh')));
  });

  test.each([
    [['--restate', 'AAPL', '--symbols', 'AAPL'], '--restate cannot be combined with --symbols'],
    [['--restate', 'AAPL', '--missing'], '--restate cannot be combined with --missing'],
    [['--restate', 'AAPL', '--force'], '--restate cannot be combined with --force'],
    [['--restate', 'APPL'], 'bars has no symbol APPL'],
  ])('%j is rejected with exit code 2', async (flags, message) => {
    await rig.write('p.yaml', pipeline(''));
    const { exitCode, stderr } = await rig.pipe('plan', 'p.yaml', ...flags);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) as unknown });
  });
});
