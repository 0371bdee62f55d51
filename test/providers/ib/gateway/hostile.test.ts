import { describe, expect, it } from 'vitest';
import { requireCalendar } from '../../../fixtures/require-calendar.js';
import { createFetchContext } from '../../../fixtures/fetch-context.js';
import { minute } from '../../../../src/core/time/time.js';
import {
  advanceUntilDone,
  apple,
  barsRequest,
  expectRows,
  getDayWindow,
  pointRequest,
  snapshotRequest,
} from '../rig.js';
import { barAt, barsFrame, detailsFrames, errorFrame, frame, openScripted, rawFrame } from './scripted-gateway.js';

const dayWindow = getDayWindow('2026-11-17');
const calendar = requireCalendar('XNYS');
const [session] = calendar.sessions('2026-11-17', '2026-11-18');
const open = session?.open ?? NaN;

/** All bars of one minute of the session. */
const minuteBars = Array.from({ length: 390 }, (_, index) => barAt((open + index * minute) / 1_000));
const msft = { ...apple, symbol: 'MSFT' };

describe('messages about orders, accounts and executions', () => {
  it.each([3, 5, 6, 7, 8, 11, 53, 55, 59, 61, 62, 63, 71, 94, 99, 100, 101, 102, 107, 213, 999])(
    'of type %i are skipped, whatever their fields are, and the connection stays',
    async (type) => {
      const { provider, notices, gateway } = await openScripted((request, { send }) => {
        send(frame(type), frame(type, 'x', '', 'Filled', NaN), frame(type, ...Array<string>(500).fill('?')));
        send(detailsFrames(request.id));
      });
      expect(expectRows(await provider.fetch(pointRequest('contracts'), createFetchContext())).rows.length).toBe(1);
      expect(gateway.connections()).toBe(1);
      expect(notices.map(({ kind }) => kind)).toEqual(['connected']);
    },
  );

  it('with an order rejection that is not JSON are reported, and the connection stays', async () => {
    const { provider, notices, gateway } = await openScripted((request, { send }) => {
      send(frame(4, 2, 5, 201, 'Order rejected', '{not json'), detailsFrames(request.id));
    });
    expect((await provider.fetch(pointRequest('contracts'), createFetchContext())).kind).toBe('rows');
    expect(gateway.connections()).toBe(1);
    expect(notices.at(-1)).toMatchObject({ kind: 'unexpected', message: 'IB error 201: Order rejected' });
  });
});

describe('details of another contract', () => {
  it('are refused as an invalid answer, for a contract and for a chain', async () => {
    // The gateway answers with the details of Apple, whatever it was asked.
    const { provider } = await openScripted((request, { send }) => send(detailsFrames(request.id)));
    for (const dataset of ['contracts', 'chains'] as const) {
      const outcome = await provider.fetch(pointRequest(dataset, msft), createFetchContext());
      expect(outcome).toMatchObject({
        kind: 'failure',
        failure: {
          kind: 'invalid',
          code: 'other-contract',
          message: 'IB answered the request for MSFT at SMART in USD with the contract of AAPL',
        },
      });
    }
  });
});

