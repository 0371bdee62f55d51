import { expect, test } from 'vitest';

import type { RunEvent } from '../../../src/core/events.js';
import { decodeEvent } from '../../../src/lineage/records/decode-event.js';
import { okRun, failedRun, interruptedRun, partialRun } from '../../fixtures/sample-runs.js';

const stamp = { at: 1_764_000_000_000, runId: '01a1fb30-299e-7b39-b175-c09f1c04c52c' };

function roundTrip(event: RunEvent): RunEvent | null {
  return decodeEvent(JSON.parse(JSON.stringify(event)));
}

test.each([
  ['a run without failures', okRun()],
  ['a partial run', partialRun()],
  ['a failed run', failedRun()],
  ['a cancelled run', interruptedRun()],
])('decodeEvent returns every event of %s unchanged', (_, events) => {
  for (const event of events) expect(roundTrip(event)).toEqual(event);
});

test('decodeEvent returns null for each event that lacks one of its required properties', () => {
  const optional = new Set(['reason', 'hint', 'message', 'customSteps', 'query', 'symbol', 'until']);
  for (const event of [...okRun(), ...partialRun()]) {
    for (const name of Object.keys(event).filter((key) => !optional.has(key))) {
      // A missing flag is what version 0.1.0 wrote for false.
      if (name === 'hasDeniedWindows' || name === 'carriedOver') continue;
      const incomplete = Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));
      expect(decodeEvent(incomplete), `${event.type} without ${name}`).toBeNull();
    }
  }
});

test.each([
  ['a type of a newer version', { ...stamp, type: 'moon-landed' }],
  ['a number as text', { ...stamp, type: 'rate-limited', provider: 'ib', budget: 'b', waitedMs: '12' }],
  ['an unknown provider', { ...stamp, type: 'rate-limited', provider: 'reuters', budget: 'b', waitedMs: 12 }],
  ['a negative count', { ...stamp, type: 'vacuumed', dataset: 'quotes', files: -1, bytes: 0 }],
  ['a list', [stamp]],
  ['null', null],
])('decodeEvent returns null for %s', (_, value) => {
  expect(decodeEvent(value)).toBeNull();
});

test.each([
  [
    { type: 'recovered', runs: ['a'], deliveries: 2, rows: 3, tornBytes: 0 },
    { type: 'spool-recovered', runs: ['a'], results: 2, rows: 3, tornBytes: 0 },
  ],
  [
    { type: 'damage-found', dataset: 'quotes', path: 'p', problem: 'x' },
    { type: 'corruption-detected', dataset: 'quotes', path: 'p', problem: 'x' },
  ],
  [
    { type: 'budget-waited', provider: 'ib', budget: 'b', waited: 5 },
    { type: 'rate-limited', provider: 'ib', budget: 'b', waitedMs: 5 },
  ],
  [
    { type: 'task-finished', task: 't', step: 's', symbol: '', status: 'satisfied', requests: 0, rows: 0, took: 1 },
    {
      type: 'task-finished',
      task: 't',
      step: 's',
      symbol: null,
      status: 'up-to-date',
      requests: 0,
      rows: 0,
      hasDeniedWindows: false,
      durationMs: 1,
    },
  ],
  [
    {
      type: 'task-finished',
      task: 't',
      step: 's',
      symbol: 'SPY',
      status: 'interrupted',
      requests: 1,
      rows: 0,
      remedy: 'r',
      refused: true,
      took: 1,
    },
    {
      type: 'task-finished',
      task: 't',
      step: 's',
      symbol: 'SPY',
      status: 'cancelled',
      requests: 1,
      rows: 0,
      hint: 'r',
      hasDeniedWindows: true,
      durationMs: 1,
    },
  ],
  [
    { type: 'request-answered', request: 'r/1', task: 't', provider: 'ib', outcome: 'lost', rows: 0, took: 4 },
    {
      type: 'request-completed',
      request: 'r/1',
      task: 't',
      provider: 'ib',
      outcome: 'unavailable',
      rows: 0,
      durationMs: 4,
    },
  ],
  [
    { type: 'breaker-changed', provider: 'ib', state: 'open', inherited: true },
    { type: 'breaker-changed', provider: 'ib', state: 'open', carriedOver: true },
  ],
  [
    { type: 'warned', message: 'm' },
    { type: 'warning', message: 'm' },
  ],
  [
    { type: 'run-finished', status: 'interrupted', requests: 0, rows: 0, took: 9 },
    { type: 'run-finished', status: 'cancelled', requests: 0, rows: 0, durationMs: 9 },
  ],
])('decodeEvent upgrades %j of version 0.1.0', (old, today) => {
  expect(decodeEvent({ ...stamp, ...old })).toEqual({ ...stamp, ...today });
});
