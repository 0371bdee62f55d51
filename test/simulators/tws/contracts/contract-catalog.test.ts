import { describe, expect, test } from 'vitest';
import { createContractCatalog } from '../../../../src/simulators/tws/contracts/contract-catalog.js';
import { createIsin } from '../../../../src/simulators/tws/contracts/isin.js';
import { getCalendar } from '../../../../src/calendar/calendars.js';
import { afterClose, apple, detailsFields, connectClient, startGateway, market } from '../tws-rig.js';
import type { RawClient } from '../tws-rig.js';

/** Positions of fields in contract details at version 176. */
const place = {
  symbol: 2,
  secType: 3,
  expiry: 4,
  strike: 5,
  right: 6,
  exchange: 7,
  currency: 8,
  conId: 12,
  zone: 25,
} as const;

async function details(
  client: RawClient,
  contract: Readonly<Record<string, string | number>>,
  id = 1,
): Promise<readonly (readonly string[])[]> {
  client.send(...detailsFields(id, contract));
  const last = await client.next(
    ([kind, version, request]) =>
      (kind === '52' && request === String(id)) || (kind === '4' && version === '2' && request === String(id)),
  );
  if (last[0] === '4') throw new Error(`${last[3] ?? ''} ${last[4] ?? ''}`);
  return client.received.filter(([kind, request]) => kind === '10' && request === String(id));
}

const open = async (): Promise<RawClient> => connectClient((await startGateway()).port);

describe('lookup of stocks and indices', () => {
  test.each([
    [apple, ['AAPL', 'STK', 'SMART', 'USD', 'US/Eastern']],
    [{ symbol: 'SPY', secType: 'STK', exchange: 'ARCA', currency: 'USD' }, ['SPY', 'STK', 'ARCA', 'USD', 'US/Eastern']],
    [{ symbol: 'VIX', secType: 'IND', exchange: 'CBOE', currency: 'USD' }, ['VIX', 'IND', 'CBOE', 'USD', 'US/Eastern']],
    [
      { symbol: 'CBA', secType: 'STK', exchange: 'ASX', currency: 'AUD' },
      ['CBA', 'STK', 'ASX', 'AUD', 'Australia/NSW'],
    ],
    [
      { symbol: 'RELIANCE', secType: 'STK', exchange: 'NSE', currency: 'INR' },
      ['RELIANCE', 'STK', 'NSE', 'INR', 'Asia/Calcutta'],
    ],
    [
      { symbol: 'WHATEVER', secType: 'STK', exchange: 'SMART', currency: 'USD' },
      ['WHATEVER', 'STK', 'SMART', 'USD', 'US/Eastern'],
    ],
  ])('%j', async (contract, expected) => {
    const found = await details(await open(), contract);
    expect(found).toHaveLength(1);
    const { symbol, secType, exchange, currency, zone } = place;
    expect([symbol, secType, exchange, currency, zone].map((at) => found[0]?.[at])).toEqual(expected);
  });

  test('a dual-listed symbol is ambiguous without a currency or exchange', async () => {
    const client = await open();
    const currencies = (found: readonly (readonly string[])[]) => found.map((fields) => fields[place.currency]);
    expect(currencies(await details(client, { symbol: 'BHP', secType: 'STK' }, 1))).toEqual(['USD', 'AUD']);
    expect(currencies(await details(client, { symbol: 'BHP', secType: 'STK', currency: 'AUD' }, 2))).toEqual(['AUD']);
    expect(currencies(await details(client, { symbol: 'BHP', secType: 'STK', primaryExchange: 'NYSE' }, 3))).toEqual([
      'USD',
    ]);
    expect(currencies(await details(client, { symbol: 'CSL', secType: 'STK' }, 4))).toEqual(['AUD']);
  });

  test.each([
    [{ symbol: 'UNKNOWN1', secType: 'STK', exchange: 'SMART', currency: 'USD' }, '200 No security definition'],
    [{ symbol: 'AAPL', secType: 'STK', exchange: 'ASX', currency: 'USD' }, '200 '],
    [{ symbol: 'AAPL', secType: 'STK', exchange: 'NOWHERE', currency: 'USD' }, '200 '],
    [{ symbol: 'AAPL', secType: 'IND', exchange: 'CBOE', currency: 'USD' }, '200 '],
    [{ symbol: 'VIX', secType: 'STK', exchange: 'SMART', currency: 'USD' }, '200 '],
    [{ symbol: 'AAPL', secType: 'CRYPTO', exchange: 'PAXOS', currency: 'USD' }, '200 '],
    [{ conId: 12345 }, '200 '],
    [{ symbol: 'AAPL' }, '321 '],
    [{ secType: 'STK' }, '321 '],
  ])('%j is rejected', async (contract, error) => {
    await expect(details(await open(), contract)).rejects.toThrow(error);
  });
});

