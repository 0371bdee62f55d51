import { expect, test } from 'vitest';

import { resolveInstant, resolvePoint } from '../../../src/lineage/answers/value-origin.js';
import { appleFacts, days, fact, monday } from './sample-facts.js';

const bars = 'equity_bars/AAPL/1 day/TRADES/rth';
const barFacts = appleFacts().filter(({ series }) => series === bars);

test('an instant that a later request answered again has the earlier result as replaced', () => {
  const history = resolveInstant(barFacts, days(0, 1).start);
  expect(history.current).toMatchObject({ state: 'data', version: 1 });
  expect(history.replaced).toMatchObject([{ fact: { state: 'provisional', version: 0 }, by: { version: 1 } }]);
  expect(history.ignored).toEqual([]);
});

test('a failed repetition of a final answer is ignored, and of an open window current', () => {
  const repeated = [...barFacts, fact(2, 7, bars, days(-3, 0), 'failed', 0, [], 'no answer in 30s')];
  const final = resolveInstant(repeated, days(-2, 0).start);
  expect(final.current).toMatchObject({ state: 'data', version: 0 });
  expect(final.ignored).toMatchObject([{ state: 'failed', version: 2 }]);
  expect(resolveInstant(repeated, days(2, 3).start).current).toMatchObject({ state: 'failed' });
});

test('an instant that was never requested has no result', () => {
  expect(resolveInstant(barFacts, days(9, 10).start)).toEqual({ current: null, replaced: [], ignored: [] });
});

test('the state of a chain at a time is its last answer until then, with the answers before it', () => {
  const chains = appleFacts().filter(({ series }) => series === 'chains/AAPL');
  const at = (instant: number) => resolvePoint(chains, instant);
  expect(at(monday + 20 * 3_600_000)).toMatchObject({ current: { version: 0 }, replaced: [] });
  const later = at(days(5, 6).start);
  expect(later.current).toMatchObject({ version: 1, rows: 486 });
  expect(later.replaced).toMatchObject([{ fact: { version: 0, rows: 482 }, by: { version: 1 } }]);
  expect(at(monday).current).toBeNull();
});
