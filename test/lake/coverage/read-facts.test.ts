import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommittedFact, FactFilter } from '../../../src/lake/api.js';
import { readFacts } from '../../../src/lake/coverage/read-facts.js';
import { fact, writeLog } from './log-files.js';

let table = '';
beforeEach(async () => {
  table = await mkdtemp(join(tmpdir(), 'facts-'));
});
afterEach(() => rm(table, { recursive: true, force: true }));

async function facts(filter: FactFilter): Promise<readonly CommittedFact[]> {
  const found: CommittedFact[] = [];
  for await (const one of readFacts(table, 'equity_bars', filter)) found.push(one);
  return found;
}

describe('readFacts', () => {
  const option = { series: 'equity_bars/A%2FB/5 mins/TRADES/all' };
  beforeEach(() =>
    writeLog(table, [
      { runId: 'one', facts: [fact('AAPL', 0, 10), fact('AA', 0, 10), fact('A%2FB', 0, 10)] },
      {
        runId: 'two',
        facts: [fact('AAPL', 10, 20, { state: 'failed', reason: 'AA', rows: 0 }), fact('A%2FB', 0, 5, option)],
      },
    ]),
  );

  test('returns facts oldest first with their commits', async () => {
    const all = await facts({});
    expect(all.map(({ version, series }) => [version, series.split('/')[1]])).toEqual([
      [0, 'AAPL'],
      [0, 'AA'],
      [0, 'A%2FB'],
      [1, 'AAPL'],
      [1, 'A%2FB'],
    ]);
    expect(all[3]).toEqual({
      ...fact('AAPL', 10, 20, { state: 'failed', reason: 'AA', rows: 0 }).fact,
      dataset: 'equity_bars',
      timeZone: 'America/New_York',
      version: 1,
      committedAt: 1001,
      step: 'prices',
      author: { runId: 'two', pipeline: { name: 'nightly', hash: 'abc' } },
    });
  });

  test.each([
    ['AA', 1],
    ['AAPL', 2],
    ['A/B', 2],
    ['A', 0],
    ['A%2FB', 0],
  ])('returns the facts of symbol %s: %d', async (symbol, count) => {
    const found = await facts({ symbol });
    expect(found).toHaveLength(count);
  });

  test('returns only the facts of the given run and tables', async () => {
    expect(await facts({ runId: 'two', symbol: 'AAPL' })).toHaveLength(1);
    expect(await facts({ runId: 'run' })).toEqual([]);
    expect(await facts({ datasets: ['chains'] })).toEqual([]);
  });

  test('returns nothing without a table', async () => {
    await rm(table, { recursive: true });
    expect(await facts({})).toEqual([]);
  });
});
