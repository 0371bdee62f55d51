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
      if (name === 'absences' || name === 'carriedOver') continue;
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
