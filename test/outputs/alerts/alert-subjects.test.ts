import { expect, test } from 'vitest';

import type { AlertName } from '../../../src/config/pipeline/notifications/notifications.js';
import { createSubjectFilter } from '../../../src/outputs/alerts/alert-subjects.js';
import { createPipeline } from '../../fixtures/pipelines.js';

const isSubject = createSubjectFilter(createPipeline(['AAPL', 'A/B']));
const alert = (on: AlertName, subject: string): Parameters<typeof isSubject>[0] => ({
  rule: { on, severity: 'critical' },
  subject,
  message: '',
  startedAt: 0,
  resolvedAt: null,
  deliveries: {},
});

test.each([
  ['missing_equity_data', 'equity/AAPL', true],
  ['missing_equity_data', 'equity/A/B', true],
  ['missing_equity_data', 'equity/GONE', false],
  ['task_failed', 'equity/GONE', false],
  ['prerequisite_violation', 'gone/AAPL', false],
  ['prerequisite_violation', 'breadth', true],
  ['stale_option_chains', 'AAPL', true],
  ['stale_option_chains', 'GONE', false],
  ['error_rate', 'mock', true],
  ['api_circuit_breaker_open', 'kite', false],
  ['data_integrity_failure', 'chains', true],
  ['run_missed', 'tiny', true],
  ['run_failed', 'another', false],
] as const)('%s of %s is still something to speak of: %s', (on, subject, expected) => {
  expect(isSubject(alert(on, subject))).toBe(expected);
});
