import { describe, expect, test } from 'vitest';

import type { FailureKind } from '../../src/core/failure.js';
import { getFailureHint } from '../../src/run/failure-hint.js';

describe('getFailureHint', () => {
  const table: readonly (readonly [FailureKind, RegExp | null])[] = [
    ['retryable', /next run retries/],
    ['pacing', /pacing budgets/],
    ['denied', /--retry-denied/],
    ['unavailable', null],
    ['invalid', /symbol/],
    ['fatal', /credentials/],
  ];
  test.each(table)('returns the hint for %s', (kind, words) => {
    const hint = getFailureHint({ kind, message: 'x' });
    if (words === null) expect(hint).toBeNull();
    else expect(hint).toMatch(words);
  });
});
