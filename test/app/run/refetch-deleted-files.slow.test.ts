import { cp, rm } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../../rig.js';
import type { Rig } from '../../rig.js';
import { listRequestingTasks, createFilledProject, now, runPlan, smallPipeline } from '../../fixtures/project.js';

const later = '2026-11-20T23:30:00Z';

/** Daily bars have one file per year, hourly bars one per month. */
const text = smallPipeline.replace('bar_size: 1 day, lookback: 30d', 'bar_size: [1 day, 1 hour], lookback: 40d');
const lastYear = ['--steps', 'equity', '--from', '2025-12-15', '--to', '2026-01-15'];

let template: Rig;
let rows: string;

beforeAll(async () => {
  template = await createFilledProject(text);
  const { exitCode } = await template.pipe('run', 'small.yaml', '--quiet', '--now', now, ...lastYear);
  expect(exitCode).toBe(0);
  rows = await summarizeTables(template);
});

async function summarizeTables(rig: Rig): Promise<string> {
  const { stdout } = await rig.pipe(
    'query',
    '--csv',
    `SELECT 'contracts' AS name, symbol, count(*) AS n, 0 AS total FROM contracts GROUP BY ALL
     UNION ALL SELECT 'chains', symbol, count(*), sum(strike)::BIGINT FROM chains GROUP BY ALL
     UNION ALL SELECT 'equity_bars', symbol, count(*), sum(close * 100)::BIGINT FROM equity_bars GROUP BY ALL
     UNION ALL SELECT 'option_bars', symbol, count(*), sum(close * 100)::BIGINT FROM option_bars GROUP BY ALL ORDER BY ALL`,
  );
  return stdout;
}

describe('the next run refetches the data of a deleted file', () => {
  test.concurrent.for<readonly [string, RegExp, readonly string[]]>([
    ['contracts', /^contracts\/[^/]*\.parquet$/, ['contracts/AAPL 1', 'contracts/BRK B 1']],
    ['chains', /^chains\/.*\.parquet$/, ['chains/AAPL 1', 'chains/BRK B 1']],
    [
      'daily bars of last year',
      /^equity_bars\/bar_size=1%20day\/period=2025\/.*\.parquet$/,
      ['equity/AAPL 1', 'equity/BRK B 1'],
    ],
    [
      'hourly bars of a month',
      /^equity_bars\/bar_size=1%20hour\/period=2026-11\/.*\.parquet$/,
      ['equity/AAPL 1', 'equity/BRK B 1'],
    ],
    ['the options of one symbol', /^option_bars\/symbol=BRK%20B\/.*\.parquet$/, ['options/BRK B 6']],
  ])('%s', async ([name, pattern, asked]) => {
    const rig = await createRig();
    await cp(template.folder, rig.folder, { recursive: true });
    const deleted = (await rig.files('data')).filter((path) => pattern.test(path));
    expect(deleted).toHaveLength(1);
    for (const path of deleted) await rm(rig.path('data', path));

    const narrowed = name === 'daily bars of last year' ? lastYear : [];
    const plan = await runPlan(rig, ...narrowed);
    expect(listRequestingTasks(plan)).toEqual(asked);
    expect(plan.tasks.find(({ requests }) => requests > 0)?.reason).toMatch(/missing|lost/);
    if (name === 'daily bars of last year') {
      const windows = plan.tasks.flatMap((task) => task.windows);
      for (const [start, end] of windows)
        expect([start.slice(0, 10), end.slice(0, 10)]).toEqual(['2025-12-15', '2026-01-01']);
    }
    const run = await rig.pipe('run', 'small.yaml', '--now', later, ...narrowed);
    expect(run.stderr).toContain(
      `corrupted file in ${deleted[0]?.split('/')[0] ?? ''}: ${deleted[0]?.split('/').slice(1).join('/') ?? ''} (missing); its windows are missing from now on`,
    );
    expect(run.exitCode).toBe(0);
    expect((await runPlan(rig, ...narrowed, '--now', later)).requests).toBe(0);
    expect(await summarizeTables(rig)).toBe(rows);
    const check = await rig.pipe('check');
    expect(check.exitCode, check.stdout).toBe(0);
  });
});
