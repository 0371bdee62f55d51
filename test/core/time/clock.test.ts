import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { startBackgroundInterval, systemClock } from '../../../src/core/time/clock.js';

const modules = inject('modules');

describe('the clock on the wall', () => {
  test('sleeps until an instant and not less', async () => {
    const until = systemClock.now() + 30;
    await systemClock.sleepUntil(until);
    expect(systemClock.now()).toBeGreaterThanOrEqual(until);
  });

  test('does not sleep until what has passed', async () => {
    // Nothing moves these timers on: a sleep would never end.
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    await systemClock.sleepUntil(systemClock.now() - 1000);
    await systemClock.sleepUntil(-Infinity);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is woken by its signal, with the reason given', async () => {
    const reason = new Error('interrupted');
    const stop = new AbortController();
    // Further away than one timer reaches.
    const sleeping = systemClock.sleepUntil(systemClock.now() + 2 ** 40, stop.signal);
    stop.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(systemClock.sleepUntil(0, stop.signal)).rejects.toBe(reason);
  });
});

describe('the ticker in the background', () => {
  test('ticks until it is stopped', async () => {
    let ticks = 0;
    const stop = startBackgroundInterval(5, () => ticks++);
    await expect.poll(() => ticks).toBeGreaterThan(2);
    stop();
    const stopped = ticks;
    await systemClock.sleepUntil(systemClock.now() + 30);
    expect(ticks).toBe(stopped);
  });

  test('keeps no process alive', () => {
    const code = `const { startBackgroundInterval } = await import(${JSON.stringify(join(modules, 'core/time/clock.js'))}); startBackgroundInterval(1e6, () => 0);`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 300_000 });
    expect(status).toBe(0);
  });
});
