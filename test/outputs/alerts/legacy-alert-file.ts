/** A file of alerts as version 0.1.0 wrote it. */
export const legacyAlertFile = {
  v: 1,
  judgedSince: 500,
  alerts: {
    'run_failed/critical/us daily': {
      rule: { on: 'run_failed', severity: 'critical' },
      subject: 'us daily',
      words: 'login refused',
      since: 1_000,
      until: null,
      heard: { ops: { openAt: 1_500, over: false } },
    },
  },
};
