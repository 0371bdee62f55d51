import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainAccuracy, createAmericanPricer } from '../src/analytics/american/american-pricer.js';
import { getExpiryInstant, yearsBetween } from '../src/analytics/conventions.js';
import { supportedExchanges } from '../src/calendar/calendars.js';
import { requireCalendar } from '../test/fixtures/require-calendar.js';
import { systemClock } from '../src/core/time/clock.js';
import { ok } from '../src/core/result.js';
import type { FetchResult } from '../src/core/fetch-result.js';
import { toSnapshotRows } from '../src/core/tables/quote-rows.js';
import type { FetchOutcome, Request } from '../src/core/request.js';
import type { Instrument, OptionContract } from '../src/core/series.js';
import { mapDatasets } from '../src/core/tables/tables.js';
import { addDays, day, minute, toUtcDate } from '../src/core/time/time.js';
import { createLakeHistory } from '../src/run/compute/lake-history.js';
import { createDeriver } from '../src/run/compute/create-deriver.js';
import { overviewRows } from '../src/run/compute/overview-rows.js';
import { buildTaskGraph } from '../src/plan/task-graph.js';
import { openLakeReader } from '../src/lake/reader/lake-reader.js';
import { openLakeWriter } from '../src/lake/writer/lake-writer.js';
import { loadPipeline } from '../src/config/pipeline/load-pipeline.js';
import type { Pipeline } from '../src/config/pipeline/pipeline.js';
import { emptyKnownState, createKnownState } from '../src/plan/known-state.js';
import { makePlan } from '../src/plan/make-plan.js';
import { listRequests } from '../src/plan/plan.js';
import type { Provider } from '../src/providers/provider.js';
import { defaultPlanOptions } from '../src/plan/plan-options.js';
import { mockLimits } from '../src/providers/mock/provider.js';
import { executePlan } from '../src/run/execute-plan.js';
import type { Bench } from './bench.js';

const symbols = ['SPY', 'QQQ', 'IWM'];
const expiries = 10;
const strikes = 50;
const cycles = 12;
const historySessions = 252;
const limit = 300;
const friday = Date.parse('2026-11-20T18:00:00Z');
const author = { runId: '01980000-0000-7000-8000-00000000000', pipeline: { name: 'cycle', hash: 'bench' } };

const yaml = `name: cycle
defaults: { symbols: { kind: etf } }
symbols: [${symbols.join(', ')}]
analytics: { dividend_yield: { SPY: 0.013, QQQ: 0.006, IWM: 0.012 } }
steps:
  contracts: {}
  chains: { needs: contracts }
  quotes: { needs: contracts }
  snapshots: { needs: [chains, quotes], strikes: ${strikes}, expiries: ${expiries} }
  overview: { needs: snapshots }
`;

async function loadCyclePipeline(): Promise<Pipeline> {
  const result = await loadPipeline('cycle.yaml', {
    environment: {},
    resolveAuto: () => ({ provider: 'mock', warning: null }),
    knownCalendars: supportedExchanges,
    readFile: () => Promise.resolve(Buffer.from(yaml)),
  });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.pipeline;
}

/** Weekly expiries with strikes at a distance of 1 around 100. */
const chain: readonly OptionContract[] = Array.from({ length: expiries }, (_, week) =>
  Array.from({ length: strikes }, (__, index) =>
    (['C', 'P'] as const).map((right) => ({
      expiry: addDays('2026-11-27', 7 * week),
      strike: 76 + index,
      right,
      conId: null,
    })),
  ),
).flat(2);

const price = createAmericanPricer(chainAccuracy);

/** The answer of a provider: American prices in cents, with a volatility smile. */
function createOutcome({ series }: Request): FetchOutcome {
  if (series.dataset !== 'option_snapshots') throw new Error(`${series.dataset} was asked for`);
  const years = yearsBetween(friday, getExpiryInstant(series.expiry, requireCalendar('XNYS')));
  const readings = series.contracts.map(({ strike, right, conId }) => {
    const volatility = 0.18 + 0.4 * Math.log(strike / 100) ** 2;
    const premium = Math.max(
      0.02,
      Math.round(100 * price({ right, spot: 100, strike, years, rate: 0.04, dividendYield: 0.012 }, volatility)) / 100,
    );
    const traded = {
      bid: premium - 0.01,
      ask: premium + 0.01,
      last: premium,
      volume: 10,
      openInterest: 100,
      underlyingPrice: 100,
    };
    const model = { iv: volatility, delta: null, gamma: null, theta: null, vega: null };
    return { strike, right, conId, ...traded, ...model, delayed: false };
  });
  return { kind: 'rows', rows: toSnapshotRows(readings), answeredWindow: null };
}

/** Writes a year of overviews, so that there is a history to rank. */
async function fillHistory(folder: string, instruments: readonly Instrument[]): Promise<void> {
  const writer = await openLakeWriter({ folder, author, clock: systemClock, emit: () => undefined });
  let number = 0;
  for (let back = historySessions; back > 0; back--) {
    const at = friday - back * day;
    for (const instrument of instruments) {
      const rows = overviewRows({
        ...{ chain: emptyChain, expiries: [], spot: 100, rate: 0.04, dividendYield: 0, session: toUtcDate(at) },
        ...{ priorVolatilities: [], rankDays: 252, atmIvDays: 30, closes: [], volatilityIndex: 18, expected: [] },
      });
      const columns = { ...rows.columns, atm_iv: Float64Array.of(0.15 + 0.0003 * ((7 * back) % 100)) };
      const delivery: FetchResult = {
        ...{
          requestId: `${author.runId}/${String(++number)}`,
          step: 'overview',
          requestedAt: at,
          answeredAt: at,
          upstream: [],
        },
        series: { dataset: 'overviews', provider: 'mock', instrument, expected: [] },
        closedWindows: [{ window: { start: at, end: at + 1 }, state: 'data', rows: 1 }],
        rows: { ...rows, columns },
      };
      await writer.receive(delivery);
    }
  }
  await writer.finish();
  await writer.close();
}

