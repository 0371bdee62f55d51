import { expect, test } from 'vitest';
import type { Series } from '../../src/core/series.js';
import type { KnownContract } from '../../src/lake/api.js';
import { findKnownId } from '../../src/run/find-upstream.js';
import { equity, instrument } from '../lake/lake-fixture.js';

const asOf = Date.parse('2026-11-20T23:30:00Z');
const knows = (conId: number | null): { contract: () => KnownContract } => ({
  contract: () => ({ asOf, requestId: 'run/1', conId }),
});

test.each<Series>([equity('AAPL'), { dataset: 'quotes', provider: 'mock', instrument: instrument('AAPL') }])(
  'a request for $dataset has the id of the latest contract, with its day',
  (series) => {
    expect(findKnownId(series, knows(265598))).toEqual({ conId: 265598, date: '2026-11-20' });
  },
);

test.each<[Series, ReturnType<typeof knows> | { contract: () => undefined }]>([
  [equity('AAPL'), knows(null)],
  [equity('AAPL'), { contract: () => undefined }],
  [{ dataset: 'chains', provider: 'mock', instrument: instrument('AAPL') }, knows(265598)],
])('a request without a known id has none, and a chain names the ids of its options', (series, knownState) => {
  expect(findKnownId(series, knownState)).toBeUndefined();
});
