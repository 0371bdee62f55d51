import { expect, test } from 'vitest';
import { mockProvider } from '../../../src/providers/mock/provider.js';
import { syntheticLimits } from '../../../src/providers/synthetic/provider.js';
import { calendarOf } from '../../../src/calendar/calendars.js';
import { virtualClock } from '../../virtual-clock.js';
import { complianceSuite } from '../compliance.js';
import type { Candidate } from '../compliance.js';
import { apple, never, newYork, now, oneOfEach, ruled } from './asking.js';

const expired: Candidate['expired'] = {
  contract: { expiry: '2026-09-18', strike: 270, right: 'C', conId: null },
  window: { start: newYork.startOf('2026-09-19'), end: newYork.startOf('2026-10-01') },
};

complianceSuite('synthetic', async () => ({
  provider: ruled([], virtualClock(now)),
  limits: syntheticLimits,
  now,
  instrument: apple,
  calendar: newYork,
  nobody: { ...apple, symbol: 'UNKNOWN' },
  session: '2026-11-17',
  closedDay: '2026-11-15',
  expired,
  stop: async () => undefined,
}));

complianceSuite('synthetic, late and with a gateway that was away,', async () => {
  const clock = virtualClock(now - 60_000);
  const provider = ruled(
    [
      { do: { kind: 'delay', for: 1 } },
      { on: { after: 1_000 }, do: { kind: 'restart', for: 10_000 } },
      { on: 'connect', do: { kind: 'slow-accept', for: 20_000 } },
    ],
    clock,
  );
  return {
    provider,
    limits: syntheticLimits,
    now: now - 40_000,
    instrument: apple,
    calendar: newYork,
    nobody: { ...apple, symbol: 'UNKNOWN' },
    session: '2026-11-17',
    closedDay: '2026-11-15',
    expired,
    stop: async () => undefined,
  };
});

test('a scenario that says nothing shows what mock shows, to the last digit', async () => {
  const clock = virtualClock(now);
  const quiet = ruled([], clock);
  const settings = { seed: 1, delay: 0, volatility: null, basePrices: {} };
  const mock = mockProvider({ settings, calendarOf, clock });
  for (const request of Object.values(oneOfEach)) {
    const answer = await quiet.fetch(request, never);
    expect(answer).toEqual(await mock.fetch(request, never));
    expect(answer.kind).not.toBe('failure');
  }
});
