import { describe, expect, test } from 'vitest';

import type { FailureKind } from '../../src/core/failure.js';
import { getFailureHint } from '../../src/run/failure-hint.js';

describe('getFailureHint', () => {
  const table: readonly (readonly [FailureKind, RegExp])[] = [
    ['retryable', /next run retries/],
    ['pacing', /pacing budgets/],
    ['denied', /--retry-denied/],
    ['unavailable', /--force/],
    ['invalid', /symbol/],
    ['fatal', /credentials/],
  ];
  test.each(table)('returns the hint for %s', (kind, words) => {
    expect(getFailureHint({ kind, message: 'x' })).toMatch(words);
  });
});
