import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest';
import { ok } from '../../../src/core/result.js';
import type { BarSize } from '../../../src/core/tables/bars.js';
import type { CallParameters, FetchOutcome, Request } from '../../../src/core/request.js';
import type { Rows, RowsOf } from '../../../src/core/tables/rows.js';
import type { Instrument, OptionContract } from '../../../src/core/series.js';
import { fromDayNumber, day } from '../../../src/core/time/time.js';
import type { Window } from '../../../src/core/time/window.js';
import type { Provider, SourceCalls } from '../../../src/providers/provider.js';
import type { Rule } from '../../../src/config/scenario/scenario.js';
import { abortedFailure } from '../../../src/providers/kite/failures.js';
import type { KiteNotice } from '../../../src/providers/kite/notice.js';
import { speedUp, infosys, nifty, indianNoon, requestRule, createProvider, startSimulation } from './simulated-kite.js';
import type { Simulation } from './simulated-kite.js';
import { createFetchContext } from '../../fixtures/fetch-context.js';

const never = new AbortController().signal;
const sensex: Instrument = { symbol: 'SENSEX', kind: 'index', exchange: 'BSE', currency: 'INR', calendar: 'XBOM' };

const getDayWindow = (date: string): Window => {
  const start = Date.parse(`${date}T00:00:00+05:30`);
  return { start, end: start + day };
};

function barsRequest(window: Window, instrument = infosys, barSize: BarSize = '1 day'): Request {
  const parameters = { barSize, priceType: 'TRADES', hours: 'rth' } as const;
  return { series: { dataset: 'equity_bars', provider: 'kite', instrument, ...parameters }, window, closes: [window] };
}

