import { readFile, writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createVirtualClock } from './virtual-clock.js';

describe('createVirtualClock', () => {
  it('advances to the next sleeper when no work is left', async () => {
    const clock = createVirtualClock(1_000);
    const woken: string[] = [];
    const sleep = async (name: string, instant: number): Promise<void> => {
      await clock.sleepUntil(instant);
      woken.push(`${name}@${clock.now()}`);
    };
    await Promise.all([sleep('late', 900_000_000), sleep('soon', 2_000), sleep('also soon', 2_000), sleep('past', 10)]);
    expect(woken).toEqual(['past@1000', 'soon@2000', 'also soon@2000', 'late@900000000']);
    expect(clock.sleepers).toBe(0);
  });

  it('does not advance while promises, files and held work are in progress', async () => {
    const clock = createVirtualClock(0);
    const folder = await mkdtemp(join(tmpdir(), 'pipe-clock-'));
    let woken = false;
    const sleeper = clock.sleepUntil(1).then(() => (woken = true));
    for (let turn = 0; turn < 20; turn++) {
      await writeFile(join(folder, 'file'), 'x'.repeat(100_000));
      await readFile(join(folder, 'file'));
    }
    await clock.holdDuring(new Promise((resolve) => setTimeout(resolve, 30)));
    expect([woken, clock.now()]).toEqual([false, 0]);
    await sleeper;
    expect(clock.now()).toBe(1);
    await rm(folder, { recursive: true });
  });

  it('without auto advances only on command, and wakes sleepers added on the way in order', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const woken: number[] = [];
    const chain = async (): Promise<void> => {
      for (let instant = 10; instant <= 50; instant += 10) {
        await clock.sleepUntil(instant);
        woken.push(clock.now());
      }
    };
    const chained = chain();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([clock.now(), clock.nextWake]).toEqual([0, 10]);
    await clock.advanceTo(35);
    expect([woken, clock.now(), clock.nextWake]).toEqual([[10, 20, 30], 35, 40]);
    await clock.advanceBy(100);
    await chained;
    expect([woken, clock.now(), clock.nextWake]).toEqual([[10, 20, 30, 40, 50], 135, null]);
  });

  it('rejects a sleeper when its signal aborts', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const stop = new AbortController();
    const sleeping = clock.sleepUntil(10, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleepUntil(20, stop.signal)).rejects.toThrow('enough');
    expect(clock.sleepers).toBe(0);
  });

  it('can be set back without waking sleepers', async () => {
    const clock = createVirtualClock(1_000, { auto: false });
    const sleeping = clock.sleepUntil(1_500);
    clock.set(0);
    await clock.advanceTo(1_499);
    expect(clock.sleepers).toBe(1);
    await clock.advanceTo(1_500);
    await sleeping;
  });
});
