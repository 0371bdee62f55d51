import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromDayNumber, toDayNumber } from '../../../../src/core/time/time.js';
import { sharedDumps } from '../../../../src/simulators/kite/instruments/instrument-dump.js';
import { blockSize, futureNumber, optionNumber } from '../../../../src/simulators/kite/instruments/contract-numbers.js';
import type { Market } from '../../../../src/market/market.js';
import { market, noon, startKiteRig } from '../kite-rig.js';

const header =
  'instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,instrument_type,segment,exchange';

const getDump = sharedDumps(market);
const today = getDump(noon);

describe('the instrument dump', () => {
  it('has the size of the real one, with unique tokens and names', () => {
    const rows = today.rows();
    expect(rows.length).toBeGreaterThan(105_000);
    expect(rows.length).toBeLessThan(130_000);
    expect(new Set(rows.map(({ token }) => token)).size).toBe(rows.length);
    expect(new Set(rows.map(({ exchange, tradingsymbol }) => `${exchange}:${tradingsymbol}`)).size).toBe(rows.length);
    // Clients read tokens as signed numbers.
    expect(rows.every(({ token, exchangeToken }) => token < 2 ** 31 && token >>> 8 === exchangeToken)).toBe(true);
  });

  it('finds every listed instrument by token and by key', () => {
    const rows = today.rows().filter((_, index) => index % 50 === 0);
    expect(rows.filter((row) => today.byToken(row.token) !== row)).toEqual([]);
    expect(rows.filter((row) => today.byKey(`${row.exchange}:${row.tradingsymbol}`) !== row)).toEqual([]);
    expect(today.byKey('NFO:NIFTY26NOV1CE')).toBeUndefined();
    expect(today.byToken(2 ** 33 + 256265)).toBeUndefined();
  });

  it('gives every instrument a unique number', () => {
    const options = market.chain(
      { symbol: 'NIFTY', kind: 'index', exchange: 'NSE', currency: 'INR', calendar: 'XNSE' },
      Date.parse('2026-11-20T08:30:00+05:30'),
    );
    const listed = today.rows().filter(({ segment, name }) => segment === 'NFO-OPT' && name === 'NIFTY');
    expect(options.found && options.value.length).toBe(listed.length);
  });

  it('lists the indices with their real tokens', () => {
    const known = {
      'NSE:NIFTY 50': 256265,
      'NSE:NIFTY BANK': 260105,
      'NSE:NIFTY FIN SERVICE': 257801,
      'NSE:NIFTY MID SELECT': 288009,
      'NSE:INDIA VIX': 264969,
      'BSE:SENSEX': 265,
      'NSE:INFY': 408065,
      'NSE:RELIANCE': 738561,
      'NSE:TCS': 2953217,
      'BSE:INFY': 128053508,
    };
    for (const [key, token] of Object.entries(known)) expect(today.byKey(key)?.token, key).toBe(token);
    expect(today.byKey('256265')?.segment).toBe('INDICES');
  });

  it('names weekly and monthly contracts as Kite does', () => {
    const nifty = today.rows().filter(({ name, segment }) => name === 'NIFTY' && segment.startsWith('NFO'));
    const symbols = new Map(nifty.map((row) => [`${row.expiry ?? ''} ${row.strike} ${row.type}`, row]));
    // The last expiry of November, moved before a holiday, is monthly.
    expect(symbols.get('2026-11-23 26000 CE')?.tradingsymbol).toBe('NIFTY26NOV26000CE');
    const weekly = nifty.find(({ expiry, type }) => expiry === '2026-12-01' && type === 'PE');
    expect(weekly?.tradingsymbol).toBe(`NIFTY26D01${weekly?.strike ?? ''}PE`);
    const monthly = nifty.find(({ expiry, type }) => expiry === '2026-12-29' && type === 'CE');
    expect(monthly?.tradingsymbol).toBe(`NIFTY26DEC${monthly?.strike ?? ''}CE`);
    const futures = nifty.filter(({ type }) => type === 'FUT');
    expect(futures.map(({ tradingsymbol }) => tradingsymbol)).toEqual([
      'NIFTY26NOVFUT',
      'NIFTY26DECFUT',
      'NIFTY27JANFUT',
    ]);
    expect(new Set(nifty.map(({ lotSize }) => lotSize))).toEqual(new Set([65]));
    expect(today.byKey('BFO:SENSEX26D0385000CE')).toMatchObject({ expiry: '2026-12-03', lotSize: 20 });
  });

  it('changes at 08:30 and drops contracts that expired the day before', () => {
    const [expiry] = today
      .rows()
      .flatMap(({ name, option }) => (name === 'NIFTY' && option !== null ? [option.expiry] : []));
    const option = today.rows().find((row) => row.name === 'NIFTY' && row.option?.expiry === expiry);
    if (option === undefined || expiry === undefined) throw new Error('no option');
    const evening = Date.parse(`${expiry}T20:00:00+05:30`);
    const nextMorning = Date.parse(`${fromDayNumber(toDayNumber(expiry) + 1)}T08:29:59+05:30`);
    expect(getDump(evening).byToken(option.token)?.tradingsymbol).toBe(option.tradingsymbol);
    expect(getDump(nextMorning).byToken(option.token)?.tradingsymbol).toBe(option.tradingsymbol);
    expect(getDump(nextMorning + 1_000).byToken(option.token)).toBeUndefined();
  });

  it('keeps the token of a contract while it is listed and reuses it after expiry', () => {
    const later = sharedDumps(market)(Date.parse('2026-12-15T12:00:00+05:30'));
    const names = new Map(later.rows().map((row) => [`${row.exchange}:${row.tradingsymbol}`, row.token]));
    const stillListed = today.rows().filter((row) => names.has(`${row.exchange}:${row.tradingsymbol}`));
    expect(stillListed.length).toBeGreaterThan(80_000);
    const changed = stillListed.filter((row) => names.get(`${row.exchange}:${row.tradingsymbol}`) !== row.token);
    expect(changed).toEqual([]);
    const inSixMonths = sharedDumps(market)(Date.parse('2027-05-20T12:00:00+05:30'));
    const reused = today
      .rows()
      .find((row) => row.expiry !== null && (inSixMonths.byToken(row.token)?.expiry ?? row.expiry) !== row.expiry);
    expect(reused).toBeDefined();
  });

  it('is served as CSV, compressed for clients that accept gzip', async () => {
    const rig = await startKiteRig();
    const raw = await new Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
      const clientRequest = request(
        `${rig.baseUrl}/instruments`,
        { headers: { 'Accept-Encoding': 'gzip, deflate' } },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(parts) }));
        },
      );
      clientRequest.on('error', reject);
      clientRequest.end();
    });
    expect(raw.headers['content-type']).toBe('text/csv');
    expect(raw.headers['content-encoding']).toBe('gzip');
    const lines = gunzipSync(raw.body).toString('utf8').split('\n');
    expect(lines[0]).toBe(header);
    expect(lines.at(-1)).toBe('');
    expect(lines.length).toBe(today.rows().length + 2);
    expect(lines).toContain('256265,1001,NIFTY 50,NIFTY 50,0,,0,0,0,EQ,INDICES,NSE');
    expect(lines).toContain('265,1,SENSEX,SENSEX,0,,0,0,0,EQ,INDICES,BSE');
    expect(lines).toContain('408065,1594,INFY,INFOSYS LTD,0,,0,0.05,1,EQ,NSE,NSE');
    expect(
      lines
        .slice(1, -1)
        .every((line) =>
          /^(\d+,\d+,[^,]+,[^,]+,0,(\d{4}-\d\d-\d\d)?,[\d.]+,[\d.]+,\d+,(EQ|FUT|CE|PE),[A-Z-]+,[A-Z]+)$/.test(line),
        ),
    ).toBe(true);

    const plain = await rig.get('/instruments/NFO', { headers: { 'Accept-Encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const [, ...contracts] = (await plain.text()).trimEnd().split('\n');
    expect(contracts.length).toBe(today.rows().filter(({ exchange }) => exchange === 'NFO').length);
    expect(await (await rig.get('/instruments/BCD')).text()).toBe(`${header}\n`);
    expect(await rig.json('/instruments/NYSE')).toMatchObject({ status: 400, body: { error_type: 'InputException' } });
  });
});

