import { describe, expect, test } from 'vitest';

import { isLacking, mergeAbsences } from '../../src/core/absence.js';
import type { Absence } from '../../src/core/absence.js';
import { describeAbsenceGroup, describeAbsences, groupAbsences } from '../../src/core/describe-absences.js';

const denied = (windows: number, isAccepted = false): Absence => ({ kind: 'denied', windows, isAccepted });

describe('describeAbsences', () => {
  test.each([
    [[denied(20)], '20 sessions denied'],
    [[denied(1)], 'denied'],
    [[denied(5, true)], '5 sessions denied, accepted'],
    [
      [denied(2), { kind: 'unavailable', windows: 3, isAccepted: true } as const],
      '2 sessions denied; 3 sessions unavailable',
    ],
  ])('%j is "%s"', (absences, text) => {
    expect(describeAbsences(absences)).toBe(text);
  });
});

describe('groupAbsences', () => {
  test('names the symbols of each kind, those that are not accepted first, each symbol once', () => {
    const groups = groupAbsences([
      { symbol: 'MSFT', absences: [denied(1, true)] },
      { symbol: 'GOOGL', absences: [denied(20)] },
      { symbol: 'GOOGL', absences: [denied(1)] },
      { symbol: 'TSLA', absences: [denied(20)] },
      { symbol: 'TSLA', absences: [], isBlocked: true },
    ]);
    expect(groups.map(describeAbsenceGroup)).toEqual([
      '2 denied: GOOGL, TSLA; --retry-denied',
      '1 blocked: TSLA',
      '1 denied, accepted: MSFT',
    ]);
  });

  test('counts the symbols beyond the eight that it names', () => {
    const tasks = Array.from({ length: 12 }, (_, index) => ({ symbol: `S${String(index)}`, absences: [denied(1)] }));
    expect(groupAbsences(tasks).map(describeAbsenceGroup)).toEqual([
      '12 denied: S0, S1, S2, S3, S4, S5, S6, S7 and 4 more; --retry-denied',
    ]);
  });
});

test('mergeAbsences adds equal kinds, and isLacking ignores what is accepted', () => {
  expect(mergeAbsences([denied(2), denied(3), denied(1, true)])).toEqual([denied(5), denied(1, true)]);
  expect(isLacking([denied(1, true)])).toBe(false);
  expect(isLacking([denied(1, true), denied(1)])).toBe(true);
});
