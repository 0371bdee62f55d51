import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainEffort, createAmericanPricer } from '../src/analytics/american.js';
import { expiryInstant, optionYears } from '../src/analytics/conventions.js';
import { calendarOf, knownExchanges } from '../src/calendar/calendars.js';
import type { Calendar } from '../src/core/calendar.js';
import { systemClock } from '../src/core/clock.js';
import type { Delivery } from '../src/core/delivery.js';
import { snapshotRows } from '../src/core/reading-rows.js';
import type { Outcome, Request } from '../src/core/request.js';
import type { Instrument, OptionContract } from '../src/core/series.js';
import { perDataset } from '../src/core/tables.js';
import { addDays, day, minute, utcDate } from '../src/core/time.js';
import { lakeBackground } from '../src/derive/background.js';
import { computing } from '../src/derive/computing.js';
import { overviewRows } from '../src/derive/overview-rows.js';
import { buildTaskGraph } from '../src/graph/task-graph.js';
import { openLakeReader } from '../src/lake/reader.js';
import { openLakeWriter } from '../src/lake/writer.js';
import { loadPipeline } from '../src/pipeline/load.js';
import type { Pipeline } from '../src/pipeline/pipeline.js';
import { emptySnapshot, growingKnowledge } from '../src/plan/knowledge.js';
import { makePlan, planDeferred } from '../src/plan/make-plan.js';
import { wholePlan } from '../src/plan/options.js';
import { mockLimits } from '../src/providers/mock/provider.js';
import { execute } from '../src/run/execute.js';
import type { Bench } from './table.js';

const symbols = ['SPY', 'QQQ', 'IWM'];
const expiries = 10;
const strikes = 50;
const cycles = 12;
const sessionsHeld = 252;
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

async function loaded(): Promise<Pipeline> {
  const result = await loadPipeline('cycle.yaml', {
    environment: {},
    auto: () => ({ provider: 'mock', warning: null }),
    knownCalendars: knownExchanges,
    readFile: () => Promise.resolve(Buffer.from(yaml)),
  });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.pipeline;
}

function calendarNamed(name: string): Calendar {
  const found = calendarOf(name);
  if (found === undefined) throw new Error(`no calendar ${name}`);
  return found;
}

/** Weekly expiries with strikes a unit apart around 100. */
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

const price = createAmericanPricer(chainEffort);

/** What a source answers: American prices in cents, volatility rising away from the money. */
function answerTo({ series }: Request): Outcome {
  if (series.dataset !== 'option_snapshots') throw new Error(`${series.dataset} was asked for`);
  const years = optionYears(friday, expiryInstant(series.expiry, calendarNamed('XNYS')));
  const readings = series.contracts.map(({ strike, right, conId }) => {
    const volatility = 0.18 + 0.4 * Math.log(strike / 100) ** 2;
    const worth = Math.max(
      0.02,
      Math.round(100 * price(right === 'C', 100, strike, years, 0.04, 0.012, volatility)) / 100,
    );
    const traded = {
      bid: worth - 0.01,
      ask: worth + 0.01,
      last: worth,
      volume: 10,
      openInterest: 100,
      underlyingPrice: 100,
    };
    const model = { iv: volatility, delta: null, gamma: null, theta: null, vega: null };
    return { strike, right, conId, ...traded, ...model, delayed: false };
  });
  return { kind: 'rows', rows: snapshotRows(readings), answered: null };
}

/** A year of overviews, so that there is something to rank among. */
async function fill(folder: string, instruments: readonly Instrument[]): Promise<void> {
  const writer = await openLakeWriter({ folder, author, clock: systemClock, emit: () => undefined });
  let number = 0;
  for (let back = sessionsHeld; back > 0; back--) {
    const at = friday - back * day;
    for (const instrument of instruments) {
      const rows = overviewRows({
        ...{ chain: emptyChain, expiries: [], spot: 100, rate: 0.04, dividendYield: 0, session: utcDate(at) },
        ...{ earlier: [], rankDays: 252, closes: [], volatilityIndex: 18, expected: [] },
      });
      const columns = { ...rows.columns, atm_iv: Float64Array.of(0.15 + 0.0003 * ((7 * back) % 100)) };
      const delivery: Delivery = {
        ...{
          requestId: `${author.runId}/${String(++number)}`,
          step: 'overview',
          requestedAt: at,
          answeredAt: at,
          upstream: [],
        },
        series: { dataset: 'overviews', provider: 'mock', instrument, expected: [] },
        settled: [{ window: { start: at, end: at + 1 }, state: 'data', rows: 1 }],
        rows: { ...rows, columns },
      };
      await writer.receive(delivery);
    }
  }
  await writer.finish();
  await writer.close();
}

