import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest';
import type { BarSize } from '../../../src/core/tables/bars.js';
import type { FetchOutcome, Request } from '../../../src/core/request.js';
import type { Rows, RowsOf } from '../../../src/core/tables/rows.js';
import type { Instrument, OptionContract } from '../../../src/core/series.js';
import { fromDayNumber, day } from '../../../src/core/time/time.js';
import type { Window } from '../../../src/core/time/window.js';
import type { Provider } from '../../../src/providers/provider.js';
import type { Rule } from '../../../src/config/scenario/scenario.js';
import { abortedFailure } from '../../../src/providers/kite/failures.js';
import type { KiteNotice } from '../../../src/providers/kite/notice.js';
import { hurried, infosys, nifty, indianNoon, requestRule, createProvider, startSimulation } from './simulated-kite.js';
import type { Simulation } from './simulated-kite.js';

const never = new AbortController().signal;
const sensex: Instrument = { symbol: 'SENSEX', kind: 'index', exchange: 'BSE', currency: 'INR', calendar: 'XBOM' };

const getDayWindow = (date: string): Window => {
  const start = Date.parse(`${date}T00:00:00+05:30`);
  return { start, end: start + day };
};

function barsRequest(window: Window, instrument = infosys, barSize: BarSize = '1 day'): Request {
  const parameters = { barSize, what: 'TRADES', hours: 'rth' } as const;
  return { series: { dataset: 'equity_bars', provider: 'kite', instrument, ...parameters }, window, closes: [window] };
}

function optionBarsRequest(contract: OptionContract, window: Window, instrument = infosys): Request {
  const parameters = { barSize: '1 day', what: 'TRADES', hours: 'rth' } as const;
  return {
    series: { dataset: 'option_bars', provider: 'kite', instrument, contract, ...parameters },
    window,
    closes: [window],
  };
}

function pointRequest(dataset: 'contracts' | 'chains' | 'quotes', instrument: Instrument): Request {
  return { series: { dataset, provider: 'kite', instrument }, window: null, closes: [] };
}

function snapshotRequest(instrument: Instrument, contracts: readonly OptionContract[]): Request {
  const expiry = contracts[0]?.expiry ?? '';
  return {
    series: { dataset: 'option_snapshots', provider: 'kite', instrument, expiry, part: 1, contracts },
    window: null,
    closes: [],
  };
}

function expectRows<D extends Rows['dataset']>(dataset: D, outcome: FetchOutcome): RowsOf<D> {
  if (outcome.kind !== 'rows') expect.fail(`expected rows, got ${JSON.stringify(outcome)}`);
  expect(outcome.rows.dataset).toBe(dataset);
  return outcome.rows as RowsOf<D>;
}

// One simulation for all tests, each with rules of its own.
let simulation: Simulation;

beforeAll(async () => {
  simulation = await startSimulation();
});

afterAll(async () => {
  await simulation.stop();
});

/** An open provider, at a simulation that plays some rules; its pauses take a tenth of their time unless limits are enforced. */
async function openProvider(
  rules: readonly Rule[],
  at?: Simulation,
): Promise<{ provider: Provider; notices: KiteNotice[]; asked: () => number }> {
  const asked = at ?? simulation;
  asked.setRules(rules);
  const notices: KiteNotice[] = [];
  const provider = createProvider(at ?? { ...simulation, clock: hurried(simulation.clock) }, { notices });
  onTestFinished(async () => {
    await provider.close();
    asked.setRules([]);
  });
  const count = (): number => asked.simulator.statistics().requests['historical'] ?? 0;
  const before = count();
  expect(await provider.open(never)).toBeNull();
  return { provider, notices, asked: () => count() - before };
}

async function expectFailure(answer: Promise<FetchOutcome>, failure: object): Promise<void> {
  expect(await answer).toMatchObject({ kind: 'failure', failure });
}