describe('a message that cannot be decoded', () => {
  it('fails the request that it names, and the others are answered on the same connection', async () => {
    const { provider, gateway } = await openScripted((request, { send, received }) => {
      if (request.kind !== 'history') return;
      const [first, second] = received;
      if (second === undefined) return;
      send(frame(17, first?.id ?? 0, '', '', 390, '20261117', 10), barsFrame(second.id, minuteBars));
    });
    const broken = provider.fetch(barsRequest(dayWindow), createFetchContext());
    const whole = provider.fetch(barsRequest(dayWindow, '1 min', msft), createFetchContext());
    expect(await broken).toMatchObject({
      failure: { kind: 'retryable', code: 'unreadable', message: expect.stringContaining('390 bars') as string },
    });
    expect(expectRows(await whole).rows.length).toBe(390);
    expect(gateway.connections()).toBe(1);
  });

  it.each([
    ['more bars than it announces', (id: number) => barsFrame(id, minuteBars, 10)],
    ['fewer bars than it announces', (id: number) => barsFrame(id, minuteBars, 391)],
    ['no number of bars', (id: number) => barsFrame(id, [], 'NaN')],
    ['a negative number of bars', (id: number) => barsFrame(id, [], -1)],
  ])('because a response has %s fails the request', async (_, answer) => {
    const { provider } = await openScripted(({ id }, { send }) => send(answer(id)));
    expect(await provider.fetch(barsRequest(dayWindow), createFetchContext())).toMatchObject({
      failure: { kind: 'retryable', code: 'unreadable' },
    });
  });

  it('and names no request fails the requests that it may answer', async () => {
    const { provider, gateway } = await openScripted((_, { send, received }) => {
      if (received.length < 2) return;
      send(barsFrame('', minuteBars), detailsFrames(received.find(({ kind }) => kind === 'details')?.id ?? 0));
    });
    const bars = provider.fetch(barsRequest(dayWindow), createFetchContext());
    const contract = provider.fetch(pointRequest('contracts'), createFetchContext());
    expect(await bars).toMatchObject({ failure: { kind: 'retryable', code: 'unreadable' } });
    expect((await contract).kind).toBe('rows');
    expect(gateway.connections()).toBe(1);
  });

  it.each([
    ['details', (id: number) => frame(10, id, 'AAPL', 'STK')],
    ['details of 20,000 fields', (id: number) => frame(10, id, ...Array<string>(20_000).fill(''))],
    ['an error', (id: number) => frame(4, 2, id, 200)],
  ])('because %s end too early or are too long fails the request for them', async (_, answer) => {
    const { provider, gateway } = await openScripted(({ id }, { send }) => send(answer(id)));
    expect(await provider.fetch(pointRequest('contracts'), createFetchContext())).toMatchObject({
      failure: { kind: 'retryable', code: 'unreadable' },
    });
    expect(gateway.connections()).toBe(1);
  });

  it.each([
    ['a message without a type', frame('x', 'y'), /without a type/],
    ['a message without an end', rawFrame('17\x005'), /without an end/],
    ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xfe]), /not of its protocol/],
    ['a length of 100 MB', Buffer.from([0x06, 0, 0, 0]), /not of its protocol/],
  ])('because the bytes hold %s ends the connection and names the cause', async (_, bytes, cause) => {
    let isBroken = true;
    const { provider, gateway, notices } = await openScripted(({ id }, { send }) => {
      send(...(isBroken ? [bytes] : [detailsFrames(id)]));
      isBroken = false;
    });
    expect(await provider.fetch(pointRequest('contracts'), createFetchContext())).toMatchObject({
      failure: { kind: 'retryable', code: 'disconnected', message: expect.stringMatching(cause) as string },
    });
    expect(notices.at(-1)).toMatchObject({ kind: 'connection-lost' });
    expect((await provider.fetch(pointRequest('contracts'), createFetchContext())).kind).toBe('rows');
    expect(gateway.connections()).toBe(2);
  });
});

