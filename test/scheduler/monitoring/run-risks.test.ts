import { describe, expect, test } from 'vitest';

import { day, hour } from '../../../src/core/time/time.js';
import {
  computeDailyGrowth,
  findRunRisks,
  findWeeklyLoginBefore,
} from '../../../src/scheduler/monitoring/run-risks.js';
import type { RiskInput } from '../../../src/scheduler/monitoring/run-risks.js';

/** A Friday evening in New York. */
const now = Date.parse('2026-11-20T23:00:00Z');
/** The run of Monday evening. */
const nextRun = Date.parse('2026-11-23T23:30:00Z');

const noRisk: RiskInput = {
  now,
  nextRun,
  estimatedEnd: nextRun + hour,
  kite: { kind: 'unused' },
  ib: { isUsed: false, lastAnswer: null },
  disk: { folder: 'data', freeBytes: 500e9, growth: [{ at: now - day, bytes: 1e6 }] },
  readOnlyFolders: [],
  circuits: [],
  denied: [],
};

const kinds = (input: Partial<RiskInput>): readonly string[] =>
  findRunRisks({ ...noRisk, ...input }).map(({ kind }) => kind);

describe('the risks of the next run', () => {
  test('are none if nothing is known to fail', () => {
    expect(findRunRisks(noRisk)).toEqual([]);
  });

  test('a token of Kite that ends at 06:00 in India before or during the run', () => {
    const ends = Date.parse('2026-11-21T00:30:00Z');
    const [risk] = findRunRisks({ ...noRisk, kite: { kind: 'token', expiresAt: ends } });
    expect(risk?.message).toBe(
      'the access token of Kite ends 2026-11-21 06:00 Kolkata, before the run (next run 2026-11-24 05:00 Kolkata)',
    );
    expect(risk).toMatchObject({ kind: 'token-expires', subject: 'kite', until: nextRun });
    expect(kinds({ kite: { kind: 'token', expiresAt: nextRun + hour / 2 } })).toEqual(['token-expires']);
    expect(kinds({ kite: { kind: 'token', expiresAt: now - hour } })).toEqual(['token-expires']);
    expect(kinds({ kite: { kind: 'token', expiresAt: nextRun + 2 * hour } })).toEqual([]);
    expect(kinds({ kite: { kind: 'no-credentials', message: 'none', hint: 'log in' } })).toEqual(['credentials']);
  });

  test('the weekly login of IB, until a run has received data after it', () => {
    const sunday = Date.parse('2026-11-22T06:00:00Z');
    expect(findWeeklyLoginBefore(nextRun)).toBe(sunday);
    expect(kinds({ ib: { isUsed: true, lastAnswer: now - hour } })).toEqual(['weekly-login']);
    expect(kinds({ ib: { isUsed: true, lastAnswer: sunday + hour }, now: sunday + 2 * hour })).toEqual([]);
    expect(kinds({ ib: { isUsed: true, lastAnswer: now - hour }, nextRun: now + hour })).toEqual([]);
    expect(kinds({ ib: { isUsed: false, lastAnswer: now - hour } })).toEqual([]);
    // In summer 01:00 in New York is an hour earlier.
    expect(findWeeklyLoginBefore(Date.parse('2026-07-08T12:00:00Z'))).toBe(Date.parse('2026-07-05T05:00:00Z'));
    expect(findWeeklyLoginBefore(sunday)).toBe(sunday);
    expect(findWeeklyLoginBefore(sunday - 1)).toBe(sunday - 7 * day);
  });

  test('a disk without space for one more run, or full within two weeks', () => {
    const growth = [0, 1, 2, 3].map((days) => ({ at: now - days * day, bytes: 10e9 }));
    const disk = (freeBytes: number | null): Partial<RiskInput> => ({ disk: { folder: 'data', freeBytes, growth } });
    expect(kinds(disk(5e9))).toEqual(['disk']);
    const [growing] = findRunRisks({ ...noRisk, ...disk(40e9) });
    expect(growing).toMatchObject({ kind: 'disk-growth', until: now + 3 * day });
    expect(growing?.message).toContain('the disk is full in 3 days');
    expect(kinds(disk(400e9))).toEqual([]);
    expect(kinds(disk(null))).toEqual([]);
    expect(computeDailyGrowth([{ at: now, bytes: 7 }], now)).toBe(7);
    expect(computeDailyGrowth([{ at: now - day, bytes: -7 }], now)).toBe(-7);
  });

  test('folders that cannot be written, open circuits that last, and denied data', () => {
    expect(kinds({ readOnlyFolders: ['data'] })).toEqual(['permission']);
    const circuit = { provider: 'ib', cause: 'timeout' };
    expect(kinds({ circuits: [{ ...circuit, until: nextRun + hour }] })).toEqual(['circuit-open']);
    expect(kinds({ circuits: [{ ...circuit, until: nextRun - hour }] })).toEqual([]);
    expect(findRunRisks({ ...noRisk, denied: ['a/A', 'a/B', 'a/C', 'a/D'] })[0]?.message).toContain(
      'a/A, a/B, a/C and 1 more',
    );
  });
});