describe('at a market without trouble', () => {
  let provider: Provider;
  const ask = (request: Request): Promise<FetchOutcome> => provider.fetch(request, never);
  const fetchChain = async (instrument: Instrument): Promise<OptionContract[]> => {
    const { columns, length } = expectRows('chains', await ask(pointRequest('chains', instrument)));
    return Array.from({ length }, (_, row) => ({
      expiry: fromDayNumber(columns.expiry[row] ?? NaN),
      strike: columns.strike[row] ?? NaN,
      right: columns.right[row] === 'P' ? 'P' : 'C',
      conId: columns.con_id[row] ?? null,
    }));
  };

  beforeAll(async () => {
    provider = createProvider(simulation);
    expect(await provider.open(never)).toBeNull();
  });

  afterAll(async () => {
    await provider.close();
  });

  it.each([
    ['NIFTY', 'index', 256265],
    ['NIFTY 50', 'index', 256265],
    ['NIFTY', 'stock', 256265],
    ['BANKNIFTY', 'index', 260105],
    ['NIFTY BANK', 'index', 260105],
    ['FINNIFTY', 'index', 257801],
    ['MIDCPNIFTY', 'index', 288009],
    ['INDIA VIX', 'index', 264969],
    ['INDIAVIX', 'index', 264969],
  ] as const)('knows %s, a %s', async (symbol, kind, token) => {
    const { columns } = expectRows('contracts', await ask(pointRequest('contracts', { ...nifty, symbol, kind })));
    expect(columns.con_id[0]).toBe(token);
    expect(columns.sec_type[0]).toBe('IND');
  });

  it('tells instruments of the same name on two exchanges apart', async () => {
    const onBse = { ...infosys, exchange: 'BSE', calendar: 'XBOM' };
    const [nse, bse] = [await ask(pointRequest('contracts', infosys)), await ask(pointRequest('contracts', onBse))];
    expect(expectRows('contracts', nse).columns.con_id[0]).toBe(408065);
    expect(expectRows('contracts', bse).columns.exchange[0]).toBe('BSE');
    expect(expectRows('contracts', bse).columns.con_id[0]).not.toBe(408065);
    const smart = await ask(pointRequest('contracts', { ...infosys, exchange: 'SMART' }));
    expect(smart).toEqual(nse);
  });

  it('says what it has when it is asked for something else', async () => {
    await expectFailure(ask(pointRequest('contracts', { ...infosys, exchange: 'SMART', calendar: 'XNYS' })), {
      kind: 'invalid',
      message: expect.stringMatching(/Kite has NSE and BSE/) as string,
    });
    await expectFailure(ask(barsRequest(getDayWindow('2026-11-17'), infosys, '2 mins')), {
      kind: 'invalid',
      message: 'Kite has no bars of 2 mins: it has 1 min, 3 mins, 5 mins, 10 mins, 15 mins, 30 mins, 1 hour, 1 day',
    });
    const { series } = barsRequest(getDayWindow('2026-11-17'));
    if (series.dataset !== 'equity_bars') throw new Error('no bars');
    const window = getDayWindow('2026-11-17');
    await expectFailure(ask({ series: { ...series, priceType: 'BID' }, window, closes: [] }), { kind: 'invalid' });
    await expectFailure(ask({ series: { ...series, hours: 'all' }, window, closes: [] }), { kind: 'invalid' });
    const history = {
      dataset: 'history_starts',
      provider: 'kite',
      instrument: infosys,
      what: 'TRADES',
      hours: 'rth',
    } as const;
    await expectFailure(ask({ series: history, window: null, closes: [] }), { kind: 'invalid' });
  });

  it('gives the very bars of the market', async () => {
    for (const [instrument, barSize] of [
      [infosys, '1 min'],
      [infosys, '1 hour'],
      [nifty, '15 mins'],
      [sensex, '1 day'],
    ] as const) {
      const window = getDayWindow('2026-11-17');
      const rows = expectRows('equity_bars', await ask(barsRequest(window, instrument, barSize)));
      const truth = simulation.market.bars({ instrument, barSize, priceType: 'TRADES', window, now: indianNoon });
      if (!truth.found) throw new Error(truth.reason);
      expect(rows.length).toBe(truth.value.length);
      for (const column of ['ts', 'session', 'open', 'high', 'low', 'close'] as const)
        expect([...rows.columns[column]], `${instrument.symbol} ${column}`).toEqual([...truth.value.columns[column]]);
    }
  });

  it('stops at the last whole bar of a session that is under way', async () => {
    const window = getDayWindow('2026-11-18');
    const outcome = await ask(barsRequest(window, infosys, '15 mins'));
    const rows = expectRows('equity_bars', outcome);
    expect(outcome).toMatchObject({ answered: { end: Date.parse('2026-11-18T12:00:00+05:30') } });
    expect(rows.columns.ts.at(-1)).toBe(Date.parse('2026-11-18T11:45:00+05:30'));
    expect(await ask(barsRequest(window))).toMatchObject({
      kind: 'rows',
      rows: { length: 0 },
      answered: { end: window.start },
    });
  });

  it('lists chains of indices on both exchanges, under whatever name', async () => {
    const chain = await fetchChain(nifty);
    expect(chain.length).toBeGreaterThan(500);
    expect(chain.map(({ expiry }) => expiry)).toEqual(chain.map(({ expiry }) => expiry).toSorted());
    expect(await fetchChain({ ...nifty, symbol: 'NIFTY 50' })).toEqual(chain);
    expect((await fetchChain(sensex)).length).toBeGreaterThan(500);
    expect(await ask(pointRequest('chains', { ...nifty, symbol: 'INDIA VIX' }))).toEqual({ kind: 'empty' });
  });

  it('quotes an instrument', async () => {
    const { columns } = expectRows('quotes', await ask(pointRequest('quotes', infosys)));
    const truth = simulation.market.quote(infosys, indianNoon);
    if (!truth.found || truth.value === null) throw new Error('no quote');
    expect(columns.open[0]).toBe(truth.value.open);
    expect(columns.close[0]).toBe(truth.value.previousClose);
    expect(columns.last[0]).toBeGreaterThan(0);
    expect(columns.delayed[0]).toBe(0);
    expect(expectRows('quotes', await ask(pointRequest('quotes', nifty))).columns.bid[0]).toBeNaN();
  });

  it('takes a snapshot of as many options as one call may name, with the underlying', async () => {
    const chain = await fetchChain(nifty);
    const { expiry } = chain[0] ?? { expiry: '' };
    const wanted = chain.filter((contract) => contract.expiry === expiry).slice(0, 499);
    const before = simulation.simulator.statistics();
    const outcome = await ask(snapshotRequest(nifty, wanted));
    const { columns, length } = expectRows('option_snapshots', outcome);
    expect(outcome).toMatchObject({ unlisted: [] });
    expect(length).toBeGreaterThan(wanted.length / 2);
    expect(length).toBeLessThanOrEqual(wanted.length);
    const truth = simulation.market.quote(nifty, indianNoon);
    if (!truth.found || truth.value === null) throw new Error('no quote');
    for (const price of columns.underlying_price) expect(price / truth.value.last).toBeCloseTo(1, 2);
    for (const interest of columns.open_interest) expect(interest).toBeGreaterThanOrEqual(0);
    for (const value of [...columns.provider_iv, ...columns.provider_delta, ...columns.iv]) expect(value).toBeNaN();
    expect(simulation.simulator.statistics().requests['quote']).toBe((before.requests['quote'] ?? 0) + 1);
  });

  it('tells the open interest of contracts, day by day, and none of a share or an index', async () => {
    const lastDay = getDayWindow('2026-11-17');
    const [listed] = (await fetchChain(nifty)).toSorted(
      (a, b) => Math.abs(a.strike - 24_000) - Math.abs(b.strike - 24_000),
    );
    if (listed === undefined) throw new Error('no chain');
    const truth = simulation.market.optionQuote(nifty, listed, lastDay.end - 1);
    const held = truth.found ? (truth.value?.openInterest ?? 0) : 0;
    const { columns } = expectRows('option_bars', await ask(optionBarsRequest(listed, lastDay, nifty)));
    expect(columns.open_interest).toHaveLength(1);
    // Kite counts units, of which a contract has a lot.
    const lots = (columns.open_interest[0] ?? NaN) / held;
    expect(lots).toBeGreaterThan(1);
    expect(Number.isInteger(lots)).toBe(true);
    const future = { ...nifty, symbol: 'NIFTY26NOVFUT', kind: 'future' } as const;
    expect(expectRows('equity_bars', await ask(barsRequest(lastDay, future))).columns.open_interest[0]).toBeGreaterThan(
      0,
    );
    for (const instrument of [infosys, nifty])
      expect([...expectRows('equity_bars', await ask(barsRequest(lastDay, instrument))).columns.open_interest]).toEqual(
        [NaN],
      );
  });

  it('tells options that are not listed from those that have expired', async () => {
    const [listed] = await fetchChain(infosys);
    if (listed === undefined) throw new Error('no chain');
    const strange = { ...listed, strike: 1.5, conId: null };
    const expired = { ...listed, expiry: '2026-10-27', conId: null };
    expect(await ask(snapshotRequest(infosys, [listed, strange, expired]))).toMatchObject({ unlisted: [strange] });
    expect(await ask(snapshotRequest(infosys, [strange]))).toEqual({ kind: 'empty', unlisted: [strange] });
    expect(await ask(optionBarsRequest(strange, getDayWindow('2026-11-17')))).toEqual({
      kind: 'empty',
      unlisted: [strange],
    });
    await expectFailure(ask(optionBarsRequest(expired, getDayWindow('2026-10-26'))), { kind: 'lost' });
  });

  it('fetches the list of instruments once', () => {
    expect(simulation.simulator.statistics().requests['instruments']).toBe(1);
  });
});

