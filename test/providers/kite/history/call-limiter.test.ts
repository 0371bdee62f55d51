import { expect, test } from 'vitest';
import type { Clock } from '../../../../src/core/time/clock.js';
import { createCallLimiter } from '../../../../src/providers/kite/history/call-limiter.js';

const never = new AbortController().signal;

/** A clock that jumps to the end of each sleep. */
function createJumpingClock(): Clock & { at: number } {
  const clock = {
    at: 0,
    now: () => clock.at,
    sleepUntil: async (instant: number) => {
      clock.at = Math.max(clock.at, instant);
    },
  };
  return clock;
}

test('planned calls without unplanned calls are never delayed', async () => {
  const clock = createJumpingClock();
  const limiter = createCallLimiter(3, 1_000, clock);
  for (let call = 0; call < 20; call++) await limiter.acquire(true, never);
  expect(clock.at).toBe(0);
});

test('after an unplanned call no second has more than three calls, until two seconds without one', async () => {
  const clock = createJumpingClock();
  const limiter = createCallLimiter(3, 1_000, clock);
  const sent: number[] = [];
  for (const planned of [true, true, true, false, true, false, false, true, true, true, false]) {
    await limiter.acquire(planned, never);
    sent.push(clock.at);
    clock.at += 100;
  }
  for (const [index, at] of sent.entries())
    expect(
      sent.filter((other, number) => number >= index && other < at + 1_000).length,
      `from ${at}`,
    ).toBeLessThanOrEqual(3);
  clock.at += 2_000;
  const restedAt = clock.at;
  for (let call = 0; call < 5; call++) await limiter.acquire(true, never);
  expect(clock.at).toBe(restedAt);
});

test('an aborted signal ends the wait', async () => {
  const clock: Clock = { now: () => 0, sleepUntil: () => Promise.reject(new Error('aborted')) };
  const limiter = createCallLimiter(1, 1_000, clock);
  await limiter.acquire(false, never);
  await limiter.acquire(false, AbortSignal.abort());
});