function toText(chunk: unknown): string {
  return chunk instanceof Uint8Array ? Buffer.from(chunk).toString('utf8') : '';
}

describe('the first download of a dump', () => {
  it('starts with the cash market before the contracts of any underlying are listed', async () => {
    let chains = 0;
    const counted: Market = {
      ...market,
      chain(instrument, at) {
        chains++;
        return market.chain(instrument, at);
      },
    };
    const rig = await startKiteRig([], { market: counted, speed: 0 });
    const response = await rig.get('/instruments', { headers: { 'Accept-Encoding': 'identity' } });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(toText(first?.value)).toMatch(/^instrument_token,/);
    expect(chains).toBeLessThan(50);
    // Other requests are served meanwhile.
    expect((await rig.get('/quote/ltp?i=NSE:INFY')).status).toBe(200);
    let text = '';
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read())
      text += toText(part.value);
    expect(chains).toBeGreaterThan(300);
    const again = await (await rig.get('/instruments')).text();
    expect(again.endsWith(text)).toBe(true);
    expect(rig.events.filter((event) => event.kind === 'answered' && event.request === 'instruments')).toMatchObject([
      { rows: again.trimEnd().split('\n').length - 1 },
      { rows: again.trimEnd().split('\n').length - 1 },
    ]);
  });
});

describe('contract numbers', () => {
  it('are unique among contracts listed at once and stay in their block', () => {
    const block = { first: 1_000, expirySlots: 6, unit: 'month', strikes: 160 } as const;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 1, max: 400 }), (month, firstStrike) => {
        const numbers = new Set<number>();
        for (let ahead = 0; ahead < 5; ahead++) {
          const expiry = new Date(Date.UTC(2010, month + ahead, 25)).toISOString().slice(0, 10);
          numbers.add(futureNumber(block, expiry));
          for (let strike = firstStrike; strike < firstStrike + 160; strike++) {
            for (const right of ['C', 'P'] as const) numbers.add(optionNumber(block, expiry, strike * 2.5, 2.5, right));
          }
        }
        expect(numbers.size).toBe(5 * (1 + 2 * 160));
        expect(Math.min(...numbers)).toBeGreaterThanOrEqual(block.first);
        expect(Math.max(...numbers)).toBeLessThan(block.first + blockSize(block));
      }),
      { numRuns: 20 },
    );
  });
});
