import { describe, expect, test } from 'vitest';

import type { TaskStatus } from '../../src/core/events.js';
import type { Failure } from '../../src/core/failure.js';
import { getRunStatus } from '../../src/run/task-state.js';

const unreachable: Failure = { kind: 'fatal', message: 'connection refused' };

function getStatus(statuses: readonly TaskStatus[], fatal: Failure | null = null): string {
  return getRunStatus(
    statuses.map((status, index) => ({
      id: `equity/S${String(index)}`,
      step: 'equity',
      symbol: `S${String(index)}`,
      status,
      requests: status === 'ok' ? 1 : 0,
      rows: 0,
      absences: [],
    })),
    fatal,
  );
}

describe('getRunStatus', () => {
  test.each([
    ['an empty lake', ['failed', 'skipped'], 'failed'],
    ['a lake with everything but the last session', ['up-to-date', 'failed', 'up-to-date'], 'failed'],
    ['a lake with denied windows', ['partial', 'failed'], 'failed'],
    ['answers of another provider', ['ok', 'failed'], 'partial'],
  ] satisfies readonly (readonly [string, readonly TaskStatus[], string])[])(
    'has one word for an unreachable provider: %s',
    (_, statuses, expected) => {
      expect(getStatus(statuses, unreachable)).toBe(expected);
    },
  );

  test.each([
    [['ok', 'up-to-date'], 'ok'],
    [['ok', 'partial'], 'partial'],
    [['up-to-date', 'partial'], 'partial'],
    [['up-to-date', 'failed'], 'partial'],
    [['failed', 'skipped'], 'failed'],
    [['ok', 'cancelled'], 'cancelled'],
  ] satisfies readonly (readonly [readonly TaskStatus[], string])[])('of the tasks %j is %s', (statuses, expected) => {
    expect(getStatus(statuses)).toBe(expected);
  });
});
