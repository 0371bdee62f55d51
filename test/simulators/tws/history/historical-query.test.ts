import { describe, expect, test } from 'vitest';
import type { PriceType } from '../../../../src/core/tables/bars.js';
import type { TwsSimulatorOptions } from '../../../../src/simulators/tws/simulator-options.js';
import { createVirtualClock } from '../../../virtual-clock.js';
import { afterClose, apple, duringSession, connectClient, startGateway, historicalFields, market } from '../tws-rig.js';
import type { RawClient } from '../tws-rig.js';

const instrument = { symbol: 'AAPL', kind: 'stock', exchange: 'SMART', currency: 'USD', calendar: 'XNYS' } as const;
const vix = { symbol: 'VIX', secType: 'IND', exchange: 'CBOE', currency: 'USD' };

interface Answer {
  readonly start: string;
  readonly end: string;
  readonly bars: readonly (readonly string[])[];
}

async function ask(client: RawClient, id: number, fields: readonly (string | number)[]): Promise<Answer> {
  client.send(...fields);
  const message = await client.next(
    ([kind, first, second, code]) =>
      (kind === '17' && first === String(id)) || (kind === '4' && second === String(id) && code !== '2174'),
  );
  if (message[0] === '4') throw new Error(`${message[3] ?? ''} ${message[4] ?? ''}`);
  const [, , start = '', end = '', count = '', ...values] = message;
  expect(values).toHaveLength(8 * Number(count));
  const bars = Array.from({ length: Number(count) }, (_, index) => values.slice(8 * index, 8 * index + 8));
  return { start, end, bars };
}

async function answer(
  wanted: Parameters<typeof historicalFields>[2],
  contract: Readonly<Record<string, string | number>> = apple,
  parts: Partial<TwsSimulatorOptions> = {},
): Promise<Answer> {
  const { port } = await startGateway({ marketTime: () => afterClose, ...parts });
  return ask(await connectClient(port), 1, historicalFields(1, contract, wanted));
}

describe('historical bars', () => {
  test.each(['TRADES', 'MIDPOINT', 'BID', 'ASK', 'BID_ASK', 'ADJUSTED_LAST'] as const)(
    'of %s are the market’s',
    async (what) => {
      const { bars } = await answer({ barSize: '5 mins', duration: '2 D', what, formatDate: 2 });
      const expected = market.bars({
        instrument,
        barSize: '5 mins',
        priceType: (what === 'ADJUSTED_LAST' ? 'TRADES' : what) satisfies PriceType,
        window: { start: Date.parse('2026-11-17T05:00:00Z'), end: afterClose },
        now: afterClose,
      });
      if (!expected.found) expect.fail('no bars');
      const { ts, open, high, low, close, volume, wap, bar_count: count } = expected.value.columns;
      const known = (value: number) => (Number.isNaN(value) ? -1 : value);
      expect(bars.map((fields) => fields.map(Number))).toEqual(
        Array.from(ts, (start, index) => [
          start / 1000,
          open[index],
          high[index],
          low[index],
          close[index],
          known(volume[index] ?? 0),
          known(wap[index] ?? 0),
          known(count[index] ?? 0),
        ]),
      );
      expect(bars).toHaveLength(156);
    },
  );

  test('have the requested size, for every size', async () => {
    const { port } = await startGateway({ marketTime: () => afterClose, pacing: 'off' });
    const client = await connectClient(port);
    const counts: Readonly<Record<string, readonly [string, number]>> = {
      '1 secs': ['1800 S', 1800],
      '5 secs': ['3600 S', 720],
      '10 secs': ['3600 S', 360],
      '15 secs': ['3600 S', 240],
      '30 secs': ['3600 S', 120],
      '1 min': ['1 D', 390],
      '2 mins': ['1 D', 195],
      '3 mins': ['1 D', 130],
      '5 mins': ['1 D', 78],
      '10 mins': ['1 D', 39],
      '15 mins': ['1 D', 26],
      '20 mins': ['1 D', 20],
      '30 mins': ['1 D', 13],
      '1 hour': ['1 D', 7],
      '2 hours': ['1 D', 4],
      '3 hours': ['1 D', 3],
      '4 hours': ['1 D', 2],
      '8 hours': ['1 D', 1],
      '1 day': ['1 Y', 251],
      '1W': ['1 Y', 53],
      '1M': ['1 Y', 13],
    };
    let id = 0;
    for (const [barSize, [duration, count]] of Object.entries(counts)) {
      const { bars } = await ask(client, ++id, historicalFields(id, apple, { barSize, duration }));
      expect(bars.length, barSize).toBe(count);
    }
  });

  test('of weeks and months have the date of their last session and match the days', async () => {
    const { bars: days } = await answer({ barSize: '1 day', duration: '3 M', end: '20261031 23:59:59 US/Eastern' });
    const { bars: months } = await answer({ barSize: '1M', duration: '3 M', end: '20261031 23:59:59 US/Eastern' });
    expect(months.map(([date]) => date)).toEqual(['20260831', '20260930', '20261030']);
    const september = days.filter(([date]) => date?.startsWith('202609') === true);
    const volumes = september.map((fields) => Number(fields[5]));
    expect(Number(months[1]?.[5])).toBe(volumes.reduce((sum, volume) => sum + volume, 0));
    expect(months[1]?.[1]).toBe(september[0]?.[1]);
    expect(months[1]?.[4]).toBe(september.at(-1)?.[4]);
  });

  test.each(['TRADES', 'MIDPOINT', 'BID', 'ASK', 'BID_ASK'])('of %s have prices without binary noise', async (what) => {
    const { bars } = await answer({ barSize: '1 min', duration: '1 D', what });
    for (const fields of bars) for (const price of fields.slice(1, 5)) expect(price).toMatch(/^\d+(?:\.\d{1,3})?$/);
    expect(bars).toHaveLength(390);
  });

  test('of options match the market', async () => {
    const option = {
      symbol: 'AAPL',
      secType: 'OPT',
      exchange: 'SMART',
      currency: 'USD',
      expiry: '20261218',
      strike: 270,
      right: 'C',
    };
    const { bars } = await answer({ barSize: '1 day', duration: '5 D' }, option);
    const expected = market.optionBars({
      instrument,
      contract: { expiry: '2026-12-18', strike: 270, right: 'C' },
      barSize: '1 day',
      priceType: 'TRADES',
      window: { start: Date.parse('2026-11-12T05:00:00Z'), end: afterClose },
      now: afterClose,
    });
    expect(bars.map((fields) => Number(fields[4]))).toEqual(expected.found ? [...expected.value.columns.close] : null);
  });

  test('of an index have no volume and no average', async () => {
    const { bars } = await answer({ duration: '2 D' }, vix);
    expect(bars.map((fields) => fields.slice(5))).toEqual([
      ['0', '0', '0'],
      ['0', '0', '0'],
    ]);
  });
});

