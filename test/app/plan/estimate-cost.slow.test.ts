import fc from 'fast-check';
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createCostEstimator } from '../../../src/app/plan/estimate-cost.js';
import { getProviderLimits } from '../../../src/app/providers/create-provider.js';
import { readAccountSpending } from '../../../src/app/providers/pacing-ledger.js';
import { createRunProviders } from '../../../src/app/providers/run-providers.js';
import type { Pipeline, Step } from '../../../src/config/pipeline/pipeline.js';
import { ok } from '../../../src/core/result.js';
import type { FetchProvider } from '../../../src/core/series.js';
import { addDays, minute, second } from '../../../src/core/time/time.js';
import type { Duration } from '../../../src/core/time/time.js';
import { buildTaskGraph } from '../../../src/plan/task-graph.js';
import { createMarketDataLines } from '../../../src/providers/ib/market-data-lines.js';
import type { Provider } from '../../../src/providers/provider.js';
import { createDeriver } from '../../../src/run/compute/create-deriver.js';
import { executePlan } from '../../../src/run/execute-plan.js';
import { createFullOutcome } from '../../fixtures/full-outcome.js';
import {
  createChainsStep,
  createContractsStep,
  createEquityStep,
  createOptionsStep,
  createPipeline,
} from '../../fixtures/pipelines.js';
import { createPlanningFixture } from '../../fixtures/planning.js';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { createChain } from '../../fixtures/rows.js';
import { createVirtualClock } from '../../virtual-clock.js';
import type { VirtualClock } from '../../virtual-clock.js';

const now = Date.parse('2026-11-20T19:00:00Z');

/** A liquid stock: an expiry a week, and strikes one per cent apart. */
const chain = createChain(
  Array.from({ length: 20 }, (_, week) => addDays('2026-11-27', 7 * week)),
  Array.from({ length: 101 }, (_, index) => 50 + index),
);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-estimate-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Workload {
  readonly provider: FetchProvider;
  readonly symbols: number;
  readonly bars: boolean;
  readonly quotes: boolean;
  /** Strikes on each side of the money; null for no snapshots. */
  readonly strikes: number | null;
  readonly expiries: number;
  /** True for daily bars of options, which are known after the chain. */
  readonly optionBars?: boolean;
  /** Symbols in progress at once. */
  readonly maxSymbols?: number;
  /** What spends of the budgets before: a run that ended this long before, with the same requests or with those of other symbols. */
  readonly earlier?: { readonly age: Duration; readonly sameSymbols: boolean };
}

function createWorkload(
  { provider, symbols, bars, quotes, strikes, expiries, optionBars = false, maxSymbols }: Workload,
  prefix = 'S',
): Pipeline {
  const { rights, adaptiveStrikes } = createOptionsStep();
  const point = { provider, needs: ['contracts'], timeout: null, refresh: 0 };
  const steps: Step[] = [createContractsStep({ provider })];
  if (bars) steps.push(createEquityStep({ provider, barSizes: ['1 day', '30 mins'] }));
  if (quotes || strikes !== null) steps.push({ name: 'quotes', uses: 'quotes', ...point });
  if (strikes !== null) {
    steps.push(createChainsStep({ provider }));
    const needs = ['chains', 'quotes'];
    steps.push({
      name: 'snapshots',
      uses: 'snapshots',
      ...point,
      needs,
      strikes,
      expiries,
      rights,
      adaptiveStrikes,
    });
  }
  if (optionBars) {
    if (strikes === null) steps.push(createChainsStep({ provider }));
    steps.push(createOptionsStep({ provider, needs: ['chains', 'equity'] }));
  }
  const pipeline = createPipeline(
    Array.from({ length: symbols }, (_, index) => `${prefix}${index}`),
    steps,
  );
  return { ...pipeline, symbolLimits: { maxConcurrent: maxSymbols ?? null, timeout: null } };
}

/** Answers as the providers do: after the usual time, and after the instruments of a snapshot were sent one by one. */
function createTypicalProvider(pipeline: Pipeline, name: FetchProvider, clock: VirtualClock): Provider {
  const { typicalLatency, latencies, instrumentSpacing, openingTime = 0 } = getProviderLimits(pipeline, name);
  const lines = createMarketDataLines(95, instrumentSpacing ?? 0, clock);
  return {
    name,
    async open() {
      await clock.sleepUntil(clock.now() + openingTime);
      return ok(undefined);
    },
    close: () => Promise.resolve(),
    async fetch(request, { signal, calls }) {
      const { series } = request;
      setMaxListeners(0, signal);
      const answer = (): Promise<void> =>
        clock.sleepUntil(clock.now() + (latencies?.[series.dataset] ?? typicalLatency), signal);
      calls.sent();
      const instruments =
        series.dataset === 'option_snapshots' ? series.contracts.length : series.dataset === 'quotes' ? 1 : 0;
      if (instrumentSpacing === undefined || instruments === 0) await answer();
      else await Promise.all(Array.from({ length: instruments }, () => lines.withLine(answer, signal)));
      return createFullOutcome(request, requireCalendar(series.instrument.calendar), chain);
    },
  };
}

interface Measured {
  readonly estimated: Duration;
  readonly measured: Duration;
}

