import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { hour, minute } from '../../src/core/time.js';
import type { AlertRule } from '../../src/pipeline/telling.js';
import type { AlertChange } from '../../src/tell/alert-change.js';
import { applyChanges, dueNotices, forget, heardOf, noAlerts } from '../../src/tell/alert-state.js';
import type { Alerts } from '../../src/tell/alert-state.js';
import { headingOf, linesOf } from '../../src/tell/notice.js';

const rule: AlertRule = {
  on: 'stale_option_chains',
  severity: 'critical',
  to: ['ops'],
  repeatAfter: hour,
  above: 0.05,
  atLeast: 20,
  olderThan: 24 * hour,
};
const name = { on: rule.on, severity: rule.severity };
const raise = (subject: string, words = 'old'): AlertChange => ({ kind: 'raise', rule: name, subject, words });
const clear = (subject: string): AlertChange => ({ kind: 'clear', rule: name, subject });

/** Takes changes in, and tells what is due to a channel that works or does not. */
function step(
  alerts: Alerts,
  changes: readonly AlertChange[],
  now: number,
  works = true,
): { alerts: Alerts; told: string[] } {
  let next = forget(applyChanges(alerts, changes, now), [rule], () => true, now);
  const due = dueNotices(next, [rule], { pipeline: 'daily', run: null, now });
  if (works) for (const one of due) next = heardOf(next, one);
  return {
    alerts: next,
    told: due.map(({ notice }) => `${notice.kind}: ${notice.alerts.map(({ subject }) => subject).join(', ')}`),
  };
}

describe('an alert', () => {
  test('is told once, again after its span, and when it is over', () => {
    let { alerts, told } = step(noAlerts, [raise('AAPL'), raise('MSFT')], 0);
    expect(told).toEqual(['raised: AAPL, MSFT']);
    ({ alerts, told } = step(alerts, [raise('AAPL', 'older'), raise('MSFT')], 10 * minute));
    expect(told).toEqual([]);
    ({ alerts, told } = step(alerts, [raise('AAPL')], hour));
    expect(told).toEqual(['still open: AAPL, MSFT']);
    ({ alerts, told } = step(alerts, [clear('MSFT'), raise('AAPL')], hour + minute));
    expect(told).toEqual(['recovered: MSFT']);
    ({ alerts, told } = step(alerts, [{ kind: 'clear-others', rule: name, subjects: new Set() }], hour + 2 * minute));
    expect(told).toEqual(['recovered: AAPL']);
    ({ alerts, told } = step(alerts, [], 3 * hour));
    expect(alerts.size).toBe(0);
  });

  test('that comes and goes is told once in its span', () => {
    let { alerts, told } = step(noAlerts, [raise('ib')], 0);
    const all = [...told];
    for (let time = minute; time < hour; time += minute) {
      ({ alerts, told } = step(alerts, [time % (2 * minute) === 0 ? raise('ib') : clear('ib')], time));
      all.push(...told);
    }
    expect(all).toEqual(['raised: ib', 'recovered: ib']);
    ({ told } = step(alerts, [raise('ib')], hour + 1));
    expect(told).toEqual(['raised: ib']);
  });

  test('that reached nobody is told when somebody can be reached', () => {
    let { alerts, told } = step(noAlerts, [raise('AAPL')], 0, false);
    ({ alerts, told } = step(alerts, [], minute, false));
    expect(told).toEqual(['raised: AAPL']);
    ({ alerts, told } = step(alerts, [], 2 * minute));
    expect(told).toEqual(['raised: AAPL']);
    ({ told } = step(alerts, [], 3 * minute));
    expect(told).toEqual([]);
  });

  test('that was over before anybody heard of it is nobody’s news', () => {
    const { alerts } = step(noAlerts, [raise('AAPL')], 0, false);
    const after = step(alerts, [clear('AAPL')], minute);
    expect(after.told).toEqual([]);
    expect(after.alerts.size).toBe(0);
  });

  test('of a rule or a subject that is gone is forgotten', () => {
    const { alerts } = step(noAlerts, [raise('AAPL')], 0);
    expect(forget(alerts, [], () => true, 1).size).toBe(0);
    expect(forget(alerts, [rule], ({ subject }) => subject !== 'AAPL', 1).size).toBe(0);
    expect(forget(alerts, [rule], () => true, 1)).toBe(alerts);
  });
});

test('whatever happens: openings of one alert are told at least a span apart, and every end follows an opening', () => {
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
      const isToldOpen = new Map<string, boolean>();
      for (const { subject, isOpen, after, works } of changes) {
        now += after;
        alerts = forget(applyChanges(alerts, [isOpen ? raise(subject) : clear(subject)], now), [rule], () => true, now);
        if (!works) continue;
        for (const due of dueNotices(alerts, [rule], { pipeline: 'p', run: null, now })) {
          for (const { subject: told } of due.notice.alerts) {
            if (due.notice.kind === 'recovered') {
              expect(isToldOpen.get(told)).toBe(true);
              isToldOpen.set(told, false);
            } else {
              expect(now - (openings.get(told) ?? -Infinity)).toBeGreaterThanOrEqual(hour);
              openings.set(told, now);
              isToldOpen.set(told, true);
            }
          }
          alerts = heardOf(alerts, due);
        }
        expect(dueNotices(alerts, [rule], { pipeline: 'p', run: null, now })).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});

test('a message says what, since when, and how many more', () => {
  const subjects = Array.from({ length: 12 }, (_, index) => `S${String(index)}`);
  const applied = applyChanges(
    noAlerts,
    subjects.map((subject) => raise(subject)),
    0,
  );
  const [due] = dueNotices(applied, [rule], { pipeline: 'daily', run: 'run-1', now: 0 });
  if (due === undefined) throw new Error('nothing is due');
  expect(headingOf(due.notice)).toBe('pipe: daily: critical: option chains are too old');
  expect(linesOf(due.notice)).toHaveLength(12);
  expect(linesOf(due.notice).slice(-2)).toEqual(['and 2 more', 'run run-1, 1970-01-01T00:00:00Z']);
});
