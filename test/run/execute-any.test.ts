import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { FailureKind } from '../../src/core/failure.js';
import type { Outcome, Request } from '../../src/core/request.js';
import { seriesName } from '../../src/core/series.js';
import { day, hour } from '../../src/core/time.js';
import { isEmpty } from '../../src/core/window.js';
import { eventProblems } from '../fixtures/event-rules.js';
import { begin } from '../fixtures/execution.js';
import { chainsStep, contractsStep, equityStep, optionsStep, pipelineOf } from '../fixtures/pipelines.js';
import { barRows } from '../fixtures/rows.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: saturday });
});

afterEach(() => {
  vi.useRealTimers();
});

type Whim = 'full' | 'empty' | 'short' | 'hang' | FailureKind;

const whims: readonly Whim[] = ['retryable', 'pacing', 'denied', 'lost', 'invalid', 'empty', 'short', 'hang'];
const anyWhim = fc.oneof(
  { weight: 30, arbitrary: fc.constant<Whim>('full') },
  { weight: 6, arbitrary: fc.constantFrom(...whims) },
);

function answerBy(whim: Whim, mayHang: boolean, { series, window }: Request): Outcome | 'hang' | undefined {
  switch (whim) {
    case 'full':
      return undefined;
    case 'empty':
      return { kind: 'empty' };
    case 'hang':
      return mayHang ? 'hang' : undefined;
    case 'short': {
      if (window === null || (series.dataset !== 'equity_bars' && series.dataset !== 'option_bars')) return undefined;
      const answered = { start: window.start, end: window.start + 36 * hour };
      return { kind: 'rows', rows: barRows(series.dataset, [window.start + 10 * hour]), answered };
    }
    default:
      return { kind: 'failure', failure: { kind: whim, message: whim } };
  }
}

const anyScenario = fc.record({
  symbols: fc.integer({ min: 1, max: 4 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
  whims: fc.array(anyWhim, { minLength: 1, maxLength: 40 }),
  delays: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 20 }),
  fatalAt: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 3 }),
  stopAt: fc.option(fc.integer({ min: 0, max: 3000 }), { freq: 2 }),
  giveUpAfter: fc.option(fc.integer({ min: 0, max: 500 })),
  fullAt: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 5 }),
  stepLimit: fc.option(fc.integer({ min: 0, max: 600 })),
  symbolLimit: fc.option(fc.integer({ min: 0, max: 2000 })),
});

test('whatever the source does and whenever it is stopped, an execution ends in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyScenario,
      async ({ symbols, concurrency, stopAt, giveUpAfter, stepLimit, symbolLimit, ...source }) => {
        vi.setSystemTime(saturday);
        let deliveries = 0;
        const limit = { timeout: stepLimit };
        const steps = [contractsStep(limit), chainsStep(limit), equityStep(limit), optionsStep(limit)];
        const pipeline = pipelineOf(
          Array.from({ length: symbols }, (_, index) => `S${index}`),
          steps,
        );
        const trial = begin({
          pipeline: { ...pipeline, symbolLimits: { atOnce: null, timeout: symbolLimit } },
          now: saturday,
          concurrency,
          delay: (call) => source.delays[call % source.delays.length] ?? 0,
          script: (request, call) => {
            const whim = call === source.fatalAt ? 'fatal' : (source.whims[call % source.whims.length] ?? 'full');
            return answerBy(whim, stepLimit !== null || symbolLimit !== null, request);
          },
          receiving: () =>
            ++deliveries === source.fullAt ? Promise.reject(new Error('disk full')) : Promise.resolve(),
        });
        if (stopAt !== null) {
          setTimeout(() => {
            trial.stopping.abort();
          }, stopAt);
          if (giveUpAfter !== null) {
            setTimeout(() => {
              trial.stopped.abort();
            }, stopAt + giveUpAfter);
          }
        }
        const ending = await trial.ended().catch((error: unknown) => error);

        const tasks = trial.plan.tasks.map(({ id }) => id);
        const broken = ending instanceof Error;
        const problems = eventProblems(trial.events, tasks);
        expect(problems.filter((problem) => !(broken && problem.endsWith('was never answered')))).toEqual([]);
        expect(trial.provider.underWay).toBe(0);
        expect(trial.provider.most).toBeLessThanOrEqual(concurrency);
        // No request is made twice, and each sits within what its task was planned to ask.
        const asked = trial.provider.calls.map(
          ({ series, window }) => `${seriesName(series)} ${window === null ? '' : window.start}`,
        );
        expect(new Set(asked).size).toBe(asked.length);
        for (const { settled, rows } of trial.desk.memory.deliveries) {
          expect(settled.length).toBeGreaterThan(0);
          expect(settled.some(({ window }) => isEmpty(window))).toBe(false);
          expect(settled.reduce((sum, window) => sum + window.rows, 0)).toBe(rows?.length ?? 0);
        }
        // Whatever happened, the next plan can be made, and asks for no more than a new one would.
        expect(trial.desk.plan(saturday + day / 2).requests).toBeLessThanOrEqual(symbols * (3 + 12));
      },
    ),
    { numRuns: 150 },
  );
});