describe('when things go wrong', () => {
  const error = (code: string, message: string | null = null) =>
    ({ kind: 'error', code, message, status: null }) as const;

  it.each([
    [error('429'), 'pacing'],
    [error('NetworkException'), 'retryable'],
    [error('GeneralException'), 'retryable'],
    [error('DataException'), 'retryable'],
    [error('InputException'), 'invalid'],
    [error('PermissionException'), 'denied'],
    [error('TokenException'), 'fatal'],
    [{ kind: 'garbage' } as const, 'retryable'],
    [{ kind: 'drop', midMessage: false } as const, 'retryable'],
    [{ kind: 'drop', midMessage: true } as const, 'retryable'],
  ])('%j is %s, whatever was asked for', async (act, kind) => {
    const rules = [requestRule('historical', act, { times: 1 }), requestRule('quote', act, { times: 1 })];
    const { provider } = await openProvider(rules);
    await expectFailure(provider.fetch(barsRequest(getDayWindow('2026-11-17')), never), { kind });
    await expectFailure(provider.fetch(pointRequest('quotes', infosys), never), { kind });
    expect(await provider.fetch(barsRequest(getDayWindow('2026-11-17')), never)).toMatchObject({ kind: 'rows' });
  });

  it('an answer cut short is completed by asking for the rest', async () => {
    const rules = [requestRule('historical', { kind: 'truncate', keepFraction: 0.5 }, { every: 2 })];
    const { provider } = await openProvider(rules);
    const window = { start: getDayWindow('2026-11-09').start, end: getDayWindow('2026-11-17').end };
    for (const barSize of ['1 day', '15 mins'] as const) {
      const cut = await provider.fetch(barsRequest(window, infosys, barSize), never);
      const rows = expectRows('equity_bars', cut);
      expect(cut).toMatchObject({ answered: window });
      expect(rows.length).toBe(barSize === '1 day' ? 6 : 6 * 25);
    }
  });

  it('an answer that is always cut short is never claimed as whole', async () => {
    const rules = [requestRule('historical', { kind: 'truncate', keepFraction: 0.1 })];
    const { provider } = await openProvider(rules);
    const window = { start: getDayWindow('2025-11-10').start, end: getDayWindow('2026-11-17').end };
    const outcome = await provider.fetch(barsRequest(window), never);
    const rows = expectRows('equity_bars', outcome);
    if (outcome.kind !== 'rows' || outcome.answeredWindow === null) throw new Error('nothing answered');
    expect(outcome.answeredWindow.end).toBeLessThan(window.end);
    expect(rows.columns.ts.at(-1)).toBeLessThan(outcome.answeredWindow.end);
  });

  it('a shorter limit than the documented one is learned and asked within', async () => {
    const tooLong = error('InputException', 'interval exceeds max limit: 10 days');
    const { provider, notices, asked } = await openProvider([requestRule('historical', tooLong, { times: 1 })]);
    const window = { start: getDayWindow('2026-10-19').start, end: getDayWindow('2026-11-17').end };
    const outcome = await provider.fetch(barsRequest(window, infosys, '1 hour'), never);
    expect(outcome).toMatchObject({ kind: 'rows', answered: window });
    expect(asked()).toBe(1 + 3);
    await provider.fetch(barsRequest(window, infosys, '1 hour'), never);
    expect(asked()).toBe(1 + 3 + 3);
    expect(notices).toMatchObject([{ kind: 'span-limit' }]);
  });

  it('calls that nobody planned keep to the rate', async () => {
    const rules = [requestRule('historical', { kind: 'truncate', keepFraction: 0.3 })];
    const strict = await startSimulation({ pacing: 'strict' });
    onTestFinished(() => strict.stop());
    const { provider, asked } = await openProvider(rules, strict);
    const window = { start: getDayWindow('2026-08-10').start, end: getDayWindow('2026-11-17').end };
    expect(await provider.fetch(barsRequest(window), never)).toMatchObject({ kind: 'rows' });
    expect(asked()).toBeGreaterThan(3);
    expect(strict.simulator.statistics().rateLimited).toEqual({});
  });

  it('a request that is never answered ends when it is told to', async () => {
    const { provider } = await openProvider([requestRule('historical', { kind: 'silence' })]);
    await provider.fetch(pointRequest('contracts', infosys), never);
    // The library itself gives up after 7 s, with other words.
    await expectFailure(
      provider.fetch(barsRequest(getDayWindow('2026-11-17')), AbortSignal.timeout(100)),
      abortedFailure,
    );
  });
});

