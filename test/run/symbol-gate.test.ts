import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { eventProblems } from '../fixtures/event-rules.js';
import { begin } from '../fixtures/execution.js';
import type { Scenario, Trial } from '../fixtures/execution.js';
import { pipelineOf } from '../fixtures/pipelines.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');
const symbols = ['A', 'B', 'C', 'D', 'E'];

beforeEach(() => {
  vi.useFakeTimers({ now: saturday });
});

afterEach(() => {
  vi.useRealTimers();
});

function start(limits: { atOnce: number | null; timeout: number | null }, script?: Scenario['script']): Trial {
  const pipeline = { ...pipelineOf(symbols), symbolLimits: limits };
  return begin({ pipeline, now: saturday, ...(script === undefined ? {} : { script }) });
}

/** The most symbols that had a task under way at one time, and the order in which they came in. */
function presence({ events }: Trial): { readonly most: number; readonly order: readonly string[] } {
  const inside = new Map<string, number>();
  const order: string[] = [];
  let most = 0;
  for (const event of events) {
    if (event.type === 'task-started') {
      if (!order.includes(event.symbol)) order.push(event.symbol);
      inside.set(event.symbol, (inside.get(event.symbol) ?? 0) + 1);
    }
    if (event.type === 'task-finished' && inside.has(event.symbol)) {
      const left = (inside.get(event.symbol) ?? 0) - 1;
      if (left === 0) inside.delete(event.symbol);
      else inside.set(event.symbol, left);
    }
    most = Math.max(most, inside.size);
  }
  return { most, order };
}

function statusOf(trial: Trial, symbol: string): readonly string[] {
  return trial.events.flatMap((event) =>
    event.type === 'task-finished' && event.symbol === symbol ? [`${event.step} ${event.status}`] : [],
  );
}

describe('limits of symbols', () => {
  test('let so many in at once, in their order, and all of them in the end', async () => {
    const trial = start({ atOnce: 2, timeout: null });
    const result = await trial.ended();
    expect(result.status).toBe('ok');
    expect(presence(trial)).toEqual({ most: 2, order: symbols });
    expect(
      eventProblems(
        trial.events,
        trial.plan.tasks.map(({ id }) => id),
      ),
    ).toEqual([]);
  });

  test('without them everybody is in', async () => {
    const trial = start({ atOnce: null, timeout: null });
    expect((await trial.ended()).status).toBe('ok');
    expect(presence(trial).most).toBe(symbols.length);
  });

  test.each([null, 1, 2])(
    'a symbol that hangs is given up after its time and holds up nobody (%s at once)',
    async (atOnce) => {
      const trial = start({ atOnce, timeout: 5_000 }, ({ series }) =>
        series.instrument.symbol === 'B' && series.dataset === 'chains' ? 'hang' : undefined,
      );
      const result = await trial.ended();
      expect(result.status).toBe('partial');
      for (const symbol of symbols) {
        if (symbol !== 'B') expect(statusOf(trial, symbol).every((text) => text.endsWith(' ok'))).toBe(true);
      }
      expect(statusOf(trial, 'B')).toEqual(
        expect.arrayContaining(['contracts ok', 'chains failed', 'options skipped']),
      );
      const chains = result.tasks.find(({ id }) => id === 'chains/B');
      expect(chains?.reason).toBe('B took longer than the 5s that one symbol may take');
      expect(
        eventProblems(
          trial.events,
          trial.plan.tasks.map(({ id }) => id),
        ),
      ).toEqual([]);
      // Asked and not answered: the next run asks again, and nothing is taken to be empty.
      expect(trial.desk.plan(saturday + 60_000).tasks.find(({ id }) => id === 'chains/B')?.status).toBe('ready');
    },
  );

  test('a stop lets nobody else in and ends everybody', async () => {
    const trial = start({ atOnce: 1, timeout: null });
    await vi.advanceTimersByTimeAsync(150);
    trial.stopping.abort();
    expect((await trial.ended()).status).toBe('interrupted');
    expect(presence(trial).order).toEqual(['A']);
    expect(trial.events.filter(({ type }) => type === 'task-finished')).toHaveLength(trial.plan.tasks.length);
  });
});
