import { describe, expect, test } from 'vitest';

import { renderBlock } from '../../../src/cli/output/progress-block.js';
import { applyEvent, createProgressState } from '../../../src/outputs/progress-state.js';
import type { RunEvent, RunEventBody, TaskStatus, Planned } from '../../../src/core/events.js';
import { plainStyle } from '../../../src/platform/style.js';

const at = Date.parse('2026-11-20T23:00:00Z');
const event = (body: RunEventBody): RunEvent => ({ at, runId: 'run', ...body });

function step(name: string, tasks: number): Planned['steps'][number] {
  return {
    step: name,
    dataset: 'equity_bars',
    provider: 'mock',
    needs: [],
    span: null,
    tasks,
    requests: tasks,
    estimatedRequests: 0,
  };
}

function finished(name: string, status: TaskStatus, rows: number): RunEvent {
  return event({
    type: 'task-finished',
    task: `${name}/X`,
    step: name,
    symbol: 'X',
    status,
    requests: 1,
    rows,
    absences: [],
    durationMs: 5,
  });
}

/** A run of two steps with responses to a third of the requests. */
function halfWay(name: string): ReturnType<typeof createProgressState> {
  const state = createProgressState();
  const steps = [step(name, 8), step('options', 4)];
  applyEvent(
    state,
    event({ type: 'planned', tasks: 12, requests: 12, windows: 12, estimatedRequests: 0, estimatedMs: 60_000, steps }),
  );
  for (let index = 0; index < 3; index++) applyEvent(state, finished(name, 'ok', 1_250));
  applyEvent(state, finished(name, 'failed', 0));
  applyEvent(state, finished('options', 'skipped', 0));
  for (let index = 0; index < 4; index++) {
    applyEvent(
      state,
      event({
        type: 'request-completed',
        request: `run/${String(index)}`,
        task: 'x',
        provider: 'mock',
        outcome: 'rows',
        rows: 1,
        durationMs: 1,
      }),
    );
  }
  return state;
}

const budgets = [
  { name: 'history', left: 12, limit: 60 },
  { name: 'requests a second', left: 3, limit: 50 },
  { name: 'identical requests', left: 1, limit: 1 },
];

describe('renderBlock', () => {
  test('shows each step with its problems, the remaining time and the budgets', () => {
    expect(renderBlock(halfWay('equity'), plainStyle, at + 1_000, budgets, 100)).toEqual([
      '  equity   ━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌  4/8  3,750 rows  1 failed',
      '  options  ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  1/4      0 rows  1 skipped',
      '  4 responses · about 40s left · history: 12 of 60 left · requests a second: 3 of 50 left',
      '  identical requests: 1 of 1 left',
    ]);
  });

  test('shortens the bars first on a narrow screen', () => {
    expect(renderBlock(halfWay('equity'), plainStyle, at + 1_000, [], 50)).toEqual([
      '  equity   ━━━━━╌╌╌╌╌  4/8  3,750 rows  1 failed',
      '  options  ━━╌╌╌╌╌╌╌╌  1/4      0 rows  1 skipped',
      '  4 responses · about 40s left',
    ]);
  });

  test.for([10, 20, 30, 40, 60, 80, 120, 300])('renders lines shorter than %i columns', (width) => {
    const lines = renderBlock(
      halfWay('a step with a name that is very, very long'),
      plainStyle,
      at + 1_000,
      budgets,
      width,
    );
    for (const line of lines) expect(line.length).toBeLessThan(width);
  });

  test('is empty before the plan is known', () => {
    expect(renderBlock(createProgressState(), plainStyle, at, budgets, 80)).toEqual([]);
  });
});
