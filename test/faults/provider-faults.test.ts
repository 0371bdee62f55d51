/** The real command at a source that rejects, fails, does not respond or truncates, and the run after it. */
import { beforeAll, describe, expect, test } from 'vitest';

import { listRequestingTasks } from '../fixtures/project.js';
import {
  readTables,
  noFaults,
  listRequestedSeries,
  createFaultyProject,
  listUnfinishedTasks,
} from '../fixtures/faulty-project.js';
import type { FaultyProject } from '../fixtures/faulty-project.js';

const bars = 'equity_bars/AAPL/1 day/TRADES/rth';
let undisturbed: string;
let undisturbedBars: string;

beforeAll(async () => {
  const { rig, run } = await createFaultyProject();
  const { document, calls } = await run(0, noFaults);
  expect(document).toMatchObject({ status: 'ok', requests: 18 });
  expect(calls.filter(({ event }) => event === 'requested')).toHaveLength(18);
  undisturbed = await readTables(rig);
  undisturbedBars = await readTables(rig, 'equity_bars');
});

/** Expects that the next run fetches what is missing, so that the lake equals that of a run without faults. */
async function expectRecovery({ rig, run, plan }: FaultyProject, ...args: readonly string[]): Promise<void> {
  await run(0, noFaults, ...args);
  expect((await plan()).requests).toBe(0);
  expect(await readTables(rig)).toBe(undisturbed);
  const check = await rig.pipe('check');
  expect(check.exitCode, check.stdout).toBe(0);
}

async function readStates({ rig }: FaultyProject, series = bars): Promise<readonly string[]> {
  const { stdout } = await rig.pipe('lineage', 'AAPL', '--json');
  const { datasets } = JSON.parse(stdout) as {
    datasets: { series: string; windows: { state: string }[] }[];
  };
  return datasets.filter((dataset) => dataset.series === series).flatMap(({ windows }) => windows.map((w) => w.state));
}

describe('exit code 4 for an unusable source:', () => {
  test('sends no request if the connection is refused', async () => {
    const project = await createFaultyProject();
    const { document, calls } = await project.run(4, '[{ when: connect, do: refuse }]');
    expect(document).toMatchObject({ status: 'failed', requests: 0, rows: 0, error: 'the connection was refused' });
    expect(calls).toEqual([]);
    const { stdout } = await project.rig.pipe('report');
    expect(stdout).toContain('the connection was refused');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'check that the provider is up and its credentials are valid, then run again',
    );
    await expectRecovery(project);
  });

  test('stores the results before a logout and does not request them again', async () => {
    const project = await createFaultyProject();
    const first = await project.run(4, '[{ when: { request: equity_bars, symbol: BRK B }, do: logged_out }]');
    expect(first.document).toMatchObject({ status: 'partial', error: 'the login is no longer valid' });
    expect(first.document.rows).toBeGreaterThan(0);
    const answered = new Set(
      first.calls
        .filter(({ event, outcome }) => event === 'completed' && outcome === 'rows')
        .map(({ series }) => series),
    );
    expect(answered.size).toBeGreaterThan(0);
    // The run stops requesting after a fatal failure.
    expect(first.calls.filter(({ outcome }) => outcome === 'fatal')).toHaveLength(1);
    const second = await project.run(0, noFaults);
    expect(listRequestedSeries(second.calls).filter((series) => answered.has(series))).toEqual([]);
    expect(await readTables(project.rig)).toBe(undisturbed);
  });

  test('opens the circuit after repeated failures and gives up after three pauses', async () => {
    const project = await createFaultyProject(
      'pacing: { concurrency: 1 }\nretry: { attempts: 2, delay: 1ms, max_delay: 1ms }\nbreaker: { threshold: 2, cooldown: 20ms }\n',
    );
    const { document, calls } = await project.run(4, '[{ when: request, do: drop }]');
    expect(document.error).toBe(
      'synthetic failed 5 times in a row and did not recover in 3 pauses: the connection was dropped before the response',
    );
    expect(calls.filter(({ event }) => event === 'requested')).toHaveLength(5);
    await expectRecovery(project);
  });
});

