import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { openPacing } from '../../../src/pacing/pacing.js';
import type { Pacing } from '../../../src/pacing/pacing.js';
import { toPacedRequest } from '../../../src/pacing/paced-request.js';
import { createIbLimits } from '../../../src/providers/ib/limits.js';
import {
  actOnRequest,
  barsRequest,
  expectRows,
  getDayWindow,
  nearTheMoney,
  never,
  openRig,
  snapshotRequest,
} from './rig.js';
import type { SkippingClock } from './rig.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

const dayWindow = getDayWindow('2026-11-17');

async function openBudgets(clock: SkippingClock): Promise<Pacing> {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-ib-'));
  const { budgets } = createIbLimits('default');
  const pacing = await openPacing({ folder, provider: 'ib', account: 'default', budgets, clock });
  onTestFinished(async () => {
    await pacing.close();
    rmSync(folder, { recursive: true });
  });
  return pacing;
}

describe('the default budgets', () => {
  it('cause no pacing violation and delay eleven requests of one contract by four seconds', async () => {
    const rig = await openRig({ simulator: { pacing: 'strict' } });
    const pacing = await openBudgets(rig.clock);
    const started = performance.now();
    const days = requireCalendar('XNYS').sessions('2026-10-20', '2026-11-18').slice(-11);
    const outcomes = await Promise.all(
      days.map(async ({ date }) => {
        const request = barsRequest(getDayWindow(date));
        const permit = await pacing.acquire(toPacedRequest(request), { signal: never });
        return rig.provider.fetch(request, createFetchContext()).finally(() => permit.release());
      }),
    );
    for (const outcome of outcomes) expect(expectRows(outcome).rows.length).toBe(390);
    expect(new Set(Object.values(rig.gateway.statistics().violations))).toEqual(new Set([0]));
    // At most five requests of one contract in two seconds: eleven take two pauses.
    expect(performance.now() - started).toBeGreaterThan(4_000);
  });

  it('let eight snapshots of slow options use every market data line but five, without a violation', async () => {
    const rig = await openRig({
      simulator: { pacing: 'strict' },
      engine: actOnRequest('market-data', { kind: 'delay', duration: 8_000 }),
    });
    const pacing = await openBudgets(rig.clock);
    const options = nearTheMoney(300, 'any');
    const snapshots = Array.from({ length: 8 }, (_, part) => snapshotRequest(options.slice(40 * part, 40 * part + 40)));
    const outcomes = await Promise.all(
      snapshots.map(async (request) => {
        const permit = await pacing.acquire(toPacedRequest(request), { signal: never });
        return rig.provider.fetch(request, createFetchContext()).finally(() => permit.release());
      }),
    );
    expect(outcomes.reduce((sum, outcome) => sum + expectRows(outcome).rows.length, 0)).toBe(300);
    expect(rig.gateway.statistics().lines.peak).toBe(95);
    expect(new Set(Object.values(rig.gateway.statistics().violations))).toEqual(new Set([0]));
  });
});

it('two snapshots of 25 options and a history request cause no pacing violation', async () => {
  const rig = await openRig({ simulator: { pacing: 'strict' } });
  const many = nearTheMoney(25, 'any');
  const snapshots = [many, many].map((some) => rig.provider.fetch(snapshotRequest(some), createFetchContext()));
  const history = await rig.provider.fetch(barsRequest(dayWindow), createFetchContext());
  expect(expectRows(history).rows.length).toBe(390);
  for (const outcome of await Promise.all(snapshots)) expect(expectRows(outcome).rows.length).toBe(25);
  expect(new Set(Object.values(rig.gateway.statistics().violations))).toEqual(new Set([0]));
});
