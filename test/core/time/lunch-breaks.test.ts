import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { minute } from '../../../src/core/time/time.js';
import { createTradingTime } from '../../../src/core/time/lunch-breaks.js';
import { findSession } from '../../calendar/session-hours.js';

const session = findSession('XTKS', '2026-11-30');
const other = findSession('XTKS', '2026-12-01');
if (session?.pause === undefined || other === undefined) throw new Error('Tokyo trades with a break on these days');
const { open, close, pause } = session;

describe('trading time', () => {
  it('is null where no session has a break', () => {
    expect(createTradingTime([{ ...session, pause: undefined }].map(({ pause: _, ...plain }) => plain))).toBeNull();
  });

  it('leaves the morning, moves the afternoon to its end and has no time in the break', () => {
    const time = createTradingTime([session, other]);
    const length = pause.end - pause.start;
    expect(time?.fromInstant(open)).toBe(open);
    expect(time?.fromInstant(pause.start + 7 * minute)).toBe(pause.start);
    expect(time?.fromInstant(pause.end)).toBe(pause.start);
    expect(time?.fromInstant(close)).toBe(close - length);
    expect(time?.fromInstant(other.open)).toBe(other.open);
  });

  it('turns every span of it back into the span that it came from', () => {
    const time = createTradingTime([session, other]);
    const traded = fc.oneof(
      fc.integer({ min: open, max: pause.start - 1 }),
      fc.integer({ min: pause.end, max: close - 1 }),
    );
    fc.assert(
      fc.property(traded, traded, (a, b) => {
        fc.pre(a !== b);
        const [start, last] = [Math.min(a, b), Math.max(a, b)];
        const end = last + 1;
        const span = { start: time?.fromInstant(start) ?? 0, end: time?.fromInstant(end) ?? 0 };
        const expectedEnd = end;
        expect(time?.toWindow(span)).toEqual({ start, end: expectedEnd });
      }),
    );
  });
});