const emptyArray = new Float64Array();
const emptyChain = {
  ...{ length: 0, expiry: emptyArray, right: new Int8Array(), strike: emptyArray },
  ...{ volatility: emptyArray, volume: emptyArray, openInterest: emptyArray },
};

interface Cycle {
  readonly durationMs: number;
  readonly rows: number;
}

/** One cycle of a collector: measures from the first answer; providers answer immediately. */
async function measureCycle(folder: string, pipeline: Pipeline, number: number): Promise<Cycle> {
  const now = friday + number * 5 * minute;
  const clock = { ...systemClock, now: () => now };
  const runId = `${author.runId}${String(number)}`;
  const writer = await openLakeWriter({ folder, author: { ...author, runId }, clock, emit: () => undefined });
  const reader = await openLakeReader(folder);
  const prices = new Map(symbols.map((symbol) => [symbol, { at: now, price: 100, requestId: 'held/1' }]));
  const chains = new Map(
    symbols.map((symbol) => [symbol, { asOf: now - 60_000, requestId: 'held/2', contracts: chain }]),
  );
  const knownState = createKnownState({
    ...emptyKnownState,
    chains: new Map([['mock', chains]]),
    quotes: new Map([['mock', prices]]),
  });
  const context = {
    now,
    options: { ...defaultPlanOptions, steps: ['snapshots', 'overview'] },
    knownState,
    coverage: (_provider: string, series: string) =>
      /^(?:chains|quotes|contracts)\/\w+$/.test(series)
        ? [{ start: now - 1, end: now, state: 'data' as const, lastRequestedAt: now - 1 }]
        : [],
    calendar: requireCalendar,
    limits: () => mockLimits,
    delta: () => null,
  };
  const graph = buildTaskGraph(pipeline);
  const plan = makePlan(
    pipeline,
    graph,
    mapDatasets(() => -1),
    context,
    () => ({ duration: 0, budgets: [] }),
  );
  const answers = new Map(
    plan.tasks.flatMap((task) => listRequests(task).map((request) => [request, createOutcome(request)])),
  );
  const neverAborted = new AbortController().signal;
  const provider: Provider = {
    name: 'mock',
    open: () => Promise.resolve(ok(undefined)),
    close: () => Promise.resolve(),
    fetch(request, call) {
      call.onSend();
      return Promise.resolve(answers.get(request) ?? createOutcome(request));
    },
  };
  const startedAt = process.hrtime.bigint();
  const result = await executePlan({
    deps: {
      ...{ runId, pipeline, writer, clock, calendar: requireCalendar },
      emit: () => undefined,
      limits: () => ({ ...mockLimits, budgets: [], maxConcurrency: 4, revisionWindow: 0 }),
      shutdown: { stopping: neverAborted, stopped: neverAborted },
    },
    prepared: { plan, graph, context, knownState },
    deriver: createDeriver({
      settings: pipeline.analytics,
      knownState,
      calendar: requireCalendar,
      history: createLakeHistory(reader, symbols, pipeline.analytics, toUtcDate(now)),
      recordsAnswers: true,
    }),
    providers: new Map([['mock', provider]]),
  });
  await writer.flush();
  const durationMs = Number(process.hrtime.bigint() - startedAt) / 1e6;
  if (result.status !== 'ok') throw new Error(result.tasks.map(({ reason = '' }) => reason).join('\n'));
  await writer.finish();
  await writer.close();
  await checkRankedOverviews(reader);
  await reader.close();
  return { durationMs, rows: result.rows };
}

/** Checks the result of the cycle: overviews are ranked and have whole chains. */
async function checkRankedOverviews(reader: Awaited<ReturnType<typeof openLakeReader>>): Promise<void> {
  const { rows } = await reader.query(
    'SELECT count(*) AS n FROM (FROM overviews ORDER BY ts DESC LIMIT 3) WHERE iv_rank IS NOT NULL AND strikes_held = strikes_expected',
  );
  if (rows[0]?.['n'] !== symbols.length) throw new Error('the last overviews are not whole');
}

export const benches: readonly Bench[] = [
  {
    name: 'snapshots: a cycle of 3 symbols, 1,000 contracts each',
    target: `≤ ${limit} ms from answers to committed rows and overviews`,
    async run() {
      const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
      try {
        const pipeline = await loadCyclePipeline();
        await fillHistory(
          folder,
          pipeline.symbols.map(({ instrument }) => instrument),
        );
        const spent: Cycle[] = [];
        for (let number = 0; number < cycles; number++) spent.push(await measureCycle(folder, pipeline, number));
        const [first, ...later] = spent.map(({ durationMs }) => durationMs);
        const median = later.toSorted((a, b) => a - b)[Math.floor(later.length / 2)] ?? NaN;
        const fastest = Math.min(...later);
        return {
          measured: fastest,
          unit: 'ms',
          limit,
          better: 'lower',
          detail: `fastest of ${later.length} cycles in one process (median ${Math.round(median)}, the first one ${Math.round(first ?? NaN)}), ${spent[0]?.rows ?? 0} rows each, all options American`,
        };
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];
