import { perDataset } from '../src/core/tables.js';
import { calendarOf, knownExchanges } from '../src/calendar/calendars.js';
import { barSizes } from '../src/core/bars.js';
import type { BarSize } from '../src/core/bars.js';
import type { Calendar, Session } from '../src/core/calendar.js';
import { day } from '../src/core/time.js';
import type { Duration } from '../src/core/time.js';
import { buildTaskGraph } from '../src/graph/task-graph.js';
import { loadPipeline } from '../src/pipeline/load.js';
import { emptySnapshot, growingKnowledge } from '../src/plan/knowledge.js';
import { makePlan } from '../src/plan/make-plan.js';
import { wholePlan } from '../src/plan/options.js';
import { mockLimits } from '../src/providers/mock/provider.js';
import type { Bench } from './table.js';

const now = Date.parse('2026-11-20T23:30:00Z');
const from = '2024-11-20';
const sizes: readonly BarSize[] = ['1 secs', '30 secs', '1 min', '5 mins', '15 mins', '1 hour', '4 hours', '1 day'];

const yaml = `name: cold
symbols: [AAPL]
steps:
  contracts: {}
  equity: { needs: contracts, bar_size: [${sizes.join(', ')}], from: ${from} }
`;

/** What a plan for an empty lake asks for, by bar size. */
async function plannedRequests(): Promise<ReadonlyMap<BarSize, number>> {
  const loaded = await loadPipeline('cold.yaml', {
    environment: {},
    auto: () => ({ provider: 'mock', warning: null }),
    knownCalendars: knownExchanges,
    readFile: () => Promise.resolve(Buffer.from(yaml)),
  });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  const context = {
    now,
    options: wholePlan,
    knowledge: growingKnowledge(emptySnapshot),
    coverage: () => [],
    calendar: calendarNamed,
    limits: () => mockLimits,
  };
  const versions = perDataset(() => -1);
  const plan = makePlan(loaded.pipeline, buildTaskGraph(loaded.pipeline), versions, context, () => ({
    duration: 0,
    budgets: [],
  }));
  const counts = new Map<BarSize, number>();
  for (const { series } of plan.tasks.flatMap(({ requests }) => requests)) {
    if (series.dataset === 'equity_bars') counts.set(series.barSize, (counts.get(series.barSize) ?? 0) + 1);
  }
  return counts;
}

function calendarNamed(name: string): Calendar {
  const found = calendarOf(name);
  if (found === undefined) throw new Error(`there is no calendar ${name}`);
  return found;
}

/**
 * The fewest windows, each within the limit, that hold all sessions: tries for every session each place where the window
 * that ends with it may begin. Days are counted as the sources count them, by date.
 */
function fewest(sessions: readonly Session[], longest: Duration): number {
  const days = Math.floor(longest / day);
  const first = sessions.map(({ date }) => Math.round(Date.parse(date) / day));
  const best = [0];
  for (let end = 1; end <= sessions.length; end++) {
    let least = Infinity;
    for (let begin = 0; begin < end; begin++) {
      const length = (first[end - 1] ?? 0) - (first[begin] ?? 0) + 1;
      if (length <= days) least = Math.min(least, (best[begin] ?? 0) + 1);
    }
    best.push(least);
  }
  return best[sessions.length] ?? 0;
}

/** Requests are what a cold start waits for: each one too many costs a turn of the source's budget. */
export const benches: readonly Bench[] = [
  {
    name: 'requests: cold start of one series, two years, eight bar sizes',
    bar: 'exactly the fewest the limits allow',
    async run() {
      const planned = await plannedRequests();
      const sessions = calendarNamed('XNYS').sessions(from, '2026-11-21');
      const counts = sizes.map((size) => {
        const longest = Math.max(mockLimits.longestWindow[size], barSizes[size]);
        return { size, asked: planned.get(size) ?? 0, least: fewest(sessions, longest) };
      });
      const short = counts.find(({ asked, least }) => asked < least);
      if (short !== undefined) throw new Error(`${short.size}: ${short.asked} requests cannot hold all sessions`);
      const detail = counts.map(({ size, asked, least }) => `${size}: ${asked} of ${least}`).join(', ');
      const measured = Math.max(...counts.map(({ asked, least }) => asked / least));
      return { measured, unit: '×', limit: 1, better: 'lower', detail };
    },
  },
];
