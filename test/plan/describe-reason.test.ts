import { describe, expect, test } from 'vitest';

import { day, hour } from '../../src/core/time/time.js';
import type { GapReason } from '../../src/plan/plan.js';
import { describeReason, summarizeReasons } from '../../src/plan/describe-reason.js';

const at = Date.parse('2026-11-19T22:00:00Z');
const table: readonly (readonly [GapReason, string])[] = [
  [{ kind: 'never-requested' }, 'never requested'],
  [{ kind: 'forced' }, 'forced'],
  [{ kind: 'inputs-changed', subject: 'snapshots' }, 'newer snapshots'],
  [{ kind: 'too-old', subject: 'chain', lastRequestedAt: at, refresh: day }, 'chain older than 1d'],
  [{ kind: 'too-old', subject: 'contract', lastRequestedAt: at, refresh: 36 * hour }, 'contract older than 1d12h'],
  [{ kind: 'requested-before', state: 'failed', lastRequestedAt: at }, 'failed when requested on 2026-11-19'],
  [{ kind: 'requested-before', state: 'denied', lastRequestedAt: at }, 'denied when requested on 2026-11-19'],
  [{ kind: 'requested-before', state: 'unavailable', lastRequestedAt: at }, 'unavailable when requested on 2026-11-19'],
  [{ kind: 'requested-before', state: 'missing', lastRequestedAt: at }, 'file missing'],
  [{ kind: 'requested-before', state: 'provisional', lastRequestedAt: at }, 'provisional'],
];

describe('describeReason and summarizeReasons', () => {
  test.each(table)('describes %j as "%s"', (reason, words) => {
    expect(describeReason(reason)).toBe(words);
  });

  test('counts the reasons of several gaps, most frequent first', () => {
    const gaps = [
      { kind: 'requested-before', state: 'failed', lastRequestedAt: at },
      { kind: 'never-requested' },
      { kind: 'never-requested' },
    ] as const;
    const window = { start: 0, end: 1 };
    expect(summarizeReasons(gaps.map((reason) => ({ window, reason })))).toBe(
      'never requested (2), failed when requested on 2026-11-19 (1)',
    );
    expect(summarizeReasons([{ window, reason: { kind: 'forced' } }])).toBe('forced');
  });
});
