import { describe, expect, test } from 'vitest';

import type { FailureKind } from '../../src/core/failure.js';
import { hintFor } from '../../src/run/failure-hint.js';

describe('remedies', () => {
  const table: readonly (readonly [FailureKind, RegExp | null])[] = [
    ['retryable', /next run asks again/],
    ['pacing', /pacing budgets/],
    ['denied', /--retry-denied/],
    ['lost', null],
    ['invalid', /symbol/],
    ['fatal', /credentials/],
  ];
  test.each(table)('for %s', (kind, words) => {
    const hint = hintFor({ kind, message: 'x' });
    if (words === null) expect(hint).toBeNull();
    else expect(hint).toMatch(words);
  });
});
