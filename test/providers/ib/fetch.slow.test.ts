import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { openPacing } from '../../../src/pacing/pacing.js';
import { toPacedRequest } from '../../../src/pacing/paced-request.js';
import { createIbLimits } from '../../../src/providers/ib/limits.js';
import { barsRequest, getDayWindow, nearTheMoney, never, openRig, expectRows, snapshotRequest } from './rig.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

const dayWindow = getDayWindow('2026-11-17');

describe('the default budgets', () => {
  it('cause no pacing violation and delay eleven requests of one contract by four seconds', async () => {
    const rig = await openRig({ simulator: { pacing: 'strict' } });
    const folder = mkdtempSync(join(tmpdir(), 'pipe-ib-'));
    const pacing = await openPacing({
      folder,
      provider: 'ib',
      account: 'default',
      budgets: createIbLimits('default').budgets,
      clock: rig.clock,
    });
    onTestFinished(async () => {
      await pacing.close();
      rmSync(folder, { recursive: true });
    });
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