describe('contract ids', () => {
  test('find their contract and fit in 32 bits', async () => {
    const client = await open();
    const chain = await details(
      client,
      { symbol: 'AAPL', secType: 'OPT', exchange: 'SMART', currency: 'USD', expiry: '202612', right: 'C' },
      1,
    );
    expect(chain.length).toBeGreaterThan(50);
    const numbers = chain.map((fields) => Number(fields[place.conId]));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(...numbers)).toBeLessThan(2 ** 31);
    const [one] = chain;
    const again = await details(client, { conId: one?.[place.conId] ?? '', exchange: 'SMART' }, 2);
    expect(again[0]?.slice(2)).toEqual(one?.slice(2));
  });

  test('are the same in another gateway, which accepts them with a description', async () => {
    const wanted = { symbol: 'AAPL', secType: 'OPT', currency: 'USD', exchange: 'SMART' };
    const [one] = await details(await open(), { ...wanted, expiry: '20261218', right: 'P' });
    const description = { ...wanted, expiry: '20261218', right: 'P', strike: one?.[place.strike] ?? '' };
    const number = one?.[place.conId] ?? '';
    const other = await open();
    expect((await details(other, { ...description, conId: number }, 5))[0]?.slice(2)).toEqual(one?.slice(2));
    await expect(details(other, { ...description, conId: Number(number) + 1 }, 6)).rejects.toThrow('200');
  });
});

describe('lookup of options', () => {
  const wanted = { symbol: 'AAPL', secType: 'OPT', exchange: 'SMART', currency: 'USD' };

  test('finds every option that a partial description matches', async () => {
    const client = await open();
    const both = await details(client, { ...wanted, expiry: '20261218', strike: 270 }, 1);
    expect(both.map((fields) => fields[place.right])).toEqual(['C', 'P']);
    const calls = await details(client, { ...wanted, expiry: '20261218', right: 'CALL' }, 2);
    expect(calls.length).toBeGreaterThan(10);
    expect(new Set(calls.map((fields) => fields[place.right]))).toEqual(new Set(['C']));
    const everything = await details(client, wanted, 3);
    expect(everything.length).toBeGreaterThan(1_000);
  });

  test('finds an option by its OCC symbol', async () => {
    const [one] = await details(await open(), {
      secType: 'OPT',
      localSymbol: 'AAPL  261218C00270000',
      exchange: 'SMART',
      currency: 'USD',
    });
    expect([one?.[place.expiry], one?.[place.strike], one?.[place.right]]).toEqual(['20261218', '270', 'C']);
  });

  test('does not find expired options', async () => {
    await expect(details(await open(), { ...wanted, expiry: '20261016', strike: 270, right: 'C' })).rejects.toThrow(
      '200 No security definition',
    );
  });

  test('returns parameters with pairs that are not listed', async () => {
    const client = await open();
    client.send(78, 4, 'AAPL', '', 'STK', 265598);
    const messages = await client.until(76);
    const parameters = messages.filter(([kind]) => kind === '75');
    expect(parameters.map(([, , exchange]) => exchange)).toEqual(['SMART', 'AMEX', 'CBOE', 'PHLX', 'ISE', 'BOX']);
    const [, request, , conId, tradingClass, multiplier, count, ...rest] = parameters[0] ?? [];
    expect([request, conId, tradingClass, multiplier]).toEqual(['4', '265598', 'AAPL', '100']);
    const expiries = rest.slice(0, Number(count));
    const strikes = rest.slice(Number(count) + 1).map(Number);
    expect(rest[Number(count)]).toBe(String(strikes.length));
    expect([...expiries].sort()).toEqual(expiries);
    expect([...strikes].sort((a, b) => a - b)).toEqual(strikes);
    const near = await details(client, { ...wanted, expiry: expiries[0] ?? '', right: 'C' }, 5);
    expect(near.length).toBeLessThan(strikes.length);
    const exists = new Set(near.map((fields) => Number(fields[place.strike])));
    const missing = strikes.find((strike) => !exists.has(strike)) ?? 0;
    await expect(
      details(client, { ...wanted, expiry: expiries[0] ?? '', strike: missing, right: 'C' }, 6),
    ).rejects.toThrow('200');
  });

  test('rejects parameters of an unknown contract id', async () => {
    const client = await open();
    client.send(78, 4, 'AAPL', '', 'STK', 1);
    expect((await client.message(4)).slice(2, 4)).toEqual(['4', '321']);
  });
});

