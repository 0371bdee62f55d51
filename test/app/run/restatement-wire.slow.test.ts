/** Corporate actions over real sockets: the shipped command against both simulators, one night before the event and one after it. */
import { beforeEach, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';

interface Source {
  readonly simulator: 'tws' | 'kite';
  readonly provider: string;
  readonly symbol: string;
  /** Beside the name of the symbol. */
  readonly symbolSettings: string;
  /** The evenings before and after the event. */
  readonly before: string;
  readonly after: string;
  readonly event: string;
  /** The last session of the first night. */
  readonly compared: string;
  readonly environment: (port: string) => Readonly<Record<string, string>>;
}

const sources: readonly Source[] = [
  {
    simulator: 'tws',
    provider: 'ib',
    symbol: 'AAPL',
    symbolSettings: '',
    before: '2026-11-18T23:00:00Z',
    after: '2026-11-19T23:00:00Z',
    event: '2026-11-19T06:00:00-05:00',
    compared: '2026-11-18',
    environment: (port) => ({ IB_PORT: port }),
  },
  {
    simulator: 'kite',
    provider: 'kite',
    symbol: 'INFY',
    symbolSettings: ', exchange: NSE',
    before: '2026-11-18T20:00:00+05:30',
    after: '2026-11-19T20:00:00+05:30',
    event: '2026-11-19T06:00:00+05:30',
    compared: '2026-11-18',
    environment: (port) => ({
      KITE_BASE_URL: `http://127.0.0.1:${port}`,
      KITE_API_KEY: 'simulated',
      KITE_ACCESS_TOKEN: 'simulated-token',
    }),
  },
];

interface Night {
  readonly exitCode: number | null;
  readonly stderr: string;
  /** Requests for bars in the log of the simulator. */
  readonly historical: number;
}

let rig: Rig;

beforeEach(async () => {
  rig = await createRig();
});

/** Runs the pipeline at a new simulator whose market has the actions of the scenario. */
async function runNight(source: Source, now: string, ...options: readonly string[]): Promise<Night> {
  const { simulator, environment } = source;
  const running = rig.spawn(
    ...[
      'simulate',
      simulator,
      '--scenario',
      'scenario.yaml',
      '--start',
      now,
      '--port',
      '0',
      '--pacing',
      'off',
      '--json',
    ],
  );
  await running.waitForOutput(/"listening".*\n/);
  const env = environment(/"port":(\d+)/.exec(running.stdout())?.[1] ?? '');
  const { exitCode, stderr } = await rig.pipe('run', 'p.yaml', '--now', now, ...options, { env });
  running.kill('SIGINT');
  const { stdout } = await running.result;
  return { exitCode, stderr, historical: stdout.match(/"kind":"request".*"request":"historical"/g)?.length ?? 0 };
}

/** Two nights in one lake, and a lake that is filled after the event. */
async function runThroughEvent(
  source: Source,
  action: string,
  steps = 'bar_size: 1 day, from: 2026-09-01',
): Promise<Night> {
  const { simulator, provider, symbol, symbolSettings, before, after } = source;
  await rig.write('scenario.yaml', `name: event\nsource: ${simulator}\nmarket: { seed: 7, actions: [${action}] }\n`);
  await rig.write(
    'p.yaml',
    `name: bars
provider: ${provider}
symbols: [{ symbol: ${symbol}${symbolSettings} }]
pacing: { budgets: [{ name: at-once, kind: open, limit: 4 }] }
steps:
  contracts: {}
  equity: { needs: contracts, ${steps} }
`,
  );
  const first = await runNight(source, before);
  expect(first.exitCode, first.stderr).toBe(0);
  const second = await runNight(source, after);
  const fresh = await runNight(source, after, '--data', 'fresh');
  expect(fresh.exitCode, fresh.stderr).toBe(0);
  return second;
}

async function query(sql: string, ...options: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { stdout, stderr, exitCode } = await rig.pipe('query', sql, '--json', ...options);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as readonly Record<string, unknown>[];
}

const bars = 'SELECT bar_size, ts, open, high, low, close, volume, wap, bar_count FROM equity_bars ORDER BY ALL';
const actions = 'SELECT symbol, date::VARCHAR AS date, kind, ratio FROM corporate_actions';

async function expectHealed(): Promise<void> {
  const healed = await query(bars);
  expect(healed.length).toBeGreaterThan(40);
  expect(healed).toEqual(await query(bars, '--data', 'fresh'));
  expect(await rig.pipe('check')).toMatchObject({ exitCode: 0 });
  // Every bar has the id of the contract, and the day on which the provider gave it.
  expect(
    await query(
      `SELECT count(*)::INTEGER AS bars FROM equity_bars JOIN contracts USING (symbol, provider)
       WHERE equity_bars.con_id = contracts.con_id AND con_id_date = contracts.as_of::DATE`,
    ),
  ).toEqual([{ bars: healed.length }]);
}

describe.each(sources)('$simulator', (source) => {
  const { symbol, event, compared } = source;

  test.each([
    ['4:1', 0.25],
    ['1:10', 10],
    ['3:2', 2 / 3],
  ])('a %s split is found, and one more request heals the history', async (ratio, factor) => {
    const { exitCode, stderr, historical } = await runThroughEvent(
      source,
      `{ split: { symbol: ${symbol}, ratio: "${ratio}", at: ${event} } }`,
    );
    expect({ exitCode, historical }, stderr).toEqual({ exitCode: 0, historical: 2 });
    expect(await query(actions)).toEqual([
      { symbol, date: '2026-11-19', kind: 'split', ratio: expect.closeTo(factor, 10) as unknown },
    ]);
    await expectHealed();
  });

  test('a dividend adjustment is found, and one more request heals the history', async () => {
    const { exitCode, stderr, historical } = await runThroughEvent(
      source,
      `{ dividend: { symbol: ${symbol}, factor: 0.985, at: ${event} } }`,
    );
    expect({ exitCode, historical }, stderr).toEqual({ exitCode: 0, historical: 2 });
    expect(await query(actions)).toEqual([
      { symbol, date: '2026-11-19', kind: 'dividend', ratio: expect.closeTo(0.985, 4) as unknown },
    ]);
    await expectHealed();
  });

  test('a single corrected bar is a revision, healed by the request of the night', async () => {
    const { exitCode, stderr, historical } = await runThroughEvent(
      source,
      `{ correction: { symbol: ${symbol}, session: ${compared}, amount: 0.4, at: ${event} } }`,
    );
    expect({ exitCode, historical }, stderr).toEqual({ exitCode: 0, historical: 1 });
    expect(await query(actions)).toEqual([{ symbol, date: compared, kind: 'revision', ratio: null }]);
    await expectHealed();
  });

  test('a bad night of hourly bars is a revision, healed by the request of the night', async () => {
    const { exitCode, stderr, historical } = await runThroughEvent(
      source,
      `{ correction: { symbol: ${symbol}, session: ${compared}, amount: 2, bars: all, at: ${event} } }`,
      'bar_size: 1 hour, from: 2026-11-09',
    );
    expect({ exitCode, historical }, stderr).toEqual({ exitCode: 0, historical: 1 });
    expect(await query(actions)).toEqual([{ symbol, date: compared, kind: 'revision', ratio: null }]);
    await expectHealed();
  });

  test('without an event the night costs one request, and nothing is recorded', async () => {
    const { exitCode, stderr, historical } = await runThroughEvent(source, '');
    expect({ exitCode, historical }, stderr).toEqual({ exitCode: 0, historical: 1 });
    expect(await query(actions)).toEqual([]);
    await expectHealed();
  });
});
