import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FetchResult } from '../../src/core/fetch-result.js';
import { addDays } from '../../src/core/time/time.js';
import { bars, equity, option, temporaryFolder, rowlessResult } from '../lake/lake-fixture.js';
import { check, prerequisites, store } from './checking.js';

const call = { expiry: '2026-03-20', strike: 50, right: 'C', conId: null } as const;

test('reports no findings for a lake after any sequence of repeated results', async () => {
  const arbitraryResult = fc
    .record({
      symbol: fc.constantFrom('A/B', "O'Neil"),
      isOption: fc.boolean(),
      first: fc.nat({ max: 40 }),
      days: fc.integer({ min: 1, max: 15 }),
      state: fc.constantFrom('data', 'data', 'provisional', 'empty', 'failed', 'unavailable'),
    })
    .map(({ symbol, isOption, first, days, state }): FetchResult => {
      const series = isOption ? option(symbol, call) : equity(symbol);
      const from = addDays('2025-12-10', first);
      const to = addDays(from, days);
      return state === 'data' || state === 'provisional'
        ? bars(series, from, to, { state })
        : rowlessResult(series, from, to, state);
    });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(arbitraryResult, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      async (commits) => {
        const folder = await temporaryFolder();
        await store(folder, [prerequisites, ...commits]);
        const { findings, notChecked } = await check(folder);
        expect({ findings, notChecked }).toEqual({ findings: [], notChecked: [] });
      },
    ),
    { numRuns: 12 },
  );
});
