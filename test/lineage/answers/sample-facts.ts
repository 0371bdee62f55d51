import type { CoverageState } from '../../../src/core/coverage.js';
import { parseSeriesName } from '../../../src/core/series.js';
import { datasets } from '../../../src/core/tables/tables.js';
import { day, minute } from '../../../src/core/time/time.js';
import type { Instant } from '../../../src/core/time/time.js';
import type { Window } from '../../../src/core/time/window.js';
import type { CommittedFact, FactFilter } from '../../../src/lake/api.js';

export const monday: Instant = Date.parse('2026-11-16T05:00:00Z');

export const runs = [
  '01998a00-0000-7000-8000-00000000000a',
  '01998f26-5a00-7000-8000-00000000000b',
  '0199944c-b400-7000-8000-00000000000c',
] as const;

/** A fact with defaults for everything else. */
export function fact(
  run: 0 | 1 | 2,
  request: number,
  series: string,
  window: Window,
  state: CoverageState,
  rows: number,
  upstream: readonly string[] = [],
  note?: string,
): CommittedFact {
  const dataset = datasets.find((name) => name === parseSeriesName(series).dataset) ?? 'contracts';
  const requestedAt = monday + run * day + 18 * 60 * minute + request * 1_000;
  return {
    provider: 'mock',
    dataset,
    series,
    window,
    state,
    rows,
    requestId: `${runs[run]}/${String(request)}`,
    requestedAt,
    upstream,
    ...(note === undefined ? {} : { reason: note }),
    version: run,
    committedAt: requestedAt + minute,
    step: dataset,
    author: { runId: runs[run], pipeline: { name: 'daily', hash: `${String(run === 0 ? 0 : 1)}f9a1c2b7d5e4f60` } },
  };
}

export function days(from: number, to: number): Window {
  return { start: monday + from * day, end: monday + to * day };
}

function point(run: 0 | 1 | 2, request: number): Window {
  const at = monday + run * day + 18 * 60 * minute + request * 1_000 + 200;
  return { start: at, end: at + 1 };
}

const dailyBars = '1 day/TRADES/rth';

/** Three nights of AAPL: contracts once, chains nightly, bars whose provisional end becomes final, options with problems. */
export function appleFacts(): CommittedFact[] {
  const [first, second, third] = runs;
  const facts = [
    fact(0, 1, 'contracts/AAPL', point(0, 1), 'data', 1),
    fact(0, 2, 'chains/AAPL', point(0, 2), 'data', 482, [`${first}/1`]),
    fact(0, 3, `equity_bars/AAPL/${dailyBars}`, days(-250, 0), 'data', 173, [`${first}/1`]),
    fact(0, 3, `equity_bars/AAPL/${dailyBars}`, days(0, 1), 'provisional', 1, [`${first}/1`]),
    fact(1, 1, 'chains/AAPL', point(1, 1), 'data', 486, [`${first}/1`]),
    fact(1, 2, `equity_bars/AAPL/${dailyBars}`, days(0, 1), 'data', 1, [`${first}/1`]),
    fact(1, 2, `equity_bars/AAPL/${dailyBars}`, days(1, 2), 'provisional', 1, [`${first}/1`]),
    fact(2, 1, `equity_bars/AAPL/${dailyBars}`, days(1, 3), 'failed', 0, [`${first}/1`], 'no answer in 30s'),
  ];
  let request = 10;
  for (const strike of [225, 230, 235, 240]) {
    for (const right of ['C', 'P']) {
      const series = `option_bars/AAPL/2026-12-18/${String(strike)}/${right}/${dailyBars}`;
      facts.push(
        fact(1, ++request, series, days(-5, 0), strike === 240 ? 'empty' : 'data', strike === 240 ? 0 : 5, [
          `${second}/1`,
          `${first}/3`,
        ]),
      );
      facts.push(
        fact(
          2,
          ++request,
          series,
          days(0, 2),
          strike === 225 ? 'denied' : 'data',
          strike === 225 ? 0 : 2,
          [`${second}/1`, `${second}/2`],
          strike === 225 ? 'no market data permission' : undefined,
        ),
      );
    }
  }
  facts.push(
    fact(2, 90, `option_bars/AAPL/2026-12-18/235/C/${dailyBars}`, days(-3, -2), 'data', 1, [
      `${second}/1`,
      `${third}/1`,
    ]),
  );
  return facts;
}

/** A lake with these facts. */
export function createFactSource(facts: readonly CommittedFact[]): {
  readFacts(filter: FactFilter): AsyncIterable<CommittedFact>;
} {
  return {
    async *readFacts(filter) {
      for (const one of facts) {
        if (filter.symbol !== undefined && parseSeriesName(one.series).symbol !== filter.symbol) continue;
        if (filter.datasets !== undefined && !filter.datasets.includes(one.dataset)) continue;
        if (filter.runId !== undefined && one.author.runId !== filter.runId) continue;
        yield one;
      }
    },
  };
}