describe('exit code 3 for failed requests, while the others continue:', () => {
  test('requests denied windows again only with --retry-denied', async () => {
    const project = await createFaultyProject();
    const denied =
      '[{ when: { request: equity_bars, symbol: AAPL }, do: { failure: denied, message: not subscribed } }]';
    const first = await project.run(3, denied);
    expect(first.document.status).toBe('partial');
    expect(listUnfinishedTasks(first.document)).toEqual(['equity/AAPL failed', 'options/AAPL skipped']);
    expect(first.document.tasks.find(({ id }) => id === 'equity/AAPL')?.error).toBe('not subscribed');
    expect(listRequestedSeries(first.calls).filter((series) => series === bars)).toHaveLength(1);
    expect(await readStates(project)).toEqual(['denied']);
    const { stdout } = await project.rig.pipe('report');
    expect(stdout).toMatch(/run with\s+`--retry-denied`/);

    for (const args of [[], ['--retry-failed']]) expect((await project.plan(...args)).requests).toBe(0);
    const next = await project.run(3, noFaults);
    expect(next.calls).toEqual([]);
    expect(listUnfinishedTasks(next.document)).toEqual(['equity/AAPL partial', 'options/AAPL skipped']);
    expect(listRequestingTasks(await project.plan('--retry-denied'))).toEqual(['equity/AAPL 1']);

    const still = await project.run(3, denied, '--retry-denied');
    expect(listRequestedSeries(still.calls)).toEqual([bars]);
    expect(await readStates(project)).toEqual(['denied']);
    await expectRecovery(project, '--retry-denied');
    expect(await readStates(project)).toEqual(['data']);
  });

  test('requests unavailable windows again only with --force', async () => {
    const project = await createFaultyProject();
    const { document } = await project.run(3, '[{ when: { request: equity_bars, symbol: AAPL }, do: expired }]');
    expect(listUnfinishedTasks(document)).toEqual(['equity/AAPL failed', 'options/AAPL skipped']);
    expect(await readStates(project)).toEqual(['unavailable']);
    for (const args of [[], ['--retry-denied'], ['--retry-failed']])
      expect((await project.plan(...args)).requests).toBe(0);
    expect((await project.run(3, noFaults, '--retry-denied')).calls).toEqual([]);
    expect(listRequestingTasks(await project.plan('--force', '--steps', 'equity'))).toEqual([
      'equity/AAPL 1',
      'equity/BRK B 1',
    ]);
    await project.run(0, noFaults, '--force', '--steps', 'equity');
    expect(await readStates(project)).toEqual(['data']);
    await expectRecovery(project);
  });

  test('sends an invalid request once, without retries', async () => {
    const project = await createFaultyProject();
    const { document, calls } = await project.run(3, '[{ when: { request: contracts, symbol: AAPL }, do: unknown }]');
    expect(listUnfinishedTasks(document)).toContain('contracts/AAPL failed');
    expect(listRequestedSeries(calls).filter((series) => series.includes('AAPL'))).toEqual(['contracts/AAPL']);
    await expectRecovery(project);
  });

  test('stores a truncated answer and requests only the rest', async () => {
    const project = await createFaultyProject();
    const first = await project.run(3, '[{ when: { request: equity_bars, symbol: AAPL }, do: { truncate: 0.5 } }]');
    expect(first.document.status).toBe('partial');
    expect(listUnfinishedTasks(first.document)).toEqual(['equity/AAPL partial']);
    expect(await readStates(project)).toEqual(['data', 'failed']);
    const [whole] = first.calls.filter(({ series }) => series === bars);
    const second = await project.run(0, noFaults, '--steps', 'equity');
    expect(listRequestedSeries(second.calls)).toEqual([bars]);
    const [rest] = second.calls;
    expect(rest?.window?.[1]).toBe(whole?.window?.[1]);
    expect(rest?.window?.[0]).toBeGreaterThan(whole?.window?.[0] ?? Infinity);
    expect(await readTables(project.rig, 'equity_bars')).toBe(undisturbedBars);
  });

  test('requests windows that failed every attempt again in the next run', async () => {
    const project = await createFaultyProject();
    const { document, calls } = await project.run(3, '[{ when: { request: option_bars, symbol: AAPL }, do: garbage }]');
    expect(listUnfinishedTasks(document)).toEqual(['options/AAPL failed']);
    const asked = listRequestedSeries(calls).filter((series) => series.startsWith('option_bars/AAPL/'));
    expect(asked).toHaveLength(3 * new Set(asked).size);
    const again = await project.run(0, noFaults, '--retry-failed');
    expect(new Set(listRequestedSeries(again.calls))).toEqual(new Set(asked));
    expect(await readTables(project.rig)).toBe(undisturbed);
  });

  test('completes the lake over several runs with random failures', async () => {
    const project = await createFaultyProject(
      'pacing: { concurrency: 1 }\nretry: { attempts: 1 }\nbreaker: { threshold: 1000 }\n',
    );
    const luck = '[{ when: request, do: drop, chance: 0.3 }]';
    const first = await project.run(3, luck);
    expect(listUnfinishedTasks(first.document)).not.toEqual([]);
    await expectRecovery(project);
  });
});

