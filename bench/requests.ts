import { mapDatasets } from '../src/core/tables/tables.js';
import { supportedExchanges } from '../src/calendar/calendars.js';
import { requireCalendar } from '../test/fixtures/require-calendar.js';
import { barSizes } from '../src/core/tables/bars.js';
import type { BarSize } from '../src/core/tables/bars.js';
import type { TradingSession } from '../src/core/time/calendar.js';
import { day } from '../src/core/time/time.js';
import type { Duration } from '../src/core/time/time.js';
import { buildTaskGraph } from '../src/plan/task-graph.js';
import { loadPipeline } from '../src/config/pipeline/load-pipeline.js';
import { emptyKnownState, createKnownState } from '../src/plan/known-state.js';
import { listRequests } from '../src/plan/plan.js';
import { makePlan } from '../src/plan/make-plan.js';
import { defaultPlanOptions } from '../src/plan/plan-options.js';
import { mockLimits } from '../src/providers/mock/provider.js';
import type { Bench } from './bench.js';

const now = Date.parse('2026-11-20T23:30:00Z');
const from = '2024-11-20';
const sizes: readonly BarSize[] = ['1 secs', '30 secs', '1 min', '5 mins', '15 mins', '1 hour', '4 hours', '1 day'];

const yaml = `name: cold
symbols: [AAPL]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: [${sizes.join(', ')}], from: ${from} }
`;

/** Counts the requests of a plan for an empty lake, by bar size. */
async function countPlannedRequests(): Promise<ReadonlyMap<BarSize, number>> {
  const loaded = await loadPipeline('cold.yaml', {
    environment: {},
    resolveAuto: () => ({ provider: 'mock', warning: null }),
    knownCalendars: supportedExchanges,
    readFile: () => Promise.resolve(Buffer.from(yaml)),
  });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  const context = {
    now,
    options: defaultPlanOptions,
    knownState: createKnownState(emptyKnownState),
    coverage: () => [],
    calendar: requireCalendar,
    limits: () => mockLimits,
    delta: () => null,
  };
  const versions = mapDatasets(() => -1);
  const plan = makePlan(loaded.pipeline, buildTaskGraph(loaded.pipeline), versions, context, () => ({
    duration: 0,
    budgets: [],
  }));
  const counts = new Map<BarSize, number>();
  for (const { series } of plan.tasks.flatMap(listRequests)) {
    if (series.dataset === 'equity_bars') counts.set(series.barSize, (counts.get(series.barSize) ?? 0) + 1);
  }
  return counts;
}

/**
 * The minimum number of windows within the limit that hold all sessions: tries every possible begin of the window that
 * ends with each session. Days are counted by date, as providers count them.
 */
function countMinWindows(sessions: readonly TradingSession[], maxWindow: Duration): number {
  const days = Math.floor(maxWindow / day);
  const first = sessions.map(({ date }) => Math.round(Date.parse(date) / day));
  const minCounts = [0];
  for (let end = 1; end <= sessions.length; end++) {
    let least = Infinity;
    for (let begin = 0; begin < end; begin++) {
      const length = (first[end - 1] ?? 0) - (first[begin] ?? 0) + 1;
      if (length <= days) least = Math.min(least, (minCounts[begin] ?? 0) + 1);
    }
    minCounts.push(least);
  }
  return minCounts[sessions.length] ?? 0;
}

/** A cold start waits for its requests: each unnecessary one costs a slot of the provider's budget. */
export const benches: readonly Bench[] = [
  {
    name: 'requests: cold start of one series, two years, eight bar sizes',
    target: 'exactly the fewest the limits allow',
    async run() {
      const planned = await countPlannedRequests();
      const sessions = requireCalendar('XNYS').sessions(from, '2026-11-21');
      const counts = sizes.map((size) => {
        const maxWindow = Math.max(mockLimits.maxWindow[size], barSizes[size]);
        return { size, asked: planned.get(size) ?? 0, least: countMinWindows(sessions, maxWindow) };
      });
      const impossible = counts.find(({ asked: requestCount, least }) => requestCount < least);
      if (impossible !== undefined)
        throw new Error(`${impossible.size}: ${impossible.asked} requests cannot hold all sessions`);
      const detail = counts
        .map(({ size, asked: requestCount, least }) => `${size}: ${requestCount} of ${least}`)
        .join(', ');
      const measured = Math.max(...counts.map(({ asked: requestCount, least }) => requestCount / least));
      return { measured, unit: '×', limit: 1, better: 'lower', detail };
    },
  },
];
