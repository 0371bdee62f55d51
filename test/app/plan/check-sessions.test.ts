import { describe, expect, test } from 'vitest';

import { CliError } from '../../../src/app/cli-error.js';
import { requireSessions } from '../../../src/app/plan/check-sessions.js';
import { addDays } from '../../../src/core/time/time.js';
import type { LocalDate } from '../../../src/core/time/time.js';
import { defaultPlanOptions } from '../../../src/plan/plan-options.js';
import { createChainsStep, createEquityStep, createPipeline, createSymbol } from '../../fixtures/pipelines.js';

const pipeline = createPipeline(['AAPL'], [createChainsStep({ needs: [] }), createEquityStep({ needs: [] })]);

/** Monday at 10:00 in New York: the session is in progress. */
const now = Date.parse('2026-11-30T15:00:00Z');

/** `exit code: message (hint)`; `ok` without an error. Both dates are inclusive, as on the command line. */
function check(from: LocalDate | null, last: LocalDate | null, of = pipeline, options = {}): string {
  const to = last === null ? null : addDays(last, 1);
  try {
    requireSessions(of, { ...defaultPlanOptions, from, to, ...options }, now);
    return 'ok';
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return `${String(error.code)}: ${error.message} (${error.hint ?? 'no hint'})`;
  }
}

describe('requireSessions', () => {
  test.each([
    ['no range', null, null, 'ok'],
    ['a finished session', '2026-11-27', '2026-11-27', 'ok'],
    ['a range with one finished session', '2026-11-27', '2026-12-04', 'ok'],
    [
      'a Saturday',
      '2026-11-28',
      '2026-11-28',
      '2: no session on 2026-11-28 (Saturday) in the calendar XNYS (the last finished session is 2026-11-27)',
    ],
    [
      'a holiday',
      '2026-11-26',
      '2026-11-26',
      '2: no session on 2026-11-26 (Thursday) in the calendar XNYS (the last finished session is 2026-11-25)',
    ],
    [
      'a session in progress',
      '2026-11-30',
      '2026-11-30',
      '3: the session of 2026-11-30 in the calendar XNYS has not finished; it ends at 2026-11-30 16:00 New York (the last finished session is 2026-11-27)',
    ],
    [
      'a range in the future',
      '2026-12-01',
      null,
      '3: the session of 2026-12-01 in the calendar XNYS has not finished; it ends at 2026-12-01 16:00 New York (the last finished session is 2026-11-27)',
    ],
    [
      'a weekend as a range',
      '2026-11-28',
      '2026-11-29',
      '2: no session from 2026-11-28 to 2026-11-29 in the calendar XNYS (the last finished session is 2026-11-27)',
    ],
    [
      'dates before the calendar',
      '1980-01-02',
      '1980-01-02',
      '2: no session on 1980-01-02 (Wednesday) in the calendar XNYS (no hint)',
    ],
  ])('%s', (_, from, to, expected) => {
    expect(check(from, to)).toBe(expected);
  });

  test('needs a session in one of the calendars of the selected symbols', () => {
    const mixed = createPipeline(['AAPL', createSymbol('BHP', { calendar: 'XASX' })], pipeline.steps);
    // Thanksgiving is a session in Sydney.
    expect(check('2026-11-26', '2026-11-26', mixed)).toBe('ok');
    expect(check('2026-11-26', '2026-11-26', mixed, { symbols: ['AAPL'] })).toMatch(/^2: no session on 2026-11-26/);
    expect(check('2026-11-28', '2026-11-28', mixed)).toMatch(/in the calendars XNYS and XASX/);
  });

  test('ignores the dates if no step with sessions is selected', () => {
    expect(check('2026-11-28', '2026-11-28', pipeline, { steps: ['chains'] })).toBe('ok');
  });
});
