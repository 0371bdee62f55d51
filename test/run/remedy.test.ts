import { describe, expect, test } from 'vitest';

import type { FailureKind } from '../../src/core/failure.js';
import { remedyFor } from '../../src/run/remedy.js';

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
    const remedy = remedyFor({ kind, message: 'x' });
    if (words === null) expect(remedy).toBeNull();
    else expect(remedy).toMatch(words);
  });
});
