import { afterAll, beforeAll } from 'vitest';
import { calendarOf } from '../../../src/calendar/calendars.js';
import { kiteLimits } from '../../../src/providers/kite/limits.js';
import { complianceSuite } from '../compliance.js';
import { infosys, noon, providerAt, simulate } from './trial.js';
import type { Simulation } from './trial.js';

let simulation: Simulation;

beforeAll(async () => {
  simulation = await simulate();
});

afterAll(async () => {
  await simulation.stop();
});

complianceSuite('kite', async () => {
  const calendar = calendarOf('XNSE');
  if (calendar === undefined) throw new Error('no calendar');
  const contract = { expiry: '2026-10-27', strike: 1_600, right: 'C', conId: null } as const;
  const start = calendar.startOf('2026-11-02');
  return {
    provider: providerAt(simulation),
    limits: kiteLimits(),
    now: noon,
    instrument: infosys,
    calendar,
    nobody: { ...infosys, symbol: 'UNKNOWN' },
    session: '2026-11-17',
    closedDay: '2026-11-15',
    expired: { contract, window: { start, end: start + 86_400_000 } },
    stop: async () => undefined,
  };
});
