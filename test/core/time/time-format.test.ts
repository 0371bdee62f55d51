import { describe, expect, it } from 'vitest';

import { createTimeParser } from '../../../src/core/time/time-format.js';

function parse(format: string, text: string): unknown {
  const parser = createTimeParser(format);
  if (!parser.ok) return parser.error;
  const time = parser.value(text);
  return time.ok ? time.value : time.error;
}

const local = (date: string, milliseconds: number | null): unknown => ({ kind: 'local', date, milliseconds });
const instant = (text: string, date: string | null): unknown => ({ kind: 'instant', instant: Date.parse(text), date });

describe('createTimeParser', () => {
  it.each([
    ['auto', '2024-01-02', local('2024-01-02', null)],
    ['auto', '20240102', local('2024-01-02', null)],
    ['auto', '20240102 093000', local('2024-01-02', 34_200_000)],
    ['auto', '2024-01-02 09:30:00.250', local('2024-01-02', 34_200_250)],
    ['auto', '2024-01-02T14:30:00Z', instant('2024-01-02T14:30:00Z', '2024-01-02')],
    ['auto', '2024-01-02 14:30:00+00', instant('2024-01-02T14:30:00Z', '2024-01-02')],
    ['auto', '2024-01-02T20:00:00+05:30', instant('2024-01-02T14:30:00Z', '2024-01-02')],
    ['auto', '2024-01-02T14:30:00.000000001Z', instant('2024-01-02T14:30:00Z', '2024-01-02')],
    ['epoch_s', '1704205800', instant('2024-01-02T14:30:00Z', null)],
    ['epoch_ms', '1704205800000', instant('2024-01-02T14:30:00Z', null)],
    ['epoch_us', '1704205800000000', instant('2024-01-02T14:30:00Z', null)],
    ['epoch_ns', '1704205800000000000', instant('2024-01-02T14:30:00Z', null)],
    ['DD-MMM-YYYY', '01-JAN-2024', local('2024-01-01', null)],
    ['DD-MMM-YYYY', '1-Jan-2024', local('2024-01-01', null)],
    ['MM/DD/YYYY HH:mm', '1/2/2024 09:30', local('2024-01-02', 34_200_000)],
    ['YYMMDD', '240102', local('2024-01-02', null)],
    ['YYYY-MM-DD HH:mm:ssZ', '2024-01-02 09:30:00-05:00', instant('2024-01-02T14:30:00Z', '2024-01-02')],
  ])('reads %s of %s', (format, text, expected) => {
    expect(parse(format, text)).toEqual(expected);
  });

  it.each([
    ['auto', '2024-02-30', '"2024-02-30" is not a date of the calendar'],
    ['auto', '2024-01-02 24:00:00', '"2024-01-02 24:00:00" is not a time of day'],
    ['auto', '01/02/2024', 'expected a time such as 2024-01-02 09:30:00, found "01/02/2024"'],
    ['auto', '2024-01-02 09:30+99', '"2024-01-02 09:30+99" has an impossible offset'],
    ['epoch_s', '1704205800000', '1704205800000 is no time between 1900 and 2200; check `time_format`'],
    ['epoch_ms', '1.5', 'expected a whole number since 1970, found "1.5"'],
    ['DD-MMM-YYYY', '01-XYZ-2024', '"01-XYZ-2024" is not a date of the calendar'],
    ['DD-MMM-YYYY', '01-JAN-2024x', 'expected DD-MMM-YYYY, found "01-JAN-2024x"'],
    ['DD.MM', '01.02', 'a pattern needs a year (YYYY or YY), a month (MM or MMM) and a day (DD)'],
  ])('explains why %s does not read %s', (format, text, expected) => {
    expect(parse(format, text)).toBe(expected);
  });
});
