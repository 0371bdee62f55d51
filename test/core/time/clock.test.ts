import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { startBackgroundInterval, systemClock } from '../../../src/core/time/clock.js';

const modules = inject('modules');

describe('systemClock', () => {
  test('sleepUntil resolves at the instant and not before', async () => {
    const until = systemClock.now() + 30;
    await systemClock.sleepUntil(until);
    expect(systemClock.now()).toBeGreaterThanOrEqual(until);
  });

  test('sleepUntil resolves immediately for an instant in the past', async () => {
    // No timer advances in this test, so a sleep would never end.
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    await systemClock.sleepUntil(systemClock.now() - 1000);
    await systemClock.sleepUntil(-Infinity);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('sleepUntil ends after its duration when the clock is set back by a day', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    let hasEnded = false;
    const sleeping = systemClock.sleepUntil(systemClock.now() + 60_000).then(() => (hasEnded = true));
    await vi.advanceTimersByTimeAsync(10_000);
    vi.setSystemTime(Date.now() - 86_400_000);
    await vi.advanceTimersByTimeAsync(49_999);
    expect(hasEnded).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    await sleeping;
  });

  test('sleepUntil waits until the instant when the clock lags behind by milliseconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const until = systemClock.now() + 60_000;
    let endedAt = 0;
    const sleeping = systemClock.sleepUntil(until).then(() => (endedAt = systemClock.now()));
    vi.setSystemTime(Date.now() - 300);
    await vi.advanceTimersByTimeAsync(60_300);
    await sleeping;
    expect(endedAt).toBe(until);
  });

  test('sleepUntil rejects with the reason of an aborted signal', async () => {
    const reason = new Error('interrupted');
    const stop = new AbortController();
    // Longer than one timer can wait.
    const sleeping = systemClock.sleepUntil(systemClock.now() + 2 ** 40, stop.signal);
    stop.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(systemClock.sleepUntil(0, stop.signal)).rejects.toBe(reason);
  });
});

describe('startBackgroundInterval', () => {
  test('calls the action until the interval is stopped', async () => {
    let ticks = 0;
    const stop = startBackgroundInterval(5, () => ticks++);
    await expect.poll(() => ticks).toBeGreaterThan(2);
    stop();
    const stopped = ticks;
    await systemClock.sleepUntil(systemClock.now() + 30);
    expect(ticks).toBe(stopped);
  });

  test('does not keep a process alive', () => {
    const code = `const { startBackgroundInterval } = await import(${JSON.stringify(join(modules, 'core/time/clock.js'))}); startBackgroundInterval(1e6, () => 0);`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 300_000 });
    expect(status).toBe(0);
  });
});
