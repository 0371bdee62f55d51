import { expect, test } from 'vitest';
import { describeLockHeld, formatLockHolder, formatLockTarget } from '../../../src/cli/output/format-lock.js';

test('formatLockTarget names what each kind of lock protects', () => {
  expect(formatLockTarget({ kind: 'pipeline', pipeline: 'daily' })).toBe('daily');
  expect(formatLockTarget({ kind: 'alerts', pipeline: 'daily' })).toBe('alerts of daily');
  expect(formatLockTarget({ kind: 'channel', pipeline: 'daily', channel: 'desk' })).toBe(
    'notifications of daily to desk',
  );
  expect(formatLockTarget({ kind: 'collector' })).toBe('collector');
});

test('formatLockHolder names the process, or the file of a lock that cannot be read', () => {
  const since = Date.UTC(2026, 10, 20, 23);
  const holder = {
    target: { kind: 'collector' as const },
    pid: 12,
    host: 'desk',
    space: null,
    startedAt: null,
    runId: 'run',
    command: 'pipe serve',
    since,
    heartbeat: since,
  };
  expect(formatLockHolder({ kind: 'lock-held', holder })).toBe('pid 12 on desk, since 2026-11-20 23:00 UTC');
  const unreadable = { kind: 'lock-unreadable' as const, path: 'data/_locks/daily.lock', until: since };
  expect(formatLockHolder(unreadable)).toBe('unknown process, data/_locks/daily.lock cannot be read');
  expect(describeLockHeld(unreadable)).toBe(
    'the lock data/_locks/daily.lock cannot be read: its process may be at work until 2026-11-20 23:00 UTC',
  );
});