describe('answers to requests for bars', () => {
  it('in the reverse order reach the requests that they name', async () => {
    const { provider } = await openScripted((_, { send, received }) => {
      if (received.length < 2) return;
      for (const { id, fields } of received.toReversed())
        send(
          barsFrame(
            id,
            fields.includes('MSFT')
              ? minuteBars
              : minuteBars.slice(0, 390).map(([date]) => [date, 1, 1, 1, 1, 1, 1, 1]),
          ),
        );
    });
    const [first, second] = await Promise.all([
      provider.fetch(barsRequest(dayWindow), createFetchContext()),
      provider.fetch(barsRequest(dayWindow, '1 min', msft), createFetchContext()),
    ]);
    expect(
      [first, second].map(
        (outcome) => 'rows' in outcome && 'close' in outcome.rows.columns && outcome.rows.columns.close[0],
      ),
    ).toEqual([1, 11]);
  });

  it('that come twice, after a cancellation or for an unknown request change nothing', async () => {
    const { provider, gateway } = await openScripted(({ id, kind }, { send }) => {
      if (kind === 'history') send(barsFrame(9_999, minuteBars), barsFrame(id, minuteBars), barsFrame(id, []));
      if (kind === 'cancel') send(barsFrame(id, minuteBars), errorFrame(id, 366, 'No historical data query found'));
    });
    const controller = new AbortController();
    const cancelled = provider.fetch(barsRequest(dayWindow, '5 mins'), createFetchContext(controller.signal));
    controller.abort();
    expect(await cancelled).toMatchObject({ failure: { kind: 'retryable' } });
    for (const instrument of [apple, msft])
      expect(
        expectRows(await provider.fetch(barsRequest(dayWindow, '1 min', instrument), createFetchContext())).rows.length,
      ).toBe(390);
    expect(gateway.connections()).toBe(1);
  });

  it('followed by an error for the same request keep their bars', async () => {
    const { provider } = await openScripted(({ id }, { send }) =>
      send(
        barsFrame(id, minuteBars),
        errorFrame(id, 162, 'Historical Market Data Service error message:API historical data query cancelled: 1'),
      ),
    );
    expect(expectRows(await provider.fetch(barsRequest(dayWindow), createFetchContext())).rows.length).toBe(390);
  });

  it.each([
    ['error 162', (id: number) => errorFrame(id, 162, 'HMDS query returned no data: AAPL@SMART Trades')],
    ['a second end', (id: number) => barsFrame(id, [])],
    ['the other half after the end', (id: number) => barsFrame(id, minuteBars.slice(195))],
  ])('with half of the bars, then %s, are completed by a request for the other half', async (_, second) => {
    const { provider, gateway } = await openScripted(({ id }, { send, received }) => {
      if (received.length === 1) send(barsFrame(id, minuteBars.slice(0, 195)), second(id));
      else send(barsFrame(id, minuteBars.slice(195)));
    });
    const { rows, answeredWindow } = expectRows(await provider.fetch(barsRequest(dayWindow), createFetchContext()));
    expect({ rows: rows.length, answeredWindow }).toEqual({ rows: 390, answeredWindow: dayWindow });
    expect(gateway.received.map(({ fields }) => fields[17])).toEqual(['1 D', '11700 S']);
  });

  it('with bars unsorted, twice and outside of the window store each bar of the window once', async () => {
    const outside = [-1, 390, 100_000].map((index) => barAt((open + index * minute) / 1_000));
    const { provider } = await openScripted(({ id }, { send }) =>
      send(barsFrame(id, [...outside, ...minuteBars.toReversed(), ...minuteBars])),
    );
    const {
      rows,
      answeredWindow,
      outside: dropped,
    } = expectRows(
      await provider.fetch(
        { ...barsRequest({ start: open, end: dayWindow.end }), closes: [{ start: open, end: dayWindow.end }] },
        createFetchContext(),
      ),
    );
    if (rows.dataset !== 'equity_bars') throw new Error(rows.dataset);
    const close = open + 390 * minute;
    expect(dropped).toEqual({ count: 1, first: close, last: close });
    expect([...rows.columns.ts]).toEqual(Array.from({ length: 390 }, (_, index) => open + index * minute));
    expect(answeredWindow).toEqual({ start: open, end: dayWindow.end });
  });

  it.each(['NaN', '', 'Invalid date', '99999999', '20261117 25:99:99 Nowhere/Else'])(
    'with the time %j fail as unreadable',
    async (date) => {
      const { provider } = await openScripted(({ id }, { send }) => send(barsFrame(id, [...minuteBars, barAt(date)])));
      expect(await provider.fetch(barsRequest(dayWindow), createFetchContext())).toMatchObject({
        failure: { kind: 'retryable', code: 'unreadable' },
      });
    },
  );

  it('with 60,000 bars, most of them before the window, are decoded', async () => {
    const many = Array.from({ length: 60_000 }, (_, index) => barAt((open + (index - 59_610) * minute) / 1_000));
    const { provider } = await openScripted(({ id }, { send }) => send(barsFrame(id, many)));
    const request = barsRequest({ start: open, end: dayWindow.end });
    expect(expectRows(await provider.fetch(request, createFetchContext())).rows.length).toBe(390);
  });

  it('with missing values instead of numbers store none, and zero or impossible prices leave their time open', async () => {
    const start = open / 1_000;
    const unset = ['', -1, 2147483647, '9223372036854775807', '1.7976931348623157E308'] as const;
    const special = [
      ...unset.map((value, index) => [start + index * 60, 10, 12, 9, 11, value, value, value] as const),
      [start + 300, 0, 0, 0, 0, 0, 0, 0] as const,
      [start + 360, '', '', '', '', 1, 1, 1] as const,
      [start + 420, 10, '1.7976931348623157E308', 9, 11, 1, 1, 1] as const,
    ];
    const { provider } = await openScripted(({ id }, { send }) =>
      send(barsFrame(id, [...special, ...minuteBars.slice(special.length)])),
    );
    const { rows, gaps } = expectRows(await provider.fetch(barsRequest(dayWindow), createFetchContext()));
    if (rows.dataset !== 'equity_bars') throw new Error(rows.dataset);
    const { ts, volume, wap, bar_count: count } = rows.columns;
    for (const column of [volume, wap, count])
      expect([...column.slice(0, 6)]).toEqual([NaN, NaN, NaN, NaN, NaN, column[5]]);
    expect(ts[5]).toBe(open + 8 * minute);
    expect(gaps).toEqual([
      {
        window: { start: open + 5 * minute, end: open + 8 * minute },
        reason: 'IB sent bars with impossible prices',
        isRefused: true,
      },
    ]);
  });
});

