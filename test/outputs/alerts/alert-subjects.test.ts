import { expect, test } from 'vitest';

import type { AlertName } from '../../../src/config/pipeline/notifications/notifications.js';
import { createSubjectFilter } from '../../../src/outputs/alerts/alert-subjects.js';
import { createPipeline } from '../../fixtures/pipelines.js';

const isActiveSubject = createSubjectFilter(createPipeline(['AAPL', 'A/B']));
const alert = (on: AlertName, subject: string): Parameters<typeof isActiveSubject>[0] => ({
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
  ['missing_equity_data', 'equity/REMOVED', false],
  ['task_failed', 'equity/REMOVED', false],
  ['prerequisite_violation', 'removed/AAPL', false],
  ['prerequisite_violation', 'breadth', true],
  ['stale_option_chains', 'AAPL', true],
  ['stale_option_chains', 'REMOVED', false],
  ['error_rate', 'mock', true],
  ['api_circuit_breaker_open', 'kite', false],
  ['data_integrity_failure', 'chains', true],
  ['run_missed', 'tiny', true],
  ['run_failed', 'another', false],
] as const)('keeps an alert %s of %s: %s', (on, subject, expected) => {
  expect(isActiveSubject(alert(on, subject))).toBe(expected);
});
