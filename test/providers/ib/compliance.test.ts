import { ibLimits } from '../../../src/providers/ib/limits.js';
import { complianceSuite } from '../compliance.js';
import { apple, calendarNamed, duringSession, startRig } from './rig.js';

complianceSuite('ib', async () => {
  const { provider, stop } = await startRig();
  const calendar = calendarNamed('XNYS');
  return {
    provider,
    limits: ibLimits('default'),
    now: duringSession,
    instrument: apple,
    calendar,
    nobody: { ...apple, symbol: 'UNKNOWN' },
    session: '2026-11-17',
    closedDay: '2026-11-15',
    expired: {
      contract: { expiry: '2026-09-18', strike: 270, right: 'C', conId: null },
      window: { start: calendar.startOf('2026-09-19'), end: calendar.startOf('2026-10-01') },
    },
    stop,
  };
});
