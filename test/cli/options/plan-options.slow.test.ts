import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import {
  listRequestingTasks,
  parseDocument,
  createFilledProject,
  now,
  runPlan,
  runPipeline,
  smallPipeline,
} from '../../fixtures/project.js';
import type { Document } from '../../fixtures/project.js';

/** Symbols of two priorities, one of them in a group, and two steps. */
const groupedPipeline = `name: small
provider: mock
symbols: [AAPL, { symbol: SPY, kind: etf, priority: 1 }]
groups:
  tech: { symbols: [MSFT, NVDA] }
steps:
  contracts: { refresh: 7d }
  equity: { needs: contracts, bar_size: 1 day, lookback: 30d }
`;

let full: Rig;
let bare: Rig;

beforeAll(async () => {
  full = await createFilledProject();
  bare = await createRig();
  await bare.write('small.yaml', groupedPipeline);
});

function listWindows(document: Document): readonly string[] {
  return document.tasks.flatMap(({ id, windows }) =>
    windows.map(([start, end]) => `${id} ${start.slice(0, 10)}..${end.slice(0, 10)}`),
  );
}

describe('plan options', () => {
  test.concurrent.for<readonly [readonly string[], readonly string[]]>([
    [
      ['--symbols', 'AAPL'],
      ['contracts/AAPL', 'equity/AAPL'],
    ],
    [
      ['--symbols', 'AAPL,SPY'],
      ['contracts/AAPL', 'contracts/SPY', 'equity/AAPL', 'equity/SPY'],
    ],
    [
      ['--symbols', 'AAPL', '--symbols', 'SPY'],
      ['contracts/AAPL', 'contracts/SPY', 'equity/AAPL', 'equity/SPY'],
    ],
    [
      ['--symbols', 'tech'],
      ['contracts/MSFT', 'contracts/NVDA', 'equity/MSFT', 'equity/NVDA'],
    ],
    [
      ['--priority', '1'],
      ['contracts/SPY', 'equity/SPY'],
    ],
    [
      ['--steps', 'contracts', '--symbols', 'tech'],
      ['contracts/MSFT', 'contracts/NVDA'],
    ],
    [
      ['--steps', 'contracts,equity', '--symbols', 'SPY'],
      ['contracts/SPY', 'equity/SPY'],
    ],
  ])('%j selects the tasks of those symbols and steps', async ([options, tasks]) => {
    const plan = await runPlan(bare, ...options);
    expect(plan.tasks.map(({ id }) => id).sort()).toEqual(tasks);
    expect(plan.requests).toBe(tasks.length);
  });

  test('--steps without the inputs in the lake plans blocked tasks', async () => {
    const plan = await runPlan(bare, '--steps', 'equity', '--symbols', 'AAPL');
    expect(plan.tasks.map(({ id, status, reason }) => `${id} ${status}: ${reason}`)).toEqual([
      'equity/AAPL blocked: needs contracts of AAPL, which is not in the lake and not fetched by this plan',
    ]);
    expect(plan.requests).toBe(0);
    const { stdout } = await bare.pipe('plan', 'small.yaml', '--steps', 'equity', '--now', now);
    expect(stdout).toContain('Nothing can be fetched: the inputs of the remaining tasks are not in the lake.');
  });

  test('--date selects one session, --from and --to a range with both ends', async () => {
    const one = await runPlan(full, '--date', '2026-09-03', '--steps', 'equity', '--symbols', 'AAPL');
    expect(listWindows(one)).toEqual(['equity/AAPL 2026-09-03..2026-09-04']);
    const span = await runPlan(
      full,
      '--from',
      '2026-09-01',
      '--to',
      '2026-09-03',
      '--steps',
      'equity',
      '--symbols',
      'AAPL',
    );
    expect(listWindows(span)).toEqual(['equity/AAPL 2026-09-01..2026-09-04']);
    const saturday = await full.pipe('run', 'small.yaml', '--date', '2026-09-05', '--now', now);
    expect(saturday.exitCode).toBe(2);
    expect(saturday.stderr).toBe(
      'pipe: no session on 2026-09-05 (Saturday) in the calendar XNYS\n  the last finished session is 2026-09-04\n',
    );
  });

  test('--force plans to refetch data that is in the lake', async () => {
    expect(await runPlan(full)).toMatchObject({ requests: 0, windows: 0, estimatedRequests: 0 });
    const forced = await runPlan(full, '--force', '--symbols', 'AAPL', '--steps', 'equity');
    expect(listRequestingTasks(forced)).toEqual(['equity/AAPL 1']);
    expect(forced.tasks[0]?.reason).toBe('forced');
  });

  test('run accepts the same options and executes the plan that plan shows', async () => {
    const rig = await createRig();
    await rig.write('small.yaml', groupedPipeline);
    const narrowed = ['--symbols', 'tech', '--from', '2026-11-16', '--to', '2026-11-18'];
    const plan = await runPlan(rig, ...narrowed);
    const run = await runPipeline(rig, ...narrowed);
    expect(listRequestingTasks(run)).toEqual(listRequestingTasks(plan));
    expect(run).toMatchObject({ status: 'ok', requests: plan.requests, rows: 2 + 2 * 3 });
    expect((await runPlan(rig, ...narrowed)).requests).toBe(0);
    expect(await runPipeline(rig, '--priority', '1', '--date', '2026-11-20')).toMatchObject({ requests: 2, rows: 2 });
    expect(
      await runPipeline(rig, '--force', '--symbols', 'MSFT', '--steps', 'equity', '--date', '2026-11-17'),
    ).toMatchObject({
      requests: 1,
      rows: 1,
    });
    // Refetched rows replace those in the lake.
    const { stdout } = await rig.pipe(
      'query',
      '--csv',
      'SELECT symbol, count(*) FROM equity_bars GROUP BY ALL ORDER BY ALL',
    );
    expect(stdout).toBe('symbol,count_star()\nMSFT,3\nNVDA,3\nSPY,1\n');
  });
});

