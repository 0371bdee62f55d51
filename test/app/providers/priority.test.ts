import { expect, test } from 'vitest';

import { getPriority } from '../../../src/app/providers/priority.js';
import { equitySeries, optionSeries } from '../../../src/plan/tasks/step-series.js';
import { createEquityStep, createInstrument, createOptionsStep } from '../../fixtures/pipelines.js';

const now = Date.parse('2026-11-18T12:00:00Z');
const spy = createInstrument('SPY');

test.each([
  ['2026-11-18', 0],
  ['2026-11-20', 0],
  ['2026-11-21', 5],
  ['2027-01-15', 5],
])('bars of an option that expires on %s have priority %i', (expiry, expected) => {
  const contract = { expiry, strike: 100, right: 'C', conId: null } as const;
  const series = optionSeries(createOptionsStep(), spy, contract, '1 day');
  expect(getPriority({ series, window: null, closes: [] }, 5, now)).toBe(expected);
});

test('bars of an equity have the priority of their symbol', () => {
  const series = equitySeries(createEquityStep(), spy, '1 day');
  expect(getPriority({ series, window: null, closes: [] }, 3, now)).toBe(3);
});
