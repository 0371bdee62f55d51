import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { hour, minute } from '../../../src/core/time/time.js';
import type { AlertRule } from '../../../src/config/pipeline/notifications/notifications.js';
import type { AlertChange } from '../../../src/outputs/alerts/alert-change.js';
import {
  applyChanges,
  pendingNotifications,
  pruneAlerts,
  markNotified,
  noAlerts,
} from '../../../src/outputs/alerts/alert-state.js';
import type { Alerts } from '../../../src/outputs/alerts/alert-state.js';
import { formatTitle, formatBody } from '../../../src/outputs/alerts/notification.js';

const rule: AlertRule = {
  on: 'stale_option_chains',
  severity: 'critical',
  channels: ['ops'],
  repeatAfter: hour,
  threshold: 0.05,
  minSamples: 20,
  maxAge: 24 * hour,
};
const name = { on: rule.on, severity: rule.severity };
const raise = (subject: string, message = 'old'): AlertChange => ({ kind: 'raise', rule: name, subject, message });
const clear = (subject: string): AlertChange => ({ kind: 'clear', rule: name, subject });

/** Applies changes and sends pending notifications to a channel that is reachable or not. */
function step(
  alerts: Alerts,
  changes: readonly AlertChange[],
  now: number,
  isReachable = true,
): { alerts: Alerts; sent: string[] } {
  let next = pruneAlerts(applyChanges(alerts, changes, now), [rule], () => true, now);
  const pending = pendingNotifications(next, [rule], { pipeline: 'daily', run: null, now });
  if (isReachable) for (const one of pending) next = markNotified(next, one);
  return {
    alerts: next,
    sent: pending.map(
      ({ notification }) => `${notification.kind}: ${notification.alerts.map(({ subject }) => subject).join(', ')}`,
    ),
  };
}

describe('an alert', () => {
  test('is sent when it fires, repeated after repeatAfter, and sent when it is resolved', () => {
    let { alerts, sent } = step(noAlerts, [raise('AAPL'), raise('MSFT')], 0);
    expect(sent).toEqual(['firing: AAPL, MSFT']);
    ({ alerts, sent } = step(alerts, [raise('AAPL', 'older'), raise('MSFT')], 10 * minute));
    expect(sent).toEqual([]);
    ({ alerts, sent } = step(alerts, [raise('AAPL')], hour));
    expect(sent).toEqual(['repeat: AAPL, MSFT']);
    ({ alerts, sent } = step(alerts, [clear('MSFT'), raise('AAPL')], hour + minute));
    expect(sent).toEqual(['resolved: MSFT']);
    ({ alerts, sent } = step(alerts, [{ kind: 'clear-others', rule: name, subjects: new Set() }], hour + 2 * minute));
    expect(sent).toEqual(['resolved: AAPL']);
    ({ alerts, sent } = step(alerts, [], 3 * hour));
    expect(alerts.size).toBe(0);
  });

  test('is sent once within repeatAfter when it fires and resolves every minute', () => {
    let { alerts, sent } = step(noAlerts, [raise('ib')], 0);
    const all = [...sent];
    for (let time = minute; time < hour; time += minute) {
      ({ alerts, sent } = step(alerts, [time % (2 * minute) === 0 ? raise('ib') : clear('ib')], time));
      all.push(...sent);
    }
    expect(all).toEqual(['firing: ib', 'resolved: ib']);
    ({ sent } = step(alerts, [raise('ib')], hour + 1));
    expect(sent).toEqual(['firing: ib']);
  });

  test('is sent when the channel becomes reachable', () => {
    let { alerts, sent } = step(noAlerts, [raise('AAPL')], 0, false);
    ({ alerts, sent } = step(alerts, [], minute, false));
    expect(sent).toEqual(['firing: AAPL']);
    ({ alerts, sent } = step(alerts, [], 2 * minute));
    expect(sent).toEqual(['firing: AAPL']);
    ({ sent } = step(alerts, [], 3 * minute));
    expect(sent).toEqual([]);
  });

  test('is not sent when it is resolved before the first delivery', () => {
    const { alerts } = step(noAlerts, [raise('AAPL')], 0, false);
    const after = step(alerts, [clear('AAPL')], minute);
    expect(after.sent).toEqual([]);
    expect(after.alerts.size).toBe(0);
  });

  test('is removed when its rule or subject no longer exists', () => {
    const { alerts } = step(noAlerts, [raise('AAPL')], 0);
    expect(pruneAlerts(alerts, [], () => true, 1).size).toBe(0);
    expect(pruneAlerts(alerts, [rule], ({ subject }) => subject !== 'AAPL', 1).size).toBe(0);
    expect(pruneAlerts(alerts, [rule], () => true, 1)).toBe(alerts);
  });
});

test('for any changes and outages, an alert fires at most once within repeatAfter, and resolves only after it fired', () => {
  const change = fc.record({
    subject: fc.constantFrom('A', 'B'),
    isOpen: fc.boolean(),
    after: fc.nat(2 * hour),
    works: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      let alerts: Alerts = noAlerts;
      let now = 0;
      const openings = new Map<string, number>();
      const isReportedOpen = new Map<string, boolean>();
      for (const { subject, isOpen, after, works: isReachable } of changes) {
        now += after;
        alerts = pruneAlerts(
          applyChanges(alerts, [isOpen ? raise(subject) : clear(subject)], now),
          [rule],
          () => true,
          now,
        );
        if (!isReachable) continue;
        for (const pending of pendingNotifications(alerts, [rule], { pipeline: 'p', run: null, now })) {
          for (const { subject: sent } of pending.notification.alerts) {
            if (pending.notification.kind === 'resolved') {
              expect(isReportedOpen.get(sent)).toBe(true);
              isReportedOpen.set(sent, false);
            } else {
              expect(now - (openings.get(sent) ?? -Infinity)).toBeGreaterThanOrEqual(hour);
              openings.set(sent, now);
              isReportedOpen.set(sent, true);
            }
          }
          alerts = markNotified(alerts, pending);
        }
        expect(pendingNotifications(alerts, [rule], { pipeline: 'p', run: null, now })).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});

test('formats title and body of a notification with more subjects than are listed', () => {
  const subjects = Array.from({ length: 12 }, (_, index) => `S${String(index)}`);
  const applied = applyChanges(
    noAlerts,
    subjects.map((subject) => raise(subject)),
    0,
  );
  const [pending] = pendingNotifications(applied, [rule], { pipeline: 'daily', run: 'run-1', now: 0 });
  if (pending === undefined) throw new Error('no pending notification');
  expect(formatTitle(pending.notification)).toBe('pipe: daily: critical: stale option chains');
  expect(formatBody(pending.notification)).toHaveLength(12);
  expect(formatBody(pending.notification).slice(-2)).toEqual(['and 2 more', 'run run-1, 1970-01-01 00:00:00 UTC']);
});
