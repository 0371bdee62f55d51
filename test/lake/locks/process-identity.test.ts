import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';

import { second } from '../../../src/core/time/time.js';
import {
  getProcessIdentity,
  heartbeatInterval,
  isAlive,
  ownerTimeout,
} from '../../../src/lake/locks/process-identity.js';
import type { ProcessIdentity, ProcessLookup } from '../../../src/lake/locks/process-identity.js';
import { isProcessAlive, processExists } from '../../../src/platform/process-alive.js';

const holder: ProcessIdentity = { pid: 4_711, host: 'box', space: 'pid:[1]', startedAt: 'aaaaaaaa/100' };

function machine(overrides: Partial<ProcessLookup> = {}): ProcessLookup {
  return {
    host: 'box',
    space: 'pid:[1]',
    bootId: 'aaaaaaaa',
    uptime: 86_400 * second,
    exists: () => true,
    readStart: () => ({ startedAt: 'aaaaaaaa/100', hasEnded: false }),
    ...overrides,
  };
}

describe('processExists', () => {
  test.each([0, -1, -process.pid, 1.5, NaN, Infinity, 2 ** 31, 2 ** 32 + process.pid, 2 ** 53])(
    'returns false for the impossible process id %s',
    (pid) => expect(processExists(pid)).toBe(false),
  );

  test('returns true for this process', () => expect(processExists(process.pid)).toBe(true));
});

describe('isProcessAlive', () => {
  test('returns false for a process id that a later process has', () => {
    const { startedAt } = getProcessIdentity();
    const reference = { pid: process.pid, host: hostname() };
    expect(isProcessAlive({ ...reference, startedAt })).toBe(true);
    expect(isProcessAlive(reference)).toBe(true);
    if (startedAt !== null) expect(isProcessAlive({ ...reference, startedAt: '00000000/1' })).toBe(false);
  });
});

describe('isAlive', () => {
  test('looks up a process of this boot, whatever its heartbeat', () => {
    expect(isAlive(holder, 10 * ownerTimeout, machine())).toBe(true);
    expect(isAlive(holder, 0, machine({ exists: () => false }))).toBe(false);
  });

  test('counts a process id that a later process of this boot has as dead', () => {
    const readStart = () => ({ startedAt: 'aaaaaaaa/999', hasEnded: false });
    expect(isAlive(holder, 0, machine({ readStart }))).toBe(false);
  });

  test('counts a holder as dead after a restart of the machine, although its process id exists again', () => {
    const restarted = machine({ bootId: 'bbbbbbbb', uptime: 20 * second });
    expect(isAlive(holder, 2 * heartbeatInterval + 1, restarted)).toBe(false);
  });

  test('counts another machine with the same host name as alive while its heartbeat is recent', () => {
    const copy = machine({ bootId: 'bbbbbbbb', exists: () => false });
    expect(isAlive(holder, heartbeatInterval, copy)).toBe(true);
    expect(isAlive(holder, ownerTimeout, copy)).toBe(true);
    expect(isAlive(holder, ownerTimeout + 1, copy)).toBe(false);
  });

  test('counts a holder of another host by its heartbeat, and one far in the future as dead', () => {
    const other = machine({ host: 'other', exists: () => false });
    expect(isAlive(holder, ownerTimeout, other)).toBe(true);
    expect(isAlive(holder, ownerTimeout + 1, other)).toBe(false);
    expect(isAlive(holder, -ownerTimeout - 1, other)).toBe(false);
  });
});
