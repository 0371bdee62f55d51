import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/core/time/duration.js';
import { day, hour, minute, second } from '../../../src/core/time/time.js';

const century = 100 * 366 * day;

describe('parseDuration', () => {
  it.each([
    ['10m', 10 * minute],
    ['1h30m', 90 * minute],
    ['1h 30m', 90 * minute],
    ['250ms', 250],
    ['0s', 0],
    ['1w2d3h4m5s6ms', 9 * day + 3 * hour + 4 * minute + 5 * second + 6],
  ])('parses %s', (text, expected) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: expected });
  });

  it.each([
    ['10 minutes', '10m'],
    ['1 hr, 30 min', '1h30m'],
    ['1.5h', '1h30m'],
    ['2 Days', '2d'],
    ['7', null],
    ['', null],
    ['soon', null],
    ['1y', null],
    ['-5m', null],
    ['5m ', '5m'],
    ['m', null],
    ['5', null],
  ])('rejects %j and suggests %j', (text, suggestion) => {
    const parsed = parseDuration(text);
    expect(parsed.ok ? 'read' : parsed.error.suggestion).toBe(suggestion);
  });

  it.each(['30s1m', '1h1h', '5300w', '999999999w'])('rejects %s without a suggestion', (text) => {
    const parsed = parseDuration(text);
    expect(parsed.ok ? 'read' : parsed.error.suggestion).toBeNull();
  });

  it('suggests only durations that it can parse', () => {
    const unit = fc.constantFrom('sec', 'secs', 'minutes', 'hr', 'Hours', 'day', 'weeks', 'ms', 'y', 'fortnight');
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 999, noNaN: true }),
        unit,
        fc.constantFrom('', ' '),
        (count, word, space) => {
          const parsed = parseDuration(`${count.toFixed(2)}${space}${word}`);
          if (parsed.ok || parsed.error.suggestion === null) return;
          expect(parseDuration(parsed.error.suggestion).ok).toBe(true);
        },
      ),
    );
  });
});

describe('formatDuration', () => {
  it('returns text that parseDuration converts back to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: century }), (duration) => {
        expect(parseDuration(formatDuration(duration))).toEqual({ ok: true, value: duration });
      }),
    );
  });

  it.each([
    [0, '0s'],
    [90 * minute, '1h30m'],
    [7 * day, '1w'],
    [8 * day, '8d'],
    [1_500, '1s500ms'],
  ])('formats %i ms as %s', (duration, text) => {
    expect(formatDuration(duration)).toBe(text);
  });
});
