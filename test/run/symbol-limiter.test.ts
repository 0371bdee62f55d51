import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { findEventProblems } from '../fixtures/event-order.js';
import { startExecution } from '../fixtures/start-execution.js';
import type { ExecutionScenario, StartedExecution } from '../fixtures/start-execution.js';
import { createPipeline } from '../fixtures/pipelines.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');
const symbols = ['A', 'B', 'C', 'D', 'E'];

beforeEach(() => {
  vi.useFakeTimers({ now: saturday });
});

afterEach(() => {
  vi.useRealTimers();
});

function startTrial(
  limits: { maxConcurrent: number | null; timeout: number | null },
  script?: ExecutionScenario['script'],
): StartedExecution {
  const pipeline = { ...createPipeline(symbols), symbolLimits: limits };
  return startExecution({ pipeline, now: saturday, ...(script === undefined ? {} : { script }) });
}

/** The maximum number of symbols in progress at once, and the order in which they started. */
function measureConcurrency({ events }: StartedExecution): {
  readonly maxActive: number;
  readonly order: readonly string[];
} {
  const active = new Map<string, number>();
  const order: string[] = [];
  let maxActive = 0;
  for (const event of events) {
    if (event.type === 'task-started' && event.symbol !== null) {
      if (!order.includes(event.symbol)) order.push(event.symbol);
      active.set(event.symbol, (active.get(event.symbol) ?? 0) + 1);
    }
    if (event.type === 'task-finished' && event.symbol !== null && active.has(event.symbol)) {
      const remaining = (active.get(event.symbol) ?? 0) - 1;
      if (remaining === 0) active.delete(event.symbol);
      else active.set(event.symbol, remaining);
    }
    maxActive = Math.max(maxActive, active.size);
  }
  return { maxActive, order };
}

function describeStatuses(trial: StartedExecution, symbol: string): readonly string[] {
  return trial.events.flatMap((event) =>
    event.type === 'task-finished' && event.symbol === symbol ? [`${event.step} ${event.status}`] : [],
  );
}

describe('symbol limits', () => {
  test('keep two symbols in progress, in order, until all are done', async () => {
    const trial = startTrial({ maxConcurrent: 2, timeout: null });
    const result = await trial.waitForEnd();
    expect(result.status).toBe('ok');
    expect(measureConcurrency(trial)).toEqual({ maxActive: 2, order: symbols });
    expect(
      findEventProblems(
        trial.events,
        trial.plan.tasks.map(({ id }) => id),
      ),
    ).toEqual([]);
  });

  test('run all symbols at once when there is no limit', async () => {
    const trial = startTrial({ maxConcurrent: null, timeout: null });
    expect((await trial.waitForEnd()).status).toBe('ok');
    expect(measureConcurrency(trial).maxActive).toBe(symbols.length);
  });

  test.each([null, 1, 2])(
    'time out a symbol that hangs and complete the other symbols (limit %s)',
    async (maxConcurrent) => {
      const trial = startTrial({ maxConcurrent, timeout: 5_000 }, ({ series }) =>
        series.instrument.symbol === 'B' && series.dataset === 'chains' ? 'hang' : undefined,
      );
      const result = await trial.waitForEnd();
      expect(result.status).toBe('partial');
      for (const symbol of symbols) {
        if (symbol !== 'B') expect(describeStatuses(trial, symbol).every((text) => text.endsWith(' ok'))).toBe(true);
      }
      expect(describeStatuses(trial, 'B')).toEqual(
        expect.arrayContaining(['contracts ok', 'chains failed', 'options skipped']),
      );
      const chains = result.tasks.find(({ id }) => id === 'chains/B');
      expect(chains?.reason).toBe('B took longer than the symbol limit of 5s');
      expect(
        findEventProblems(
          trial.events,
          trial.plan.tasks.map(({ id }) => id),
        ),
      ).toEqual([]);
      // The next run requests it again: a request without an answer is not empty.
      expect(trial.fixture.plan(saturday + 60_000).tasks.find(({ id }) => id === 'chains/B')?.status).toBe('ready');
    },
  );

  test('start no more symbols after "stopping" and end all tasks', async () => {
    const trial = startTrial({ maxConcurrent: 1, timeout: null });
    await vi.advanceTimersByTimeAsync(150);
    trial.stopping.abort();
    expect((await trial.waitForEnd()).status).toBe('cancelled');
    expect(measureConcurrency(trial).order).toEqual(['A']);
    expect(trial.events.filter(({ type }) => type === 'task-finished')).toHaveLength(trial.plan.tasks.length);
  });
});
