import { expect, test } from 'vitest';

import { decodeEvent } from '../../../src/lineage/records/decode-event.js';

const stamp = { at: 1_764_000_000_000, runId: '01a1fb30-299e-7b39-b175-c09f1c04c52c' };

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
      absences: [],
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
      absences: [{ kind: 'denied', windows: 1, isAccepted: false }],
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
