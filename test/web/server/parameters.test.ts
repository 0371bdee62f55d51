import { describe, expect, it } from 'vitest';
import { readParameters } from '../../../src/web/server/parameters.js';
import { routes } from '../../../src/web/server/routes.js';

function read(query: string, route: keyof typeof routes = 'bars') {
  return readParameters(new URLSearchParams(query), routes[route].parameters);
}

describe('readParameters', () => {
  it('fills in defaults', () => {
    const values = read('symbol=SPY');
    expect(values.ok && [values.value.text('bar'), values.value.count('limit'), values.value.text('from')]).toEqual([
      '1 day',
      5_000,
      null,
    ]);
  });

  it.each([
    ['', 'missing symbol'],
    ['symbol=', 'symbol is empty'],
    ['symbol=A&symbol=B', 'symbol is given 2 times'],
    ['symbol=A&nope=1', 'unknown parameter "nope"; known: symbol'],
    ['symbol=A&__proto__=1', 'unknown parameter "__proto__"'],
    ['symbol=A&from=2026-13-01', 'from is not a date'],
    ['symbol=A&limit=-1', 'limit is not a whole number from 0 to 50000'],
    ['symbol=A&limit=1e3', 'limit is not a whole number'],
    ['symbol=A&hours=late', 'hours is none of rth, all'],
    [`symbol=${'A'.repeat(201)}`, 'symbol has 201 characters'],
  ])('rejects %s: %s', (query, message) => {
    const values = read(query);
    expect(values.ok ? 'accepted' : values.error).toContain(message);
  });
});
