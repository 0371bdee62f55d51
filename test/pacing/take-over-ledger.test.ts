import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import type { Clock } from '../../src/core/time/clock.js';
import { day, minute } from '../../src/core/time/time.js';
import { LedgerError, openLedger } from '../../src/pacing/ledger.js';
import { openPacing } from '../../src/pacing/pacing.js';
import type { Pacing, PacingOptions } from '../../src/pacing/pacing.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createPacedRequest } from './budgets.js';

const start = Date.parse('2026-11-20T21:00:00Z');
const onePerTenMinutes: Budget = {
  kind: 'rolling',
  name: 'one',
  scope: 'account',
  limit: 1,
  span: 10 * minute,
  margin: 0,
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-take-over-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const inLake = (): Pick<PacingOptions, 'folder' | 'account'> => ({
  folder: join(folder, 'lake', '_pacing'),
  account: 'default',
});

function open(clock: Clock, more: Partial<PacingOptions> = {}): Promise<Pacing> {
  const shared = { folder: join(folder, 'state', 'pacing'), account: 'account-1', earlier: inLake() };
  return openPacing({ ...shared, provider: 'ib', budgets: [onePerTenMinutes], clock, ...more });
}

describe('an earlier ledger', () => {
  const spendInLake = async (clock: Clock): Promise<void> => {
    const lake = await open(clock, { ...inLake(), earlier: null, token: 'earlier' });
    (await lake.acquire(createPacedRequest({ contract: 'A' }))).release();
    await lake.close();
  };

  test('counts in the one that replaces it, and its files are deleted', async () => {
    const clock = createVirtualClock(start);
    await spendInLake(clock);
    await clock.sleepUntil(start + minute);
    const pacing = await open(clock);
    expect(pacing.foreignRequests()).toBe(1);
    expect((await pacing.acquire(createPacedRequest({ contract: 'B' }))).at - start).toBe(10 * minute);
    await pacing.close();
    expect(existsSync(join(folder, 'lake', '_pacing', 'ib-default.1.ledger'))).toBe(false);
  });

  test('counts once when its files cannot be deleted', async () => {
    const clock = createVirtualClock(start);
    await spendInLake(clock);
    const budgets = [{ ...onePerTenMinutes, limit: 9 }];
    for (const token of ['a', 'b']) {
      const pacing = await open(clock, { budgets, token });
      expect(pacing.foreignRequests()).toBe(1);
      await pacing.close();
      // The same record is there again, as in a lake that cannot be written.
      await spendInLake(clock);
    }
  });

  test('of no account is not looked for in a lake without one', async () => {
    const clock = createVirtualClock(start);
    const pacing = await open(clock);
    expect(pacing.foreignRequests()).toBe(0);
    await pacing.close();
  });
});

describe('a ledger that cannot be used is an error that names it', () => {
  const openFirst = (): unknown => {
    try {
      return openLedger({ folder, name: 'ib', retention: day, maxFileBytes: 1_000 });
    } catch (error) {
      return error;
    }
  };
  const path = (): string => join(folder, 'ib.1.ledger');

  test('when it is a link to nothing', () => {
    symlinkSync(join(folder, 'nothing'), path());
    expect(openFirst()).toEqual(new LedgerError(path(), 'it is a link to nothing; remove the link'));
  });

  test('when it is a folder', () => {
    mkdirSync(path());
    expect(openFirst()).toEqual(new LedgerError(path(), 'it is a folder; remove it'));
  });

  test('when its folder is a file', () => {
    const file = join(folder, 'file');
    symlinkSync('/dev/null', file);
    expect(() => openLedger({ folder: file, name: 'ib', retention: day, maxFileBytes: 1_000 })).toThrow(
      `cannot use the pacing ledger ${file}: `,
    );
  });
});
