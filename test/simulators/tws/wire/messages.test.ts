import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeContractDetails } from '../../../../src/simulators/tws/wire/contract-details.js';
import type { WireContractDetails } from '../../../../src/simulators/tws/wire/contract-details.js';
import {
  decodeFields,
  encodeFrame,
  createFrameReader,
  maxFrameLength,
} from '../../../../src/simulators/tws/wire/frames.js';
import { negotiateVersion, parseClientHello } from '../../../../src/simulators/tws/wire/handshake.js';
import {
  encodeError,
  encodeHistoricalUpdate,
  encodeOptionParameters,
  encodeTickOption,
  encodeTickPrice,
} from '../../../../src/simulators/tws/wire/messages.js';
import { escapeNonAscii } from '../../../../src/simulators/tws/wire/escape-non-ascii.js';
import { parseRequest } from '../../../../src/simulators/tws/wire/requests.js';

/** Formats a frame as text, with `|` for zero bytes. */
const formatMessage = (message: Buffer): string => {
  expect(message.readUInt32BE(0)).toBe(message.length - 4);
  return message.subarray(4).toString('latin1').replaceAll('\0', '|');
};

describe('frames', () => {
  test('have a length and zero-terminated fields', () => {
    expect(encodeFrame([49, 1, 1795017664]).toString('hex')).toBe(
      `00000010${Buffer.from('49\x001\x001795017664\0').toString('hex')}`,
    );
    expect(encodeFrame([4, '', 'é']).toString('hex')).toBe('000000063400' + '00' + 'c3a900');
  });

  test('are the same for any split of the bytes into chunks', () => {
    const message = fc.array(
      fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\0', ' ')),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(200)), (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(encodeFrame));
        const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const reader = createFrameReader();
        const found: (readonly string[])[] = [];
        for (let index = 1; index < borders.length; index++) {
          const received = reader.push(bytes.subarray(borders[index - 1], borders[index]));
          if (received.kind === 'bodies') found.push(...received.bodies.map(decodeFields));
        }
        expect(found).toEqual(messages);
      }),
    );
  });

  test('that are too long end the stream', () => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(maxFrameLength + 1);
    expect(createFrameReader().push(bytes)).toEqual({ kind: 'too-long', length: maxFrameLength + 1 });
  });
});

describe('the client hello', () => {
  test.each([
    ['v100..193', { minVersion: 100, maxVersion: 193, options: '' }],
    ['v157..178 +PACEAPI', { minVersion: 157, maxVersion: 178, options: '+PACEAPI' }],
    ['v176', { minVersion: 176, maxVersion: 176, options: '' }],
    ['v100..176\0', { minVersion: 100, maxVersion: 176, options: '' }],
  ])('%j', (text, greeting) => {
    expect(parseClientHello(text)).toEqual(greeting);
  });

  test.each(['', 'v', '100..193', 'v100..', 'GET / HTTP/1.1', 'v-1..5'])('%j is invalid', (text) => {
    expect(parseClientHello(text)).toBeNull();
  });

  test.each([
    [{ minVersion: 100, maxVersion: 193 }, 176, 176],
    [{ minVersion: 100, maxVersion: 157 }, 176, 157],
    [{ minVersion: 100, maxVersion: 151 }, 176, null],
    [{ minVersion: 180, maxVersion: 193 }, 176, null],
    [{ minVersion: 100, maxVersion: 222 }, 193, 193],
  ])('%j at a server of %i negotiates %s', (versions, own, agreed) => {
    expect(negotiateVersion({ ...versions, options: '' }, own, 157)).toBe(agreed);
  });
});

const details: WireContractDetails = {
  conId: 42,
  symbol: 'ÉTÉ',
  secType: 'OPT',
  expiry: '20261218',
  strike: 97.5,
  right: 'C',
  exchange: 'SMART',
  currency: 'USD',
  localSymbol: 'L',
  marketName: 'M',
  tradingClass: 'T',
  minTick: 0.01,
  multiplier: '100',
  orderTypes: 'LMT',
  validExchanges: 'SMART,CBOE',
  underlyingConId: 7,
  longName: 'Été \\ Co',
  primaryExchange: 'P',
  industry: 'I',
  category: 'C',
  subcategory: 'S',
  timeZone: 'US/Eastern',
  tradingHours: 'TH',
  liquidHours: 'LH',
  securityIds: [['ISIN', 'X']],
  group: 2,
  underlyingSymbol: 'U',
  underlyingSecType: 'STK',
  marketRules: '26,26',
  stockType: 'K',
  minSize: 1,
  suggestedSize: 5,
};

