import { describe, expect, test } from 'vitest';

import type { BarSize } from '../../src/core/bars.js';
import type { Delivery } from '../../src/core/delivery.js';
import type { Rows } from '../../src/core/rows.js';
import type { Series } from '../../src/core/series.js';
import { emptySnapshot, growingKnowledge } from '../../src/plan/knowledge.js';
import type { KnowledgeSnapshot } from '../../src/plan/knowledge.js';
import { equitySeries, pointSeries } from '../../src/plan/series-of-step.js';
import { chainsStep, contractsStep, equityStep, instrumentOf } from '../fixtures/pipelines.js';
import { barRows, chainOf, chainRows, contractRows } from '../fixtures/rows.js';

const aapl = instrumentOf('AAPL');
const chain = chainOf(['2026-12-18'], [100, 110]);

function delivery(series: Series, rows: Rows | null, requestId = 'run/1', answeredAt = 5): Delivery {
  return { requestId, series, step: 'any', requestedAt: 1, answeredAt, upstream: [], settled: [], rows };
}

function bars(barSize: BarSize, date: string, close: number, requestId: string): Delivery {
  const rows = barRows('equity_bars', [Date.parse(`${date}T14:30:00Z`), Date.parse(`${date}T20:30:00Z`)], close);
  return delivery(equitySeries(equityStep(), aapl, barSize), rows, requestId);
}

const snapshot: KnowledgeSnapshot = {
  ...emptySnapshot,
  contracts: new Map([['mock', new Map([['AAPL', { asOf: 1, requestId: 'old/1', conId: 3 }]])]]),
  chains: new Map([['mock', new Map([['AAPL', { asOf: 1, requestId: 'old/2', contracts: [] }]])]]),
  closes: new Map([['mock', new Map([['AAPL', { session: '2026-11-18', close: 90, requestId: 'old/3' }]])]]),
};

describe('knowledge', () => {
  test('is what the lake knew until something is learned', () => {
    const knowledge = growingKnowledge(snapshot);
    expect(knowledge.contract('mock', 'AAPL')?.conId).toBe(3);
    expect(knowledge.chain('mock', 'AAPL')?.requestId).toBe('old/2');
    expect(knowledge.close('mock', 'AAPL')?.close).toBe(90);
    expect(knowledge.close('mock', 'MSFT')).toBeUndefined();
    expect(growingKnowledge(emptySnapshot).contract('mock', 'AAPL')).toBeUndefined();
  });

  test('grows by contracts and chains, with the request they came from', () => {
    const knowledge = growingKnowledge(snapshot);
    knowledge.learn(delivery(pointSeries(contractsStep(), aapl), contractRows(8), 'run/1'));
    knowledge.learn(delivery(pointSeries(chainsStep(), aapl), chainRows(chain), 'run/2'));
    expect(knowledge.contract('mock', 'AAPL')).toEqual({ asOf: 5, requestId: 'run/1', conId: 8 });
    expect(knowledge.chain('mock', 'AAPL')).toEqual({ asOf: 5, requestId: 'run/2', contracts: chain });
  });

  test('keeps what it has when an answer is empty, and leaves out rows that are no option', () => {
    const knowledge = growingKnowledge(snapshot);
    knowledge.learn(delivery(pointSeries(chainsStep(), aapl), null));
    expect(knowledge.chain('mock', 'AAPL')?.requestId).toBe('old/2');
    const odd = chainRows(chain);
    const right = ['C', null, 'x', 'P'];
    knowledge.learn(delivery(pointSeries(chainsStep(), aapl), { ...odd, columns: { ...odd.columns, right } }));
    expect(knowledge.chain('mock', 'AAPL')?.contracts).toEqual([chain[0], chain[3]]);
  });

  test('an id that the source does not have is null', () => {
    const knowledge = growingKnowledge(emptySnapshot);
    knowledge.learn(delivery(pointSeries(contractsStep(), aapl), contractRows(NaN)));
    expect(knowledge.contract('mock', 'AAPL')?.conId).toBeNull();
  });

  test('the close is that of the latest session, whatever order answers come in', () => {
    const knowledge = growingKnowledge(snapshot);
    knowledge.learn(bars('1 day', '2026-11-20', 101, 'run/1'));
    knowledge.learn(bars('1 day', '2026-11-17', 80, 'run/2'));
    expect(knowledge.close('mock', 'AAPL')).toEqual({ session: '2026-11-20', close: 101, requestId: 'run/1' });
  });

  test('an answer that repeats the session of the lake replaces it', () => {
    const knowledge = growingKnowledge(snapshot);
    knowledge.learn(bars('1 day', '2026-11-18', 91, 'run/1'));
    expect(knowledge.close('mock', 'AAPL')?.close).toBe(91);
  });

  test('the daily close goes before that of shorter bars, whichever comes first', () => {
    const answers = [bars('1 day', '2026-11-20', 101, 'run/1'), bars('5 mins', '2026-11-20', 100.9, 'run/2')];
    for (const order of [answers, answers.toReversed()]) {
      const knowledge = growingKnowledge(emptySnapshot);
      for (const answer of order) knowledge.learn(answer);
      expect(knowledge.close('mock', 'AAPL')).toEqual({ session: '2026-11-20', close: 101, requestId: 'run/1' });
    }
  });

  test('shorter bars serve where there are no others', () => {
    const knowledge = growingKnowledge(snapshot);
    knowledge.learn(bars('5 mins', '2026-11-20', 100.9, 'run/1'));
    knowledge.learn(bars('1 min', '2026-11-20', 100.8, 'run/2'));
    expect(knowledge.close('mock', 'AAPL')?.close).toBe(100.8);
  });

  test('a bar without a close teaches nothing', () => {
    const knowledge = growingKnowledge(snapshot);
    knowledge.learn(bars('1 day', '2026-11-20', NaN, 'run/1'));
    expect(knowledge.close('mock', 'AAPL')?.session).toBe('2026-11-18');
  });
});
