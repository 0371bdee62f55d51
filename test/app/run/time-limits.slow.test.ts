/** The timeout of steps with the real command. */
import { describe, expect, test } from 'vitest';

import {
  noFaults,
  listRequestedSeries,
  createFaultyProject,
  listUnfinishedTasks,
} from '../../fixtures/faulty-project.js';

const bars = 'equity_bars/AAPL/1 day/TRADES/rth';
const hanging = '[{ when: { request: equity_bars, symbol: AAPL }, do: no_response }]';

describe('a step timeout of ten seconds', () => {
  test('fails a symbol whose provider does not respond, and the next run requests it again', async () => {
    const { run, plan, rig } = await createFaultyProject('defaults: { steps: { timeout: 10s } }\n');
    const { document, calls } = await run(3, hanging);
    expect(listUnfinishedTasks(document)).toEqual(['equity/AAPL failed', 'options/AAPL skipped']);
    const task = document.tasks.find(({ id }) => id === 'equity/AAPL');
    expect(task?.error).toBe('equity of AAPL took longer than the step limit of 10s');
    const requested = calls.find(({ event, series }) => event === 'requested' && series === bars);
    const answered = calls.find(({ event, series }) => event === 'completed' && series === bars);
    expect((answered?.at ?? NaN) - (requested?.at ?? NaN)).toBeGreaterThanOrEqual(9_990);
    const { stdout } = await rig.pipe('lineage', 'AAPL', '--json');
    expect(stdout).toContain('took longer than the step limit of 10s');

    expect((await plan()).requests).toBeGreaterThan(0);
    expect(listRequestedSeries((await run(0, noFaults)).calls)).toContain(bars);
    expect((await plan()).requests).toBe(0);
  });

  test('does not count the time that requests wait for a budget', async () => {
    const budget = 'pacing: { budgets: [{ name: slow, kind: rolling, limit: 1, window: 2s }] }\n';
    const { rig, run } = await createFaultyProject(`defaults: { steps: { timeout: 10s } }\n${budget}`);
    const text = await rig.read('small.yaml');
    await rig.write('small.yaml', text.replace('[AAPL, BRK B]', '[A, B, C, D, E, F, G, H]'));
    const { document, calls } = await run(0, noFaults, '--steps', 'contracts');
    expect(document).toMatchObject({ status: 'ok', requests: 8 });
    const times = calls.map(({ at }) => at);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(10_000);
  });
});
