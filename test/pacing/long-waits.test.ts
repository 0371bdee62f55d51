import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Budget } from '../../src/core/budget.js';
import { minute, second } from '../../src/core/time/time.js';
import { openPacing } from '../../src/pacing/pacing.js';
import type { LongWait } from '../../src/pacing/pacing.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createPacedRequest } from './budgets.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-long-waits-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function listWaits(span: number): Promise<readonly LongWait[]> {
  const clock = createVirtualClock(0);
  const waits: LongWait[] = [];
  const budgets: readonly Budget[] = [
    { kind: 'rolling', name: 'history', scope: 'account', limit: 2, span, margin: 0 },
  ];
  const onLongWait = (wait: LongWait): void => void waits.push(wait);
  const pacing = await openPacing({ folder, provider: 'ib', account: 'one', budgets, clock, onLongWait });
  const requests = Array.from({ length: 5 }, (_, index) => createPacedRequest({ contract: `S${index}` }));
  await Promise.all(
    requests.map(async (request) => {
      const permit = await pacing.acquire(request);
      await clock.sleepUntil(clock.now() + second);
      permit.release();
    }),
  );
  await pacing.close();
  return waits;
}

test('a wait of ten minutes is reported once, when it begins', async () => {
  expect(await listWaits(10 * minute)).toEqual([
    { budget: 'history', requests: 3, until: 10 * minute },
    { budget: 'history', requests: 1, until: 20 * minute },
  ]);
});

test('waits of a few seconds are not reported', async () => {
  expect(await listWaits(5 * second)).toEqual([]);
});