async function compare(workload: Workload): Promise<Measured> {
  const clock = createVirtualClock(now);
  const state = mkdtempSync(join(folder, 'run-'));
  if (workload.earlier !== undefined) {
    const { age, sameSymbols } = workload.earlier;
    await runOnce(
      createWorkload({ ...workload, symbols: 3 }, sameSymbols ? 'S' : 'T'),
      workload.provider,
      state,
      clock,
    );
    await clock.sleepUntil(clock.now() + age);
  }
  return runOnce(createWorkload(workload), workload.provider, state, clock);
}

/** Runs a pipeline into an empty lake, and compares with its estimate. */
async function runOnce(pipeline: Pipeline, name: FetchProvider, state: string, clock: VirtualClock): Promise<Measured> {
  const limits = getProviderLimits(pipeline, name);
  const fixture = createPlanningFixture(pipeline, limits);
  const graph = buildTaskGraph(pipeline);
  const plannedAt = clock.now();
  const plan = fixture.plan(plannedAt);
  const never = new AbortController().signal;
  const ctx = { clock, dataFolder: state, environment: { PIPE_STATE: state } };
  const estimate = createCostEstimator(pipeline, await readAccountSpending(pipeline, ctx));
  const estimated = estimate(plan.tasks, graph).duration;
  const source = createRunProviders({
    pipeline,
    ctx,
    recordCall: null,
    emit: () => undefined,
    redact: (text) => text,
    create: () => Promise.resolve(createTypicalProvider(pipeline, name, clock)),
  });
  const provider = await source.open(name, never);
  const startedAt = clock.now();
  await provider.open(never);
  const { status } = await executePlan({
    deps: {
      runId: 'run',
      pipeline,
      clock,
      emit: () => undefined,
      limits: () => limits,
      calendar: requireCalendar,
      shutdown: { stopping: never, stopped: never },
      writer: { receive: (result) => fixture.lake.receive(result) },
    },
    prepared: { plan, graph, context: fixture.context(plannedAt), knownState: fixture.knowledge },
    deriver: createDeriver({
      settings: pipeline.analytics,
      knownState: fixture.knowledge,
      calendar: requireCalendar,
      history: { volatilities: async () => [], closes: async () => undefined, options: async () => [] },
      recordsAnswers: false,
    }),
    providers: new Map([[name, provider]]),
  });
  const measured = clock.now() - startedAt;
  await source.close();
  expect(status).toBe('ok');
  return { estimated, measured };
}

const kinds: readonly (readonly [string, Omit<Workload, 'provider' | 'symbols'>])[] = [
  ['bars', { bars: true, quotes: false, strikes: null, expiries: 0 }],
  ['quotes', { bars: false, quotes: true, strikes: null, expiries: 0 }],
  ['snapshots', { bars: false, quotes: false, strikes: 10, expiries: 4 }],
  ['bars, quotes and snapshots', { bars: true, quotes: true, strikes: 5, expiries: 2 }],
  ['bars of options', { bars: true, quotes: false, strikes: null, expiries: 4, optionBars: true }],
  ['bars of one symbol after the other', { bars: true, quotes: false, strikes: null, expiries: 0, maxSymbols: 1 }],
  ['snapshots of two symbols at once', { bars: false, quotes: true, strikes: 10, expiries: 4, maxSymbols: 2 }],
  [
    'bars of options of one symbol after the other',
    { bars: true, quotes: false, strikes: null, expiries: 4, optionBars: true, maxSymbols: 1 },
  ],
  [
    'bars after a run with other symbols',
    { bars: true, quotes: false, strikes: null, expiries: 0, earlier: { age: minute, sameSymbols: false } },
  ],
  [
    'bars that were requested a moment before',
    { bars: true, quotes: false, strikes: null, expiries: 0, earlier: { age: second, sameSymbols: true } },
  ],
  [
    'bars of options after a run with other symbols',
    {
      bars: true,
      quotes: false,
      strikes: null,
      expiries: 4,
      optionBars: true,
      earlier: { age: 2 * minute, sameSymbols: false },
    },
  ],
  [
    'snapshots after another run',
    { bars: false, quotes: true, strikes: 10, expiries: 4, earlier: { age: 100, sameSymbols: true } },
  ],
];

describe.each(['ib', 'kite'] as const)('the estimate for %s is within 10 % of the duration of', (provider) => {
  test.each(kinds)('%s', async (_, workload) => {
    const { estimated, measured } = await compare({ ...workload, provider, symbols: 8 });
    expect(Math.abs(estimated / measured - 1), `estimated ${estimated}, measured ${measured}`).toBeLessThanOrEqual(0.1);
  });

  test('any workload', { timeout: 600_000 }, async () => {
    const workload = fc.record({
      symbols: fc.integer({ min: 1, max: 12 }),
      bars: fc.boolean(),
      quotes: fc.boolean(),
      strikes: fc.option(fc.integer({ min: 1, max: 15 })),
      expiries: fc.integer({ min: 1, max: 4 }),
      maxSymbols: fc.integer({ min: 1, max: 12 }),
      earlier: fc.record({ age: fc.integer({ min: 0, max: 11 * minute }), sameSymbols: fc.boolean() }),
    });
    await fc.assert(
      fc.asyncProperty(workload, async (one) => {
        const { estimated, measured } = await compare({ ...one, provider });
        // Of a few calls, one more or less is much: the order of events in one moment decides which requests share a call.
        expect(Math.abs(estimated - measured)).toBeLessThanOrEqual(Math.max(0.1 * measured, 1.5 * second));
      }),
      { numRuns: 2 },
    );
  });
});