describe('planning', () => {
  test('requests only the gap between the data of two runs', async () => {
    const rig = await createRig();
    await rig.write('small.yaml', smallPipeline.replace('[AAPL, BRK B]', '[AAPL]'));
    await runPipeline(rig, '--steps', 'contracts,equity', '--from', '2026-10-22', '--to', '2026-10-27');
    await runPipeline(rig, '--steps', 'contracts,equity', '--from', '2026-11-12', '--to', '2026-11-20');
    const plan = await runPlan(rig, '--steps', 'equity');
    expect(listWindows(plan)).toEqual(['equity/AAPL 2026-10-21..2026-10-22', 'equity/AAPL 2026-10-28..2026-11-12']);
    const { stdout } = await rig.pipe('plan', 'small.yaml', '--steps', 'equity', '--explain', '--now', now);
    expect(stdout).toContain('2026-10-28 00:00 to 2026-11-12 00:00 New York');
    expect(await runPipeline(rig, '--steps', 'equity')).toMatchObject({ requests: plan.requests, status: 'ok' });
    expect((await runPlan(rig, '--steps', 'equity')).requests).toBe(0);
    const { stdout: days } = await rig.pipe(
      'query',
      '--csv',
      'SELECT count(*), count(DISTINCT session) FROM equity_bars',
    );
    const { stdout: sessions } = await rig.pipe(
      'calendar',
      'XNYS',
      '--from',
      '2026-10-21',
      '--to',
      '2026-11-20',
      '--json',
    );
    const count = String((JSON.parse(sessions) as unknown[]).length);
    expect(days.split('\n')[1]).toBe(`${count},${count}`);
  });

  test('requests a session at or after its close and not before', async () => {
    const rig = await createRig();
    await rig.write('small.yaml', smallPipeline.replace('[AAPL, BRK B]', '[AAPL]'));
    const args = ['small.yaml', '--steps', 'contracts,equity', '--json'];
    // 15:59 and 16:01 in New York; 13:00 on the day after Thanksgiving is the close already.
    const instants = ['2026-11-19T20:59:00Z', '2026-11-19T21:01:00Z', '2026-11-27T17:59:00Z', '2026-11-27T18:01:00Z'];
    const last: (string | undefined)[] = [];
    for (const instant of instants) {
      expect(parseDocument(await rig.pipe('run', ...args, '--now', instant), 0).status).toBe('ok');
      const { stdout } = await rig.pipe('query', '--csv', 'SELECT max(session) FROM equity_bars');
      last.push(stdout.split('\n')[1]);
      expect(parseDocument(await rig.pipe('plan', ...args, '--now', instant), 0).requests).toBe(0);
    }
    expect(last).toEqual(['2026-11-18', '2026-11-19', '2026-11-25', '2026-11-27']);
  });
});
