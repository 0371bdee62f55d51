import { beforeAll, describe, expect, test } from 'vitest';

import { createRig } from '../rig.js';
import type { Rig } from '../rig.js';
import {
  listRequestingTasks,
  parseDocument,
  createFilledProject,
  now,
  runPlan,
  smallPipeline,
} from '../fixtures/project.js';

const unusualSymbols = ['BRK B', 'M&M', 'NIFTY 50', '0700', '1E5', 'NO', 'A/B', '^GSPC', 'A.B'];

describe('symbols with special characters', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await createFilledProject(smallPipeline.replace('[AAPL, BRK B]', `[${unusualSymbols.join(', ')}]`));
  });

  test('are unchanged in the pipeline, in tasks and in the tables', async () => {
    const plan = await runPlan(rig);
    expect(plan.tasks.filter(({ step }) => step === 'equity').map(({ id }) => id)).toEqual(
      unusualSymbols.map((symbol) => `equity/${symbol}`),
    );
    expect(plan.requests).toBe(0);
    for (const table of ['contracts', 'chains', 'equity_bars', 'option_bars']) {
      const { stdout } = await rig.pipe('query', '--json', `SELECT DISTINCT symbol FROM ${table} ORDER BY symbol`);
      const found = (JSON.parse(stdout) as { symbol: string }[]).map(({ symbol }) => symbol);
      expect(found, table).toEqual([...unusualSymbols].sort());
    }
    const check = await rig.pipe('check');
    expect(check.exitCode, check.stdout).toBe(0);
  });

  test.concurrent.for(unusualSymbols)('are accepted on the command line: %s', async (symbol) => {
    const plan = await runPlan(rig, '--symbols', symbol, '--force', '--steps', 'equity');
    expect(listRequestingTasks(plan)).toEqual([`equity/${symbol} 1`]);
    const { exitCode, stdout } = await rig.pipe('lineage', symbol, '--json');
    expect(exitCode).toBe(0);
    const document = JSON.parse(stdout) as { symbol: string; datasets: { dataset: string }[] };
    expect(document.symbol).toBe(symbol);
    expect([...new Set(document.datasets.map(({ dataset }) => dataset))].sort()).toEqual([
      'chains',
      'contracts',
      'equity_bars',
      'option_bars',
    ]);
  });

  test('a misspelt symbol suggests the nearest known one', async () => {
    const { exitCode, stdout, stderr } = await rig.pipe('lineage', 'nifty50');
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'pipe: no data for nifty50 in this lake\n  did you mean NIFTY 50?\n',
    });
  });
});

describe('a symbol that the provider does not know', () => {
  const text = smallPipeline.replace('[AAPL, BRK B]', '[AAPL, UNKNOWN1]');

  test('fails, its dependent tasks are skipped, and the next run requests only this symbol', async () => {
    const rig = await createRig();
    await rig.write('small.yaml', text);
    const first = await rig.pipe('run', 'small.yaml', '--now', now, '--json', '--record-calls', 'calls.ndjson');
    const run = parseDocument(first, 3);
    expect(run.status).toBe('partial');
    expect(run.tasks.filter(({ symbol }) => symbol === 'AAPL').map(({ status }) => status)).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
    expect(
      run.tasks
        .filter(({ symbol }) => symbol === 'UNKNOWN1')
        .map(({ id, status, error }) => `${id} ${status}: ${error ?? ''}`),
    ).toEqual([
      'contracts/UNKNOWN1 failed: no security definition has been found for UNKNOWN1',
      'chains/UNKNOWN1 skipped: contracts/UNKNOWN1 failed',
      'equity/UNKNOWN1 skipped: contracts/UNKNOWN1 failed',
      'options/UNKNOWN1 skipped: contracts/UNKNOWN1 failed',
    ]);
    expect(first.stderr).toContain('contracts/UNKNOWN1 failed: no security definition has been found for UNKNOWN1\n');
    expect(first.stderr).toContain('contracts: 1 ok, 1 failed, 1 row\n');

    const plan = await runPlan(rig, '--retry-failed');
    expect(listRequestingTasks(plan)).toEqual(['contracts/UNKNOWN1 1']);
    expect((await runPlan(rig)).tasks.filter(({ requests }) => requests > 0).map(({ symbol }) => symbol)).toEqual([
      'UNKNOWN1',
      'UNKNOWN1',
      'UNKNOWN1',
    ]);

    const calls = (await rig.read('calls.ndjson')).length;
    const second = parseDocument(
      await rig.pipe('run', 'small.yaml', '--now', now, '--json', '--record-calls', 'calls.ndjson'),
      3,
    );
    expect(listRequestingTasks(second)).toEqual(['contracts/UNKNOWN1 1']);
    expect((await rig.read('calls.ndjson')).slice(calls)).toMatch(
      /^\{[^\n]*"requested"[^\n]*"contracts\/UNKNOWN1"[^\n]*\}\n\{[^\n]*"completed"[^\n]*\}\n$/,
    );

    const report = await rig.pipe('report');
    expect(report.stdout).toMatch(
      /\n {2}failed {2}contracts {2}UNKNOWN1\n {4}no security definition has been found for UNKNOWN1\n {4}→ check the symbol, its kind, exchange and currency in the pipeline\n {2}skipped {2}(?:(?:chains|equity|options)(?:, )?){3} {2}UNKNOWN1\n {4}contracts\/UNKNOWN1 failed\n/,
    );
    const status = await rig.pipe('status', 'small.yaml', '--now', now);
    expect(status.stdout).toMatch(/^ {2}contracts .* 1 failed$/m);
    expect(status.stdout).toMatch(/^ {2}small: 3 windows to fetch, see: pipe plan small\.yaml$/m);
  });

  test('fails the run when it is the only symbol', async () => {
    const rig = await createRig();
    await rig.write('small.yaml', smallPipeline.replace('[AAPL, BRK B]', '[UNKNOWN1]'));
    const run = parseDocument(await rig.pipe('run', 'small.yaml', '--now', now, '--json'), 3);
    expect(run.status).toBe('failed');
  });
});
