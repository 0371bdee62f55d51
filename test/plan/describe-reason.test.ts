import { describe, expect, test } from 'vitest';

import { day, hour } from '../../src/core/time/time.js';
import type { GapReason } from '../../src/plan/plan.js';
import { describeReason, summarizeReasons } from '../../src/plan/describe-reason.js';

const at = Date.parse('2026-11-19T22:00:00Z');
const table: readonly (readonly [GapReason, string])[] = [
  [{ kind: 'never-asked' }, 'never asked'],
  [{ kind: 'forced' }, 'forced'],
  [{ kind: 'too-old', subject: 'chain', lastRequestedAt: at, refresh: day }, 'chain older than 1d'],
  [{ kind: 'too-old', subject: 'contract', lastRequestedAt: at, refresh: 36 * hour }, 'contract older than 1d12h'],
  [{ kind: 'asked-before', state: 'failed', lastRequestedAt: at }, 'failed 2026-11-19'],
  [{ kind: 'asked-before', state: 'denied', lastRequestedAt: at }, 'denied 2026-11-19'],
  [{ kind: 'asked-before', state: 'lost', lastRequestedAt: at }, 'lost 2026-11-19'],
  [{ kind: 'asked-before', state: 'missing', lastRequestedAt: at }, 'file missing'],
  [{ kind: 'asked-before', state: 'provisional', lastRequestedAt: at }, 'provisional'],
];

describe('reasons in words', () => {
  test.each(table)('%j', (reason, words) => {
    expect(describeReason(reason)).toBe(words);
  });

  test('of many gaps are counted, the most frequent first', () => {
    const gaps = [
      { kind: 'asked-before', state: 'failed', at },
      { kind: 'never-asked' },
      { kind: 'never-asked' },
    ] as const;
    const window = { start: 0, end: 1 };
    expect(summarizeReasons(gaps.map((reason) => ({ window, reason })))).toBe('never asked (2), failed 2026-11-19 (1)');
    expect(summarizeReasons([{ window, reason: { kind: 'forced' } }])).toBe('forced');
  });
});