describe('market data', () => {
  const unset = ['-1', '0', '2147483647', '9223372036854775807', '1.7976931348623157E308'];
  const option = { expiry: '2026-12-18', strike: 270, right: 'C', conId: null } as const;
  /** Every tick of a quote and of an option, with one value. */
  const ticks = (id: number, value: string): readonly Buffer[] => [
    ...[1, 2, 4, 6, 7, 9, 14].map((tick) =>
      frame(1, 6, id, tick, tick === 1 && value === '0' ? '-1' : value, value, 0),
    ),
    ...[8, 27, 28].map((tick) => frame(2, 6, id, tick, value === '0' ? '-1' : value)),
    frame(21, id, 13, 1, value, value, value, value, value, value, value, value),
  ];

  it.each(unset)('of which every value is %s is no data, for a quote and for options', async (value) => {
    const { provider, clock } = await openScripted(({ id, kind }, { send }) => {
      if (kind === 'ticks') send(...ticks(id, value));
    });
    const quote = provider.fetch(pointRequest('quotes'), createFetchContext());
    expect(await advanceUntilDone(clock, minute, quote)).toEqual({ kind: 'empty' });
    const snapshot = provider.fetch(snapshotRequest([option]), createFetchContext());
    expect(await advanceUntilDone(clock, minute, snapshot)).toEqual({
      kind: 'empty',
      unlisted: [],
      note: 'no market data for 1 of 1 options of AAPL: IB Gateway sent no values',
    });
  });

  it('followed by an error fails, whatever came before it', async () => {
    const { provider } = await openScripted(({ id, kind }, { send }) => {
      if (kind === 'ticks')
        send(frame(1, 6, id, 4, 101.5, 100, 0), errorFrame(id, 10197, 'No market data during competing live session'));
    });
    expect(await provider.fetch(pointRequest('quotes'), createFetchContext())).toMatchObject({
      failure: { kind: 'pacing', retryAfter: 180_000, message: expect.stringContaining('IB error 10197') as string },
    });
  });
});

describe('while a request waits', () => {
  it.each([
    [2105, 'HMDS data farm connection is broken:ushmds', 'bars'],
    [2103, 'Market data farm connection is broken:usfarm', 'quote'],
    [2157, 'Sec-def data farm connection is broken:secdefnj', 'contract'],
    [1100, 'Connectivity between IBKR and Trader Workstation has been lost.', 'bars'],
    [1101, 'Connectivity between IBKR and TWS has been restored- data lost.', 'bars'],
  ])('message %i fails the requests that it concerns and names its code', async (code, text, concerned) => {
    const { provider, gateway } = await openScripted();
    const requests = {
      bars: barsRequest(dayWindow),
      quote: pointRequest('quotes'),
      contract: pointRequest('contracts'),
    };
    const request = requests[concerned as keyof typeof requests];
    const outcome = provider.fetch(request, createFetchContext());
    await expect.poll(() => gateway.received.length).toBe(1);
    gateway.send(errorFrame(-1, code, text));
    expect(await outcome).toMatchObject({
      failure: {
        kind: 'retryable',
        code: String(code),
        message: expect.stringMatching(new RegExp(`^IB (error|message) ${code}: `)) as string,
      },
    });
    expect(gateway.connections()).toBe(1);
  });

  it('message 1102 changes nothing', async () => {
    const { provider, gateway } = await openScripted();
    const outcome = provider.fetch(barsRequest(dayWindow), createFetchContext());
    await expect.poll(() => gateway.received.length).toBe(1);
    gateway.send(errorFrame(-1, 1102, 'Connectivity has been restored- data maintained.'));
    gateway.send(barsFrame(gateway.received[0]?.id ?? 0, minuteBars));
    expect(expectRows(await outcome).rows.length).toBe(390);
  });
});

describe('error 162', () => {
  const failWith = async (text: string, times = 1) => {
    const { provider, notices } = await openScripted(({ id }, { send }) => send(errorFrame(id, 162, text)));
    const outcomes = [];
    for (let time = 0; time < times; time++)
      outcomes.push(await provider.fetch(barsRequest(dayWindow), createFetchContext()));
    return { outcomes, notices };
  };

  it('about a different IP address holds for three minutes every time and names the session to log out', async () => {
    const text =
      'Historical Market Data Service error message:Trading TWS session is connected from a different IP address';
    const { outcomes, notices } = await failWith(text, 3);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        failure: {
          kind: 'pacing',
          retryAfter: 180_000,
          message: expect.stringContaining('IB error 162: Historical') as string,
          hint: expect.stringMatching(/^log out of the other TWS/) as string,
        },
      });
    expect(notices.map(({ kind }) => kind)).toEqual(['connected', ...Array<string>(3).fill('competing-session')]);
  });

  it.each([
    ['Fehlermeldung des Dienstes für historische Marktdaten: Pacing-Verletzung', 'pacing'],
    ['Mensaje de error: Historical data request pacing violation', 'pacing'],
    ['Fehlermeldung: Handelssitzung ist von einer anderen IP-Adresse verbunden', 'pacing'],
    ['Ein unbekannter Text', 'retryable'],
  ])('with the text %j of another language is %s, never empty', async (text, kind) => {
    const { outcomes } = await failWith(text);
    expect(outcomes[0]).toMatchObject({ failure: { kind } });
  });
});