const nothing = new Float64Array();
const emptyChain = {
  ...{ length: 0, expiry: nothing, right: new Int8Array(), strike: nothing },
  ...{ volatility: nothing, volume: nothing, openInterest: nothing },
};

interface Cycle {
  readonly milliseconds: number;
  readonly rows: number;
}

/** One cycle of a collector: what is measured begins when sources begin to answer, which they do at once. */
async function runCycle(folder: string, pipeline: Pipeline, number: number): Promise<Cycle> {
  const now = friday + number * 5 * minute;
  const clock = { ...systemClock, now: () => now };
  const runId = `${author.runId}${String(number)}`;
  const writer = await openLakeWriter({ folder, author: { ...author, runId }, clock, emit: () => undefined });
  const reader = await openLakeReader(folder);
  const prices = new Map(symbols.map((symbol) => [symbol, { at: now, price: 100, requestId: 'held/1' }]));
  const chains = new Map(
    symbols.map((symbol) => [symbol, { asOf: now - 60_000, requestId: 'held/2', contracts: chain }]),
  );
  const knowledge = growingKnowledge({
    ...emptySnapshot,
    chains: new Map([['mock', chains]]),
    quotes: new Map([['mock', prices]]),
  });
  const context = {
    now,
    options: { ...wholePlan, steps: ['snapshots', 'overview'] },
    knowledge,
    coverage: (_provider: string, series: string) =>
      /^(?:chains|quotes|contracts)\/\w+$/.test(series)
        ? [{ start: now - 1, end: now, state: 'data' as const, at: now - 1 }]
        : [],
    calendar: calendarNamed,
    limits: () => mockLimits,
  };
  const graph = buildTaskGraph(pipeline);
  const plan = makePlan(
    pipeline,
    graph,
    perDataset(() => -1),
    context,
    () => ({ duration: 0, budgets: [] }),
  );
  const answers = new Map(
    plan.tasks.flatMap(({ requests }) => requests.map((request) => [request, answerTo(request)])),
  );
  const never = new AbortController().signal;
  const begun = process.hrtime.bigint();
  const result = await execute({
    ...{ runId, graph, plan, knowledge, writer, clock, stopping: never, stopped: never },
    replan: (task) => planDeferred(task, context),
    provider: () => ({
      name: 'mock',
      open: () => Promise.resolve(null),
      fetch: (request) => Promise.resolve(answers.get(request) ?? answerTo(request)),
      close: () => Promise.resolve(),
    }),
    computing: computing({
      settings: pipeline.analytics,
      knowledge,
      calendar: calendarNamed,
      background: lakeBackground(reader, symbols, pipeline.analytics.rankDays, utcDate(now)),
      keepsAnswers: true,
    }),
    concurrency: () => 4,
    calendar: calendarNamed,
    settleTime: () => 0,
    moments: { last: -Infinity },
    emit: () => undefined,
    symbolLimits: pipeline.symbolLimits,
    asking: (_request, _id, _task, sent) => {
      sent();
    },
  });
  await writer.flush();
  const milliseconds = Number(process.hrtime.bigint() - begun) / 1e6;
  if (result.status !== 'ok') throw new Error(result.tasks.map(({ reason = '' }) => reason).join('\n'));
  await writer.finish();
  await writer.close();
  await expectRanked(reader);
  await reader.close();
  return { milliseconds, rows: result.rows };
}

/** That the overviews are what the cycle is for: ranked, and of whole chains. */
async function expectRanked(reader: Awaited<ReturnType<typeof openLakeReader>>): Promise<void> {
  const { rows } = await reader.query(
    'SELECT count(*) AS n FROM (FROM overviews ORDER BY ts DESC LIMIT 3) WHERE iv_rank IS NOT NULL AND strikes_held = strikes_expected',
  );
  if (rows[0]?.['n'] !== symbols.length) throw new Error('the last overviews are not whole');
}

/** The promise to collectors. */
export const benches: readonly Bench[] = [
  {
    name: 'snapshots: a cycle of 3 symbols, 1,000 contracts each',
    bar: `≤ ${limit} ms from answers to committed rows and overviews`,
    async run() {
      const folder = mkdtempSync(join(tmpdir(), 'pipe-bench-'));
      try {
        const pipeline = await loaded();
        await fill(
          folder,
          pipeline.symbols.map(({ instrument }) => instrument),
        );
        const spent: Cycle[] = [];
        for (let number = 0; number < cycles; number++) spent.push(await runCycle(folder, pipeline, number));
        const [first, ...later] = spent.map(({ milliseconds }) => milliseconds);
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
