import { expect, it } from 'vitest';

import { ArgumentError, checkArguments, checkBounds } from '../../src/queries/check-arguments.js';

const names = ['symbol', 'fromInclusive', 'at', 'days', 'barSize'];

it.each<[object, string]>([
  [{}, 'bars needs the argument symbol'],
  [{ symbol: ' ' }, 'bars: symbol " " is not a text; write a name such as AAPL'],
  [
    { symbol: 'AAPL', from: '2026-01-02' },
    'bars has no argument from; it has symbol, fromInclusive, at, days, barSize',
  ],
  [{ symbol: 'AAPL', dayz: 1 }, 'bars has no argument dayz; did you mean days?'],
  [{ symbol: 'AAPL', fromInclusive: '2026-02-30' }, 'bars: fromInclusive "2026-02-30" is not a date; write YYYY-MM-DD'],
  [{ symbol: 'AAPL', days: 0.5 }, 'bars: days 0.5 is not a whole number of 1 or more'],
  [{ symbol: 'AAPL', at: Number.NaN }, /^bars: at NaN is not an instant; write epoch milliseconds/.source],
])('refuses %j', (values, message) => {
  const check = (): void => checkArguments('bars', values, names);
  expect(check).toThrow(ArgumentError);
  expect(check).toThrow(message.startsWith('^') ? new RegExp(message) : message);
});

it('accepts an absent value as none', () => {
  expect(() => checkArguments('bars', { symbol: 'AAPL', days: undefined }, names)).not.toThrow();
});

it('refuses bounds without a date between them', () => {
  expect(() => checkBounds('bars', '2026-11-20', '2026-11-20')).toThrow(/no date is between them/);
  expect(() => checkBounds('bars', '2026-11-20', undefined)).not.toThrow();
});