describe('does not fail the run on a transient fault:', () => {
  test.each([
    ['dropped', '{ when: request, do: drop, every: 4 }'],
    ['an error', '{ when: request, do: { error: GeneralException, status: 503 }, every: 4 }'],
    ['no response', '{ when: { request: chains }, do: no_response, times: 1 }'],
    ['a restart', '{ when: { request: equity_bars, symbol: AAPL }, do: { restart: 5ms }, times: 1 }'],
  ])('%s', async (_name, rule) => {
    const project = await createFaultyProject(
      'pacing: { concurrency: 1 }\nretry: { attempts: 4, delay: 10ms, max_delay: 20ms, timeout: 10s }\n',
    );
    const { document, calls } = await project.run(0, `[${rule}]`);
    expect(document).toMatchObject({ status: 'ok', requests: 18 });
    expect(calls.filter(({ outcome }) => outcome === 'retryable').length).toBeGreaterThanOrEqual(1);
    expect(listRequestedSeries(calls).length).toBeGreaterThan(18);
    expect(await readTables(project.rig)).toBe(undisturbed);
  });

  test('sends no request during the delay that the source demands', async () => {
    const project = await createFaultyProject(
      `pacing:
  concurrency: 2
  budgets: [{ name: all, kind: rolling, limit: 1000, window: 1s }]
retry: { attempts: 3, delay: 1ms }
`,
    );
    const { document, calls } = await project.run(
      0,
      '[{ when: { request: equity_bars, symbol: AAPL }, do: { failure: pacing, message: slow down, retry_after: 1500ms }, times: 1 }]',
    );
    expect(document).toMatchObject({ status: 'ok', requests: 18 });
    const pacingIndex = calls.findIndex(({ outcome }) => outcome === 'pacing');
    const pacedAt = calls[pacingIndex]?.at ?? NaN;
    const next = calls.slice(pacingIndex + 1).find(({ event }) => event === 'requested');
    expect(next?.at).toBeGreaterThanOrEqual(pacedAt + 1_500);
    expect(await readTables(project.rig)).toBe(undisturbed);
  });
});

describe('scripted rows', () => {
  test('are stored in the lake as written in the scenario', async () => {
    const { rig, run } = await createFaultyProject();
    const rows = `[{ ts: "2026-11-19T14:30:00Z", open: 1, high: 4, low: 0.5, close: 2, volume: 10 }]`;
    // The other sessions have no rows, which further runs have to confirm.
    await run(
      3,
      `[{ when: { request: equity_bars, symbol: AAPL }, do: { rows: ${rows} } }]`,
      '--steps',
      'contracts,equity',
    );
    const { stdout } = await rig.pipe(
      'query',
      '--json',
      `SELECT session::text AS session, open, close, wap, provider FROM equity_bars WHERE symbol = 'AAPL'`,
    );
    expect(JSON.parse(stdout)).toEqual([
      { session: '2026-11-19', open: 1, close: 2, wap: null, provider: 'synthetic' },
    ]);
  });
});

describe('exit code 2 for an invalid scenario, before any request:', () => {
  test.each([
    [
      'misspelt',
      'name: trouble\nsource: synthetic\nrules: [{ when: request, do: no_responze }]\n',
      /trouble\.yaml:3:\d+/,
    ],
    [
      'with rows that are none',
      'name: trouble\nsource: synthetic\nrules: [{ when: { request: quotes }, do: { rows: [{ bid: "1" }] } }]\n',
      /trouble\.yaml:3:58 error bad-value: `bid` must be a number/,
    ],
    ['of another source', 'name: trouble\nsource: tws\n', /is a scenario for tws, not for synthetic/],
    ['not there', null, /trouble\.yaml/],
  ])('%s', async (_name, text, said) => {
    const { rig } = await createFaultyProject();
    if (text === null)
      await rig.write('small.yaml', (await rig.read('small.yaml')).replace('trouble.yaml', 'gone.yaml'));
    else await rig.write('trouble.yaml', text);
    const result = await rig.pipe('run', 'small.yaml', '--json');
    expect(result.stderr).toMatch(text === null ? /gone\.yaml/ : said);
    expect(result.stderr).not.toMatch(/ {4}at |this is a bug/);
    expect(result.exitCode).toBe(2);
    expect((await rig.files()).filter((path) => /^(data|lineage)\//.test(path))).toEqual([]);
  });
});

describe('exit code 1 for a bug in a provider:', () => {
  /** Replaces the synthetic provider by one that throws on requests for a symbol. */
  const brokenScenario = (series: string): string => `
    import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(\`
      export async function load(url, context, next) {
        const loaded = await next(url, context);
        if (!url.includes('/dist/chunks/')) return loaded;
        const source = String(loaded.source).replace(
          /function toScenarioEvent[$]?[0-9]*[(]series[)] [{]/,
          (start) => start + " if (series.dataset === '${series}') throw new TypeError('a bug in the source');",
        );
        return { ...loaded, source };
      }
    \`));
  `;

  test('prints the stack and stores the results received before', async () => {
    const project = await createFaultyProject();
    const { rig } = project;
    await rig.write('broken.mjs', brokenScenario('equity_bars'));
    const env = { NODE_OPTIONS: `--import ${JSON.stringify(rig.path('broken.mjs'))}` };
    const now = '2026-11-20T23:00:00Z';
    const result = await rig.pipe('run', 'small.yaml', '--now', now, '--record-calls', 'calls.ndjson', { env });
    expect(result.stderr).toMatch(
      /pipe: unexpected failure; this is a bug\n {2}TypeError: a bug in the source\n {6}at /,
    );
    expect(result.exitCode).toBe(1);
    expect((await rig.pipe('report')).stdout).toMatch(/^small {2}failed /);
    const { calls } = await project.run(0, noFaults);
    expect(listRequestedSeries(calls)).not.toContain('contracts/AAPL');
    expect(await readTables(rig)).toBe(undisturbed);
  });
});