describe('contract details', () => {
  const head = (version: number): string => formatMessage(encodeContractDetails(version, 9, details));
  const symbol = Buffer.from('ÉTÉ').toString('latin1');
  const rest = (lead: string, expiry: string, size: string, tail: string): string =>
    `10|${lead}9|${symbol}|OPT|${expiry}97.5|C|SMART|USD|L|M|T|42|0.01|${size}100|LMT|SMART,CBOE|1|7|` +
    `\\u00c9t\\u00e9 \\\\ Co|P|202612|I|C|S|US/Eastern|TH|LH||0|1|ISIN|X|2|U|STK|26,26|20261218|K|${tail}`;

  test.each([
    [157, rest('8|', '20261218|', '1|', '')],
    [163, rest('8|', '20261218|', '1|', '1|')],
    [164, rest('', '20261218|', '', '1|1|5|')],
    [176, rest('', '20261218|', '', '1|1|5|')],
    [178, rest('', '20261218|', '', '1|1|5|')],
    [182, rest('', '20261218|20261218|', '', '1|1|5|')],
    [186, rest('', '20261218|20261218|', '', '1|1|5|0|')],
    [193, rest('', '20261218|20261218|', '', '1|1|5|0|')],
  ])('have the layout of version %i', (version, expected) => {
    expect(head(version)).toBe(expected);
  });
});

test('errors contain reasons for rejected orders from version 166', () => {
  expect(formatMessage(encodeError(165, 3, 162, 'no'))).toBe('4|2|3|162|no|');
  expect(formatMessage(encodeError(166, -1, 2104, 'ça'))).toBe('4|2|-1|2104|\\u00e7a||');
});

test('encodes the other messages', () => {
  const parameters = {
    exchange: 'SMART',
    underlyingConId: 7,
    tradingClass: 'T',
    multiplier: 100,
    expiries: ['20261218', '20270115'],
    strikes: [95, 97.5],
  };
  expect(formatMessage(encodeOptionParameters(3, parameters))).toBe(
    '75|3|SMART|7|T|100|2|20261218|20270115|2|95|97.5|',
  );
  expect(formatMessage(encodeTickPrice(3, 1, 1.5, 200, 1))).toBe('1|6|3|1|1.5|200|1|');
  const bar = { date: '20261118', open: 1, high: 4, low: 0.5, close: 2, volume: 10, average: 1.5, count: 3 };
  expect(formatMessage(encodeHistoricalUpdate(3, bar))).toBe('90|3|3|20261118|1|2|4|0.5|1.5|10|');
  const nothing = {
    impliedVolatility: null,
    delta: null,
    price: null,
    gamma: null,
    vega: null,
    theta: null,
    underlyingPrice: null,
  };
  expect(formatMessage(encodeTickOption(3, 13, nothing))).toBe('21|3|13|0|-1|-2|-1|0|-2|-2|-2|-1|');
});

test('clients decode escaped non-ASCII text to the original', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const plain = escapeNonAscii(text);
      expect(/^[\u0000-\u007f]*$/.test(plain)).toBe(true);
      const undone = plain.replace(/\\(?:\\|u([0-9a-f]{4}))/g, (_, code: string | undefined) =>
        code === undefined ? '\\' : String.fromCharCode(parseInt(code, 16)),
      );
      expect(undone).toBe(text);
    }),
  );
});

describe('requests', () => {
  test('for contract details name an issuer from version 176', () => {
    const fields = ['9', '8', '1', '0', 'A', 'STK', '', '0.0', '', '', 'SMART', '', 'USD', '', '', '0', '', ''];
    expect(parseRequest(fields, 175)).toMatchObject({
      kind: 'request',
      request: { contract: { symbol: 'A', strike: null } },
    });
    expect(parseRequest(fields, 176)).toMatchObject({ kind: 'unreadable', id: 1 });
    expect(parseRequest([...fields, ''], 176)).toMatchObject({ kind: 'request' });
  });

  test('skip the legs of a combination', () => {
    const contract = ['0', 'A', 'BAG', '', '', '', '', 'SMART', '', 'USD', '', ''];
    const fields = ['20', '5', ...contract, '0', '', '1 day', '1 D', '1', 'TRADES', '1'];
    const parsed = parseRequest([...fields, '1', '11', '1', 'BUY', 'SMART', '1', ''], 176);
    expect(parsed).toMatchObject({ kind: 'request', request: { kind: 'historical', keepUpToDate: true } });
  });

  test.each([
    ['1.7976931348623157e+308', null],
    ['1.7976931348623157E308', null],
    ['0', null],
    ['0.0', null],
    ['', null],
    ['97.5', 97.5],
    ['1e2', 100],
  ])('parse a strike of %j', (strike, meant) => {
    const fields = ['9', '8', '1', '', 'A', 'OPT', '', strike, 'CALL', '', '', '', '', '', '', '0', '', '', ''];
    expect(parseRequest(fields, 176)).toMatchObject({ request: { contract: { strike: meant, right: 'C' } } });
  });

  test('report unreadable fields with the message of TWS', () => {
    expect(parseRequest(['25', '1', 'seven'], 176)).toEqual({
      kind: 'unreadable',
      id: 0,
      problem: 'Error reading request. Unable to parse data. For input string: "seven"',
    });
    expect(parseRequest(['999'], 176)).toMatchObject({ kind: 'unreadable', id: -1 });
    expect(parseRequest([''], 176)).toMatchObject({ kind: 'unreadable', id: -1 });
  });
});