describe('opening', () => {
  test('fails for good without credentials, with a refused token and where nothing listens', async () => {
    expect(await createProvider(simulation, { accessToken: 'another-token' }).open(never)).toMatchObject({
      kind: 'fatal',
      code: 'TokenException',
      message: expect.stringMatching(/access token from the test: Incorrect/) as string,
      remedy: expect.stringMatching(/pipe login kite/) as string,
    });
    const nowhere = {
      ...simulation,
      root: 'http://127.0.0.1:1',
      clock: { ...simulation.clock, sleepUntil: async () => undefined },
    };
    expect(await createProvider(nowhere).open(never)).toMatchObject({
      kind: 'fatal',
      message: expect.stringMatching(/cannot be reached at http:\/\/127.0.0.1:1: .*ECONNREFUSED/) as string,
    });
  });

  test('outlives a moment of trouble', async () => {
    const failing = { kind: 'error', code: '503', message: null, status: null } as const;
    await openProvider([requestRule('profile', failing, { times: 1 })]);
  });

  test('leaves no connection when it is closed', async () => {
    const { provider } = await openProvider([]);
    await provider.fetch(pointRequest('quotes', infosys), never);
    await provider.close();
    await expect.poll(() => simulation.simulator.statistics().openConnections).toBe(0);
    await expectFailure(provider.fetch(pointRequest('quotes', infosys), never), { kind: 'fatal' });
  });
});