function optionBarsRequest(contract: OptionContract, window: Window, instrument = infosys): Request {
  const parameters = { barSize: '1 day', priceType: 'TRADES', hours: 'rth' } as const;
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

// All tests share one simulation; each sets the rules that it needs.
let simulation: Simulation;

beforeAll(async () => {
  simulation = await startSimulation();
});

afterAll(async () => {
  await simulation.stop();
});

/** Opens a provider at a simulation with some rules. Its delays take a tenth of their time, except at a given simulation. */
async function openProvider(
  rules: readonly Rule[],
  given?: Simulation,
): Promise<{ provider: Provider; notices: KiteNotice[]; countRequests: () => number }> {
  const used = given ?? simulation;
  used.setRules(rules);
  const notices: KiteNotice[] = [];
  const provider = createProvider(given ?? { ...simulation, clock: speedUp(simulation.clock) }, { notices });
  onTestFinished(async () => {
    await provider.close();
    used.setRules([]);
  });
  const count = (): number => used.simulator.statistics().requests['historical'] ?? 0;
  const before = count();
  expect(await provider.open(never)).toEqual(ok(undefined));
  return { provider, notices, countRequests: () => count() - before };
}

async function expectFailure(answer: Promise<FetchOutcome>, failure: object): Promise<void> {
  expect(await answer).toMatchObject({ kind: 'failure', failure });
}

describe('without faults', () => {
  let provider: Provider;
  const ask = (request: Request): Promise<FetchOutcome> => provider.fetch(request, createFetchContext());
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
    expect(await provider.open(never)).toEqual(ok(undefined));
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
  ] as const)('resolves the index %s given as %s', async (symbol, kind, token) => {
    const { columns } = expectRows('contracts', await ask(pointRequest('contracts', { ...nifty, symbol, kind })));
    expect(columns.con_id[0]).toBe(token);
    expect(columns.sec_type[0]).toBe('IND');
  });

  it('distinguishes instruments of the same name on two exchanges', async () => {
    const onBse = { ...infosys, exchange: 'BSE', calendar: 'XBOM' };
    const [nse, bse] = [await ask(pointRequest('contracts', infosys)), await ask(pointRequest('contracts', onBse))];
    expect(expectRows('contracts', nse).columns.con_id[0]).toBe(408065);
    expect(expectRows('contracts', bse).columns.exchange[0]).toBe('BSE');
    expect(expectRows('contracts', bse).columns.con_id[0]).not.toBe(408065);
    const smart = await ask(pointRequest('contracts', { ...infosys, exchange: 'SMART' }));
    expect(smart).toEqual(nse);
  });

  it('rejects unsupported exchanges, bar sizes, price types, hours and history starts as invalid', async () => {
    await expectFailure(ask(pointRequest('contracts', { ...infosys, exchange: 'SMART', calendar: 'XNYS' })), {
      kind: 'invalid',
      message: expect.stringMatching(/Kite supports NSE and BSE/) as string,
    });
    await expectFailure(ask(barsRequest(getDayWindow('2026-11-17'), infosys, '2 mins')), {
      kind: 'invalid',
      message: 'Kite has no bars of 2 mins: use one of 1 min, 3 mins, 5 mins, 10 mins, 15 mins, 30 mins, 1 hour, 1 day',
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
      priceType: 'TRADES',
      hours: 'rth',
    } as const;
    await expectFailure(ask({ series: history, window: null, closes: [] }), { kind: 'invalid' });
  });

  it('describes a call for bars with token, interval and time, and never the access token', async () => {
    const asked: CallParameters[] = [];
    const context = createFetchContext();
    const calls = { ...context.calls, describe: (call: CallParameters) => void asked.push(call) };
    await provider.fetch(barsRequest(getDayWindow('2026-11-17')), { ...context, calls });
    expect(asked).toEqual([
      {
        ...{ token: expect.any(Number) as unknown, interval: 'day' },
        ...{ from: '2026-11-17 00:00:00', to: '2026-11-17 23:59:59' },
      },
    ]);
  });

  it('returns the bars of the market', async () => {
    for (const [instrument, barSize] of [
      [infosys, '1 min'],
      [infosys, '1 hour'],
      [nifty, '15 mins'],
      [sensex, '1 day'],
    ] as const) {
      const window = getDayWindow('2026-11-17');
      const rows = expectRows('equity_bars', await ask(barsRequest(window, instrument, barSize)));
      const expected = simulation.market.bars({ instrument, barSize, priceType: 'TRADES', window, now: indianNoon });
      if (!expected.found) throw new Error(expected.reason);
      expect(rows.length).toBe(expected.value.length);
      for (const column of ['ts', 'session', 'open', 'high', 'low', 'close'] as const)
        expect([...rows.columns[column]], `${instrument.symbol} ${column}`).toEqual([
          ...expected.value.columns[column],
        ]);
    }
  });

  it('ends at the last complete bar of a session in progress', async () => {
    const window = getDayWindow('2026-11-18');
    const outcome = await ask(barsRequest(window, infosys, '15 mins'));
    const rows = expectRows('equity_bars', outcome);
    expect(outcome).toMatchObject({ answeredWindow: { end: Date.parse('2026-11-18T12:00:00+05:30') } });
    expect(rows.columns.ts.at(-1)).toBe(Date.parse('2026-11-18T11:45:00+05:30'));
    expect(await ask(barsRequest(window))).toMatchObject({
      kind: 'rows',
      rows: { length: 0 },
      answeredWindow: { end: window.start },
    });
  });

  it('returns chains of indices on both exchanges under every alias', async () => {
    const chain = await fetchChain(nifty);
    expect(chain.length).toBeGreaterThan(500);
    expect(chain.map(({ expiry }) => expiry)).toEqual(chain.map(({ expiry }) => expiry).toSorted());
    expect(await fetchChain({ ...nifty, symbol: 'NIFTY 50' })).toEqual(chain);
    expect((await fetchChain(sensex)).length).toBeGreaterThan(500);
    expect(await ask(pointRequest('chains', { ...nifty, symbol: 'INDIA VIX' }))).toEqual({ kind: 'empty' });
  });

  it('returns the quote of an instrument, without a bid for an index', async () => {
    const { columns } = expectRows('quotes', await ask(pointRequest('quotes', infosys)));
    const expected = simulation.market.quote(infosys, indianNoon);
    if (!expected.found || expected.value === null) throw new Error('no quote');
    expect(columns.open[0]).toBe(expected.value.open);
    expect(columns.close[0]).toBe(expected.value.previousClose);
    expect(columns.last[0]).toBeGreaterThan(0);
    expect(columns.delayed[0]).toBe(0);
    expect(expectRows('quotes', await ask(pointRequest('quotes', nifty))).columns.bid[0]).toBeNaN();
  });

  it('returns a snapshot of 499 options and their underlying with one call', async () => {
    const chain = await fetchChain(nifty);
    const { expiry } = chain[0] ?? { expiry: '' };
    const contracts = chain.filter((contract) => contract.expiry === expiry).slice(0, 499);
    const before = simulation.simulator.statistics();
    const outcome = await ask(snapshotRequest(nifty, contracts));
    const { columns, length } = expectRows('option_snapshots', outcome);
    expect(outcome).toMatchObject({ unlisted: [] });
    expect(length).toBeGreaterThan(contracts.length / 2);
    expect(length).toBeLessThanOrEqual(contracts.length);
    const expected = simulation.market.quote(nifty, indianNoon);
    if (!expected.found || expected.value === null) throw new Error('no quote');
    for (const price of columns.underlying_price) expect(price / expected.value.last).toBeCloseTo(1, 2);
    for (const interest of columns.open_interest) expect(interest).toBeGreaterThanOrEqual(0);
    for (const value of [...columns.provider_iv, ...columns.provider_delta, ...columns.iv]) expect(value).toBeNaN();
    expect(simulation.simulator.statistics().requests['quote']).toBe((before.requests['quote'] ?? 0) + 1);
  });

  it('returns daily open interest for options and futures, and none for shares and indices', async () => {
    const lastDay = getDayWindow('2026-11-17');
    const [listed] = (await fetchChain(nifty)).toSorted(
      (a, b) => Math.abs(a.strike - 24_000) - Math.abs(b.strike - 24_000),
    );
    if (listed === undefined) throw new Error('no chain');
    const expected = simulation.market.optionQuote(nifty, listed, lastDay.end - 1);
    const contractsOpen = expected.found ? (expected.value?.openInterest ?? 0) : 0;
    const { columns } = expectRows('option_bars', await ask(optionBarsRequest(listed, lastDay, nifty)));
    expect(columns.open_interest).toHaveLength(1);
    // Kite counts units; a contract has one lot of units.
    const lots = (columns.open_interest[0] ?? NaN) / contractsOpen;
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

  it('reports unlisted options as unlisted and bars of expired options as unavailable', async () => {
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
    await expectFailure(ask(optionBarsRequest(expired, getDayWindow('2026-10-26'))), { kind: 'unavailable' });
  });

  it('downloads the list of instruments once', () => {
    expect(simulation.simulator.statistics().requests['instruments']).toBe(1);
  });
});

describe('with faults', () => {
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
  ])('maps %j to %s for bars and quotes', async (fault, kind) => {
    const rules = [requestRule('historical', fault, { times: 1 }), requestRule('quote', fault, { times: 1 })];
    const { provider } = await openProvider(rules);
    await expectFailure(provider.fetch(barsRequest(getDayWindow('2026-11-17')), createFetchContext()), { kind });
    await expectFailure(provider.fetch(pointRequest('quotes', infosys), createFetchContext()), { kind });
    expect(await provider.fetch(barsRequest(getDayWindow('2026-11-17')), createFetchContext())).toMatchObject({
      kind: 'rows',
    });
  });

  it('completes a truncated response with requests for the rest', async () => {
    const rules = [requestRule('historical', { kind: 'truncate', keepFraction: 0.5 }, { every: 2 })];
    const { provider } = await openProvider(rules);
    const window = { start: getDayWindow('2026-11-09').start, end: getDayWindow('2026-11-17').end };
    for (const barSize of ['1 day', '15 mins'] as const) {
      const outcome = await provider.fetch(barsRequest(window, infosys, barSize), createFetchContext());
      const rows = expectRows('equity_bars', outcome);
      expect(outcome).toMatchObject({ answeredWindow: window });
      expect(rows.length).toBe(barSize === '1 day' ? 6 : 6 * 25);
    }
  });

  it('answers only part of the window when every response is truncated', async () => {
    const rules = [requestRule('historical', { kind: 'truncate', keepFraction: 0.1 })];
    const { provider } = await openProvider(rules);
    const window = { start: getDayWindow('2025-11-10').start, end: getDayWindow('2026-11-17').end };
    const outcome = await provider.fetch(barsRequest(window), createFetchContext());
    const rows = expectRows('equity_bars', outcome);
    if (outcome.kind !== 'rows' || outcome.answeredWindow === null) throw new Error('no answered window');
    expect(outcome.answeredWindow.end).toBeLessThan(window.end);
    expect(rows.columns.ts.at(-1)).toBeLessThan(outcome.answeredWindow.end);
  });

  it('learns a shorter span limit from an error and applies it to later requests', async () => {
    const tooLong = error('InputException', 'interval exceeds max limit: 10 days');
    const { provider, notices, countRequests } = await openProvider([requestRule('historical', tooLong, { times: 1 })]);
    const window = { start: getDayWindow('2026-10-19').start, end: getDayWindow('2026-11-17').end };
    const outcome = await provider.fetch(barsRequest(window, infosys, '1 hour'), createFetchContext());
    expect(outcome).toMatchObject({ kind: 'rows', answeredWindow: window });
    expect(countRequests()).toBe(1 + 3);
    await provider.fetch(barsRequest(window, infosys, '1 hour'), createFetchContext());
    expect(countRequests()).toBe(1 + 3 + 3);
    expect(notices).toMatchObject([{ kind: 'span-limit' }]);
  });

  it('waits for the budgets before every call beyond the planned one, and reports each as sent', async () => {
    const { provider, countRequests } = await openProvider([
      requestRule('historical', { kind: 'truncate', keepFraction: 0.3 }),
    ]);
    const window = { start: getDayWindow('2026-08-10').start, end: getDayWindow('2026-11-17').end };
    const parts: string[] = [];
    let sent = 0;
    const calls: SourceCalls = {
      stopping: never,
      sent() {
        sent++;
      },
      async next(part) {
        // The call before has left.
        expect(sent).toBe(parts.length + 1);
        parts.push(part);
        return parts.length < 3;
      },
    };
    const outcome = await provider.fetch(barsRequest(window), { ...createFetchContext(), calls });
    // The third wait was cancelled.
    expect(outcome).toMatchObject({ kind: 'failure', failure: { kind: 'retryable' } });
    expect(countRequests()).toBe(3);
    expect(new Set(parts).size).toBe(3);
  });

  it('ends a request without a response when its signal aborts', async () => {
    const { provider } = await openProvider([requestRule('historical', { kind: 'no-response' })]);
    await provider.fetch(pointRequest('contracts', infosys), createFetchContext());
    // The library's timeout of 7 s would give another message.
    await expectFailure(
      provider.fetch(barsRequest(getDayWindow('2026-11-17')), createFetchContext(AbortSignal.timeout(100))),
      abortedFailure,
    );
  });
});

