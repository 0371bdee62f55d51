import { expect, test } from 'vitest';
import { createMockProvider } from '../../../src/providers/mock/provider.js';
import { syntheticLimits } from '../../../src/providers/synthetic/provider.js';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { createVirtualClock } from '../../virtual-clock.js';
import { complianceSuite } from '../compliance-suite.js';
import type { Candidate } from '../compliance-suite.js';
import { apple, newYork, now, requestByDataset, createProviderWithRules } from './requests.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

const expired: Candidate['expired'] = {
  contract: { expiry: '2026-09-18', strike: 270, right: 'C', conId: null },
  window: { start: newYork.startOf('2026-09-19'), end: newYork.startOf('2026-10-01') },
};

complianceSuite('synthetic', async () => ({
  provider: createProviderWithRules([], createVirtualClock(now)),
  limits: syntheticLimits,
  now,
  instrument: apple,
  calendar: newYork,
  unknownInstrument: { ...apple, symbol: 'UNKNOWN' },
  session: '2026-11-17',
  closedDay: '2026-11-15',
  expired,
  stop: async () => undefined,
}));

complianceSuite('synthetic (after a delay and a restart)', async () => {
  const clock = createVirtualClock(now - 60_000);
  const provider = createProviderWithRules(
    [
      { do: { kind: 'delay', duration: 1 } },
      { on: { after: 1_000 }, do: { kind: 'restart', duration: 10_000 } },
      { on: 'connect', do: { kind: 'slow-accept', duration: 20_000 } },
    ],
    clock,
  );
  return {
    provider,
    limits: syntheticLimits,
    now: now - 40_000,
    instrument: apple,
    calendar: newYork,
    unknownInstrument: { ...apple, symbol: 'UNKNOWN' },
    session: '2026-11-17',
    closedDay: '2026-11-15',
    expired,
    stop: async () => undefined,
  };
});

test('a scenario without rules returns the same responses as the mock provider', async () => {
  const clock = createVirtualClock(now);
  const withoutRules = createProviderWithRules([], clock);
  const settings = { seed: 1, delay: 0, volatility: null, basePrices: {} };
  const mock = createMockProvider({ settings, calendarOf: getCalendar, clock });
  for (const request of Object.values(requestByDataset)) {
    const outcome = await withoutRules.fetch(request, createFetchContext());
    expect(outcome).toEqual(await mock.fetch(request, createFetchContext()));
    expect(outcome.kind).not.toBe('failure');
  }
});
