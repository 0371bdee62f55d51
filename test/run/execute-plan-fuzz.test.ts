import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { FailureKind } from '../../src/core/failure.js';
import type { FetchOutcome, Request } from '../../src/core/request.js';
import { formatSeriesName } from '../../src/core/series.js';
import { day, hour } from '../../src/core/time/time.js';
import { isEmpty } from '../../src/core/time/window.js';
import { findEventProblems } from '../fixtures/event-order.js';
import { startExecution } from '../fixtures/start-execution.js';
import {
  createChainsStep,
  createContractsStep,
  createEquityStep,
  createOptionsStep,
  createPipeline,
} from '../fixtures/pipelines.js';
import { createBarRows } from '../fixtures/rows.js';

const saturday = Date.parse('2026-11-21T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: saturday });
});

afterEach(() => {
  vi.useRealTimers();
});

type Behavior = 'full' | 'empty' | 'short' | 'hang' | FailureKind;

const behaviors: readonly Behavior[] = [
  'retryable',
  'pacing',
  'denied',
  'unavailable',
  'invalid',
  'empty',
  'short',
  'hang',
];
const anyBehavior = fc.oneof(
  { weight: 30, arbitrary: fc.constant<Behavior>('full') },
  { weight: 6, arbitrary: fc.constantFrom(...behaviors) },
);

function respond(behavior: Behavior, mayHang: boolean, { series, window }: Request): FetchOutcome | 'hang' | undefined {
  switch (behavior) {
    case 'full':
      return undefined;
    case 'empty':
      return { kind: 'empty' };
    case 'hang':
      return mayHang ? 'hang' : undefined;
    case 'short': {
      if (window === null || (series.dataset !== 'equity_bars' && series.dataset !== 'option_bars')) return undefined;
      const answeredWindow = { start: window.start, end: window.start + 36 * hour };
      return {
        kind: 'rows',
        rows: createBarRows(series.dataset, [window.start + 10 * hour]),
        answeredWindow,
      };
    }
    default:
      return { kind: 'failure', failure: { kind: behavior, message: behavior } };
  }
}

const anyScenario = fc.record({
  symbols: fc.integer({ min: 1, max: 4 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
  behaviors: fc.array(anyBehavior, { minLength: 1, maxLength: 40 }),
  delays: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 20 }),
  fatalAt: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 3 }),
  stopAt: fc.option(fc.integer({ min: 0, max: 3000 }), { freq: 2 }),
  giveUpAfter: fc.option(fc.integer({ min: 0, max: 500 })),
  fullAt: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 5 }),
  stepLimit: fc.option(fc.integer({ min: 0, max: 600 })),
  symbolLimit: fc.option(fc.integer({ min: 0, max: 2000 })),
});

test('ends every task once, in order, for any failures, delays, limits and stops', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyScenario,
      async ({ symbols, concurrency, stopAt, giveUpAfter, stepLimit, symbolLimit, ...source }) => {
        vi.setSystemTime(saturday);
        let storedResults = 0;
        const limit = { timeout: stepLimit };
        const steps = [
          createContractsStep(limit),
          createChainsStep(limit),
          createEquityStep(limit),
          createOptionsStep(limit),
        ];
        const pipeline = createPipeline(
          Array.from({ length: symbols }, (_, index) => `S${index}`),
          steps,
        );
        const trial = startExecution({
          pipeline: { ...pipeline, symbolLimits: { maxConcurrent: null, timeout: symbolLimit } },
          now: saturday,
          concurrency,
          delay: (call) => source.delays[call % source.delays.length] ?? 0,
          script: (request, call) => {
            const behavior =
              call === source.fatalAt ? 'fatal' : (source.behaviors[call % source.behaviors.length] ?? 'full');
            return respond(behavior, stepLimit !== null || symbolLimit !== null, request);
          },
          beforeReceive: () =>
            ++storedResults === source.fullAt ? Promise.reject(new Error('disk full')) : Promise.resolve(),
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
        const ended = await trial.waitForEnd().catch((error: unknown) => error);

        const tasks = trial.plan.tasks.map(({ id }) => id);
        const broken = ended instanceof Error;
        const problems = findEventProblems(trial.events, tasks);
        expect(problems.filter((problem) => !(broken && problem.endsWith('was never answered')))).toEqual([]);
        expect(trial.provider.inFlight).toBe(0);
        expect(trial.provider.maxInFlight).toBeLessThanOrEqual(concurrency);
        // No request is sent twice.
        const sent = trial.provider.calls.map(
          ({ series, window }) => `${formatSeriesName(series)} ${window === null ? '' : window.start}`,
        );
        expect(new Set(sent).size).toBe(sent.length);
        for (const { closedWindows, rows } of trial.fixture.lake.results) {
          expect(closedWindows.length).toBeGreaterThan(0);
          expect(closedWindows.some(({ window }) => isEmpty(window))).toBe(false);
          expect(closedWindows.reduce((sum, window) => sum + window.rows, 0)).toBe(rows?.length ?? 0);
        }
        // The next plan has at most the requests of a plan for an empty lake.
        expect(trial.fixture.plan(saturday + day / 2).requests).toBeLessThanOrEqual(symbols * (3 + 12));
      },
    ),
    { numRuns: 150 },
  );
});