describe('opening', () => {
  test('fails as fatal with a rejected token and at a refused connection', async () => {
    expect(await createProvider(simulation, { accessToken: 'another-token' }).open(never)).toMatchObject({
      ok: false,
      error: {
        kind: 'fatal',
        code: 'TokenException',
        message: expect.stringMatching(/access token from the test: Kite TokenException: Incorrect/) as string,
        hint: expect.stringMatching(/pipe login kite/) as string,
      },
    });
    const unreachable = {
      ...simulation,
      baseUrl: 'http://127.0.0.1:1',
      clock: { ...simulation.clock, sleepUntil: async () => undefined },
    };
    expect(await createProvider(unreachable).open(never)).toMatchObject({
      ok: false,
      error: {
        kind: 'fatal',
        message: expect.stringMatching(/cannot reach Kite at http:\/\/127.0.0.1:1: .*ECONNREFUSED/) as string,
        hint: expect.stringContaining('KITE_BASE_URL') as string,
      },
    });
  });

  test('retries after a status 503', async () => {
    const failing = { kind: 'error', code: '503', message: null, status: null } as const;
    await openProvider([requestRule('profile', failing, { times: 1 })]);
  });

  test('leaves no connection after close', async () => {
    const { provider } = await openProvider([]);
    await provider.fetch(pointRequest('quotes', infosys), createFetchContext());
    await provider.close();
    await expect.poll(() => simulation.simulator.statistics().openConnections).toBe(0);
    await expectFailure(provider.fetch(pointRequest('quotes', infosys), createFetchContext()), { kind: 'fatal' });
  });
});