test('computes a chain once while it cannot change', () => {
  let computed = 0;
  const counting = {
    ...market,
    chain: (...question: Parameters<typeof market.chain>) => (computed++, market.chain(...question)),
  };
  const book = createContractCatalog({ market: counting, calendarOf: getCalendar });
  const stock = {
    conId: 0,
    strike: null,
    right: null,
    expiry: '',
    multiplier: '',
    primaryExchange: '',
    localSymbol: '',
    tradingClass: '',
  };
  const lookup = book.lookUp({ ...stock, ...apple }, afterClose);
  const spot = lookup.kind === 'found' ? lookup.contracts[0] : undefined;
  if (spot?.kind !== 'spot') expect.fail('no stock');
  for (let index = 0; index < 10; index++) book.chain(spot, afterClose + index * 60_000);
  expect(computed).toBe(1);
  book.chain(spot, afterClose + 86_400_000);
  expect(computed).toBe(2);
});

test('generated ISINs have a valid check digit', () => {
  // The Luhn sum of a real ISIN is divisible by 10.
  const sum = (isin: string) =>
    Array.from(Array.from(isin, (character) => parseInt(character, 36)).join(''))
      .reverse()
      .map((digit, index) => (index % 2 === 0 ? Number(digit) : 2 * Number(digit)))
      .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  expect(sum('US0378331005') % 10).toBe(0);
  for (const symbol of ['AAPL', 'X', 'BRK B']) expect(sum(createIsin('US', symbol)) % 10).toBe(0);
});

describe('options of SPX', () => {
  const wanted = { symbol: 'SPX', secType: 'OPT', exchange: 'SMART', currency: 'USD' };

  test('have parameters of the classes SPX and SPXW', async () => {
    const client = await open();
    client.send(78, 4, 'SPX', '', 'IND', 416904);
    const messages = await client.until(76);
    const classes = new Map<string, readonly string[]>();
    for (const [kind, , , , tradingClass = '', , count, ...rest] of messages)
      if (kind === '75') classes.set(tradingClass, rest.slice(0, Number(count)));
    expect([...classes.keys()].sort()).toEqual(['SPX', 'SPXW']);
    expect(classes.get('SPX')).toContain('20261218');
    expect(classes.get('SPXW')).toContain('20261218');
    expect(classes.get('SPXW')?.length).toBeGreaterThan(classes.get('SPX')?.length ?? Infinity);
  });

  test('are two contracts on the third Friday, and one if the description names a class', async () => {
    const client = await open();
    const [one] = await details(client, { ...wanted, expiry: '20261218', right: 'C', tradingClass: 'SPXW' }, 1);
    const description = { ...wanted, expiry: '20261218', right: 'C', strike: one?.[place.strike] ?? '' };
    const both = await details(client, description, 2);
    expect(both).toHaveLength(2);
    expect(new Set(both.map((fields) => fields[place.conId])).size).toBe(2);
    expect(await details(client, { ...description, tradingClass: 'SPX' }, 3)).toHaveLength(1);
    const again = await details(client, { conId: one?.[place.conId] ?? '', exchange: 'SMART' }, 4);
    expect(again[0]?.slice(2)).toEqual(one?.slice(2));
  });

  test('are found by the OCC symbol of SPXW', async () => {
    const strike = (
      await details(await open(), { ...wanted, expiry: '20261218', right: 'C', tradingClass: 'SPXW' })
    )[0];
    const price = String(Number(strike?.[place.strike]) * 1_000).padStart(8, '0');
    const localSymbol = `SPXW  261218C${price}`;
    const [one] = await details(await open(), { secType: 'OPT', localSymbol, exchange: 'SMART', currency: 'USD' });
    expect([one?.[place.symbol], one?.[place.expiry]]).toEqual(['SPX', '20261218']);
  });
});