describe('times in responses', () => {
  test('are in the instrument zone and name it', async () => {
    const { start, end, bars } = await answer({ barSize: '1 hour', duration: '1 D', end: '20261117-23:00:00' });
    expect([start, end]).toEqual(['20261116 18:00:00 US/Eastern', '20261117 18:00:00 US/Eastern']);
    expect([bars[0]?.[0], bars.at(-1)?.[0]]).toEqual(['20261117 09:30:00 US/Eastern', '20261117 15:30:00 US/Eastern']);
  });

  test('follow a daylight saving change', async () => {
    const wanted = { barSize: '4 hours', duration: '2 D', end: '20261102 20:00:00 US/Eastern' };
    expect((await answer(wanted)).bars.map(([date]) => date)).toEqual([
      '20261030 09:30:00 US/Eastern',
      '20261030 13:30:00 US/Eastern',
      '20261102 09:30:00 US/Eastern',
      '20261102 13:30:00 US/Eastern',
    ]);
    const seconds = (await answer({ ...wanted, formatDate: 2 })).bars.map(([date]) => Number(date) * 1000);
    expect(seconds.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual(['13:30', '17:30', '14:30', '18:30']);
  });

  test('use the zone of an exchange outside the US', async () => {
    const { bars } = await answer(
      { barSize: '1 hour', duration: '1 D', end: '20261117 18:00:00 Asia/Calcutta' },
      { symbol: 'RELIANCE', secType: 'STK', exchange: 'NSE', currency: 'INR' },
    );
    expect(bars[0]?.[0]).toBe('20261117 09:15:00 Asia/Calcutta');
  });

  test('have two spaces and no zone for older clients', async () => {
    const { port } = await startGateway({ marketTime: () => afterClose });
    const client = await connectClient(port, 'v100..173');
    const { start, bars } = await ask(client, 1, historicalFields(1, apple, { barSize: '1 hour', duration: '1 D' }));
    expect([start, bars[0]?.[0]]).toEqual(['20261117  21:00:00', '20261118  09:30:00']);
  });

  test('of daily bars are dates in both formats', async () => {
    expect((await answer({ duration: '1 D', formatDate: 2 })).bars[0]?.[0]).toBe('20261118');
  });

  test('have no year in the third format, which daily bars do not have', async () => {
    const { start, bars } = await answer({ barSize: '1 hour', duration: '1 D', formatDate: 3 });
    expect([start, bars[0]?.[0]]).toEqual(['20261117 21:00:00 US/Eastern', '1118 09:30:00 US/Eastern']);
    expect((await answer({ duration: '1 D', formatDate: 3 })).bars[0]?.[0]).toBe('20261118');
  });

  test.each([
    ['60 S', '20261123 09:59:00'],
    ['1 D', '20261122 10:00:00'],
    ['3 D', '20261120 10:00:00'],
    ['1 W', '20261116 10:00:00'],
    ['1 M', '20261023 10:00:00'],
    ['1 Y', '20251123 10:00:00'],
  ])('name a window of %s by the clock, whatever the sessions', async (duration, expected) => {
    const { start, bars } = await answer(
      { barSize: duration === '60 S' ? '1 min' : '1 day', duration, end: '20261123 10:00:00 US/Eastern' },
      apple,
      {
        marketTime: () => Date.parse('2026-11-25T15:00:00Z'),
      },
    );
    expect(start).toBe(`${expected} US/Eastern`);
    if (duration === '3 D') expect(bars.map(([date]) => date)).toEqual(['20261119', '20261120', '20261123']);
  });

  test('include warning 2174 for an end without a zone', async () => {
    const { port } = await startGateway();
    const client = await connectClient(port);
    client.send(...historicalFields(1, apple, { end: '20261117 16:00:00' }));
    expect((await client.message(4)).slice(2, 4)).toEqual(['1', '2174']);
    expect((await client.message(17))[3]).toBe('20261117 16:00:00 US/Eastern');
  });
});

describe('the bar in progress', () => {
  test('comes last when the end is now, and is absent when the end is past', async () => {
    const during = { marketTime: () => duringSession + 150_000 };
    const { bars } = await answer({ barSize: '5 mins', duration: '1 D' }, apple, during);
    expect(bars.at(-1)?.[0]).toBe('20261118 11:00:00 US/Eastern');
    const seconds = market.bars({
      instrument,
      barSize: '1 secs',
      priceType: 'TRADES',
      window: { start: duringSession, end: duringSession + 150_000 },
      now: duringSession + 150_000,
    });
    if (!seconds.found) expect.fail('no bars');
    const { columns } = seconds.value;
    const [, open, high, low, close, volume] = (bars.at(-1) ?? []).map(Number);
    expect([open, close]).toEqual([columns.open[0], columns.close.at(-1)]);
    expect([high, low]).toEqual([Math.max(...columns.high), Math.min(...columns.low)]);
    expect(volume).toBe(columns.volume.reduce((sum, shares) => sum + shares, 0));
    const past = await answer({ barSize: '5 mins', duration: '1 D', end: '20261118-15:59:59' }, apple, during);
    expect(past.bars.at(-1)?.[0]).toBe('20261118 10:55:00 US/Eastern');
  });

  test('is included in daily bars', async () => {
    const { bars } = await answer({ duration: '2 D' }, apple, { marketTime: () => duringSession });
    expect(bars.map(([date]) => date)).toEqual(['20261117', '20261118']);
    const quote = market.quote(instrument, duringSession);
    expect(Number(bars[1]?.[4])).toBe(quote.found ? quote.value?.last : null);
  });

  test('is updated while market time advances with keepUpToDate', async () => {
    const clock = createVirtualClock(0, { auto: false });
    const { port, statistics } = await startGateway({ clock, marketTime: () => duringSession + clock.now() });
    const client = await connectClient(port);
    await ask(client, 1, historicalFields(1, apple, { barSize: '10 secs', duration: '60 S', keep: 1 }));
    await clock.advanceBy(5_000);
    expect((await client.message(90)).slice(0, 4)).toEqual([
      '90',
      '1',
      expect.any(String),
      '20261118 11:00:00 US/Eastern',
    ]);
    await clock.advanceBy(5_000);
    const [, , , first] = await client.message(90);
    await clock.advanceBy(5_000);
    const next = await client.next(([kind, , , date]) => kind === '90' && date !== first);
    expect(next[3]).toBe('20261118 11:00:10 US/Eastern');
    expect(statistics().openHistorical.now).toBe(1);
    client.send(25, 1, 1);
    expect(await client.message(4)).toContain(
      'Historical Market Data Service error message:API historical data query cancelled: 1',
    );
    expect(statistics().openHistorical.now).toBe(0);
  });
});

describe('rejects a request for bars:', () => {
  const refused = (
    wanted: Parameters<typeof historicalFields>[2],
    contract?: Readonly<Record<string, string | number>>,
  ) =>
    answer(wanted, contract).then(
      () => 'answered',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );

  test.each([
    [{ barSize: '1 week' }, /^321 .*Legal ones are: 1 secs, .*, 1 day, 1W, 1M$/],
    [{ barSize: '7 mins' }, /^321 .*bar size setting is invalid\. Legal ones are: 1 secs, 5 secs/],
    [{ duration: '5 days' }, /^321 /],
    [{ duration: '400 D' }, /^321 .*durations longer than 365 days must be made in years/],
    [{ what: 'NONSENSE' }, /^321 /],
    [{ formatDate: 4 }, /^321 /],
    [{ end: 'tomorrow' }, /^10314 /],
    [{ end: '20261117 16:00:00 UTC', keep: 1 }, /^321 /],
    [{ end: '20261117 16:00:00 UTC', what: 'ADJUSTED_LAST' }, /^321 /],
    [{ duration: '10 Y', barSize: '1 min' }, /^162 .*Time length exceed max/],
    [{ what: 'HISTORICAL_VOLATILITY' }, /^162 .*No data of type EODChart is available/],
    [{ end: '19800101-00:00:00' }, /^162 .*HMDS query returned no data: AAPL@SMART Trades$/],
    [{ barSize: '30 secs', duration: '3600 S', end: '20260301-00:00:00' }, /^162 .*no data/],
  ])('%j', async (wanted, message) => {
    expect(await refused(wanted)).toMatch(message);
  });

  test.each([
    [{ what: 'BID' }, vix, /^162 .*No data of type EODChart is available for the exchange 'CBOE'/],
    [{}, { symbol: 'UNKNOWN', secType: 'STK', exchange: 'SMART', currency: 'USD' }, /^200 No security definition/],
    [{}, { symbol: 'BHP', secType: 'STK' }, /^200 .*BHP is ambiguous/],
    [
      {},
      {
        symbol: 'AAPL',
        secType: 'OPT',
        exchange: 'SMART',
        currency: 'USD',
        expiry: '20261016',
        strike: 270,
        right: 'C',
      },
      /^166 /,
    ],
  ])('%j of %j', async (wanted, contract, message) => {
    expect(await refused(wanted, contract)).toMatch(message);
  });
});

test('answers head timestamps of stocks and options, and rejects those without data', async () => {
  const { port } = await startGateway();
  const client = await connectClient(port);
  const contract = [0, 'AAPL', 'STK', '', 0, '', '', 'SMART', '', 'USD', '', ''];
  client.send(87, 1, ...contract, 0, 1, 'TRADES', 1);
  expect(await client.message(88)).toEqual(['88', '1', '19900102-14:30:00']);
  client.send(87, 2, ...contract, 0, 1, 'BID', 2);
  expect(await client.message(88)).toEqual(['88', '2', String(Date.parse('1990-01-02T14:30:00Z') / 1000)]);
  const option = [0, 'AAPL', 'OPT', '20261218', 270, 'C', '', 'SMART', '', 'USD', '', ''];
  client.send(87, 3, ...option, 0, 1, 'TRADES', 2);
  const [, , first] = await client.message(88);
  const day = market.optionBars({
    instrument,
    contract: { expiry: '2026-12-18', strike: 270, right: 'C' },
    barSize: '1 day',
    priceType: 'TRADES',
    window: { start: 0, end: duringSession },
    now: duringSession,
  });
  expect(Number(first) * 1000).toBe(day.found ? day.value.columns.ts[0] : null);
  client.send(87, 4, 0, 'VIX', 'IND', '', 0, '', '', 'CBOE', '', 'USD', '', '', 0, 1, 'BID', 1);
  expect((await client.message(4)).slice(2, 4)).toEqual(['4', '162']);
});

test('answers a SCHEDULE request with the sessions of the window', async () => {
  const { port } = await startGateway({ marketTime: () => Date.parse('2026-11-28T12:00:00Z') });
  const client = await connectClient(port);
  client.send(...historicalFields(1, apple, { what: 'SCHEDULE', duration: '2 D' }));
  expect(await client.message(106)).toEqual([
    '106',
    '1',
    '20261125-00:00:00',
    '20261128-07:00:00',
    'US/Eastern',
    '2',
    '20261125-09:30:00',
    '20261125-16:00:00',
    '20261125',
    '20261127-09:30:00',
    '20261127-13:00:00',
    '20261127',
  ]);
});

test('answers the cancellation of an unknown request with 366', async () => {
  const { port } = await startGateway();
  const client = await connectClient(port);
  client.send(25, 1, 77);
  expect((await client.message(4)).slice(2, 4)).toEqual(['77', '366']);
});

test('sends 20,000 bars in one message', async () => {
  const { port } = await startGateway({ marketTime: () => afterClose });
  const client = await connectClient(port);
  const { bars } = await ask(client, 1, historicalFields(1, apple, { barSize: '1 secs', duration: '20000 S' }));
  expect(bars).toHaveLength(20_000);
});
