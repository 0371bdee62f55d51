import { requireCalendar } from '../../fixtures/require-calendar.js';
import { createIbLimits } from '../../../src/providers/ib/limits.js';
import { complianceSuite } from '../compliance-suite.js';
import { apple, duringSession, startRig } from './rig.js';

complianceSuite('ib', async () => {
  const { provider, stop } = await startRig();
  const calendar = requireCalendar('XNYS');
  return {
    provider,
    limits: createIbLimits('default'),
    now: duringSession,
    instrument: apple,
    calendar,
    unknownInstrument: { ...apple, symbol: 'UNKNOWN' },
    session: '2026-11-17',
    closedDay: '2026-11-15',
    expired: {
      contract: { expiry: '2026-09-18', strike: 270, right: 'C', conId: null },
      window: { start: calendar.startOf('2026-09-19'), end: calendar.startOf('2026-10-01') },
    },
    stop,
  };
});
