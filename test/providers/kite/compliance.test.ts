import { afterAll, beforeAll } from 'vitest';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { createKiteLimits } from '../../../src/providers/kite/limits.js';
import { complianceSuite } from '../compliance-suite.js';
import { infosys, indianNoon, createProvider, startSimulation } from './simulated-kite.js';
import type { Simulation } from './simulated-kite.js';

let simulation: Simulation;

beforeAll(async () => {
  simulation = await startSimulation();
});

afterAll(async () => {
  await simulation.stop();
});

complianceSuite('kite', async () => {
  const calendar = getCalendar('XNSE');
  if (calendar === undefined) throw new Error('no calendar');
  const contract = { expiry: '2026-10-27', strike: 1_600, right: 'C', conId: null } as const;
  const start = calendar.startOf('2026-11-02');
  return {
    provider: createProvider(simulation),
    limits: createKiteLimits(),
    now: indianNoon,
    instrument: infosys,
    calendar,
    unknownInstrument: { ...infosys, symbol: 'UNKNOWN' },
    session: '2026-11-17',
    closedDay: '2026-11-15',
    expired: { contract, window: { start, end: start + 86_400_000 } },
    stop: async () => undefined,
  };
});
