import { expect, test } from 'vitest';

import { requireCalendar } from '../../fixtures/require-calendar.js';
import type { Instrument } from '../../../src/core/series.js';
import type { ListedOption } from '../../../src/market/options/option-chain.js';
import { defaultMarket, unwrap } from '../market-fixture.js';

const index: Instrument = { symbol: 'SPX', kind: 'index', exchange: 'CBOE', currency: 'USD', calendar: 'XNYS' };
const noon = Date.parse('2026-11-20T17:00:00Z');
const thirdFriday = '2026-12-18';

const chain = unwrap(defaultMarket.chain(index, noon));

function listExpiries(tradingClass: string): readonly string[] {
  return [...new Set(chain.filter((option) => option.tradingClass === tradingClass).map(({ expiry }) => expiry))];
}

function find(tradingClass: string): ListedOption {
  const { close } = requireCalendar('XNYS').sessions('2026-11-19', '2026-11-20')[0] ?? { close: noon };
  const spot = unwrap(defaultMarket.quote(index, close))?.last ?? 0;
  const calls = chain.filter(
    (option) => option.tradingClass === tradingClass && option.expiry === thirdFriday && option.right === 'C',
  );
  const nearest = calls.toSorted((a, b) => Math.abs(a.strike - spot) - Math.abs(b.strike - spot))[0];
  if (nearest === undefined) expect.fail(`no ${tradingClass}`);
  return nearest;
}

test('options of SPX are monthly ones of SPX and those of the coming days, weeks and months of SPXW', () => {
  expect(listExpiries('SPX').slice(0, 3)).toEqual(['2026-12-18', '2027-01-15', '2027-02-19']);
  const daily = ['2026-11-20', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-27', '2026-11-30', '2026-12-01'];
  expect(listExpiries('SPXW').slice(0, 7)).toEqual(daily);
  expect(listExpiries('SPXW')).toContain(thirdFriday);
  expect(new Set(chain.map(({ conId }) => conId)).size).toBe(chain.length);
});

test('both classes of one expiry follow one underlying; the one that expires at the opening has less time', () => {
  const [opening, closing] = [find('SPX'), find('SPXW')];
  expect(opening.strike).toBe(closing.strike);
  expect([opening.localSymbol, closing.localSymbol].map((name) => name.slice(0, 12))).toEqual([
    'SPX   261218',
    'SPXW  261218',
  ]);
  const quotes = [opening, closing].map((option) => unwrap(defaultMarket.optionQuote(index, option, noon)));
  const [am, pm] = quotes;
  expect(am?.underlyingPrice).toBe(pm?.underlyingPrice);
  expect(pm?.bid).toBeGreaterThan(am?.bid ?? Infinity);
  expect((pm?.bid ?? 0) / (am?.bid ?? 1)).toBeLessThan(1.05);
});

test('the class that expires at the opening does not trade on its last day', () => {
  const onFriday = Date.parse('2026-12-18T17:00:00Z');
  const classes = unwrap(defaultMarket.chain(index, onFriday))
    .filter(({ expiry }) => expiry === thirdFriday)
    .map(({ tradingClass }) => tradingClass);
  expect(new Set(classes)).toEqual(new Set(['SPXW']));
  expect(defaultMarket.optionQuote(index, find('SPX'), onFriday)).toEqual({ found: false, reason: 'after-expiry' });
  expect(defaultMarket.optionQuote(index, find('SPXW'), onFriday)).toMatchObject({ found: true });
});

test('every listed option is found again on every day until its end', () => {
  for (const date of ['2026-11-20', '2026-11-25', '2026-12-10', '2026-12-17', '2027-03-25']) {
    const at = Date.parse(`${date}T17:00:00Z`);
    const listed = unwrap(defaultMarket.chain(index, at));
    const lost = listed.filter((option, number) => {
      if (number % 50 !== 0) return false;
      const quote = defaultMarket.optionQuote(index, option, at);
      return !quote.found;
    });
    expect(lost, date).toEqual([]);
  }
});
