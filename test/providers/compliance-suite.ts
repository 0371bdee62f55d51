import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../src/core/result.js';
import { barSizes } from '../../src/core/tables/bars.js';
import type { BarSize } from '../../src/core/tables/bars.js';
import type { Calendar, TradingSession } from '../../src/core/time/calendar.js';
import type { FetchOutcome, Request } from '../../src/core/request.js';
import type { Rows, RowsOf } from '../../src/core/tables/rows.js';
import type { Instrument, OptionContract } from '../../src/core/series.js';
import { getColumns } from '../../src/core/tables/tables.js';
import { addDays, fromDayNumber, toDayNumber } from '../../src/core/time/time.js';
import type { Instant, LocalDate } from '../../src/core/time/time.js';
import type { Window } from '../../src/core/time/window.js';
import type { ProviderLimits } from '../../src/core/provider-limits.js';
import type { Provider } from '../../src/providers/provider.js';
import { createFetchContext } from '../fixtures/fetch-context.js';

/** A provider to test, with instruments and dates that it knows. */
export interface Candidate {
  /** Not open yet. */
  readonly provider: Provider;
  readonly limits: ProviderLimits;
  /** The time of its clock. */
  readonly now: Instant;
  /** An instrument with daily and one-minute bars of trades before `now`, and with options. */
  readonly instrument: Instrument;
  readonly calendar: Calendar;
  readonly unknownInstrument: Instrument;
  /** The date of a session with bars within two weeks before `now`. */
  readonly session: LocalDate;
  /** A date before `now` that is not a session. */
  readonly closedDay: LocalDate;
  /** An expired option and a window after its last day; null if the provider cannot distinguish expired options. */
  readonly expired: { readonly contract: OptionContract; readonly window: Window } | null;
  /** Stops what the test started: a simulator, a server. */
  stop(): Promise<void>;
}

/**
 * Tests the contract of `Provider`. One call covers a new provider:
 *
 *     complianceSuite('mock', async () => ({ provider: createMockProvider(…), … }));
 */
export function complianceSuite(name: string, createCandidate: () => Promise<Candidate>): void {
  describe(`the ${name} provider`, () => {
    let candidate: Candidate;
    const never = new AbortController().signal;

    beforeEach(async () => {
      candidate = await createCandidate();
      expect(await candidate.provider.open(never)).toEqual(ok(undefined));
    });

    afterEach(async () => {
      await candidate.provider.close();
      await candidate.stop();
    });

    const ask = (request: Request): Promise<FetchOutcome> => candidate.provider.fetch(request, createFetchContext());
    const pointRequest = (dataset: 'contracts' | 'chains' | 'quotes', instrument = candidate.instrument): Request => ({
      series: { dataset, provider: candidate.provider.name, instrument },
      window: null,
      closes: [],
    });
    const barsRequest = (barSize: BarSize, window: Window, instrument = candidate.instrument): Request => ({
      series: {
        dataset: 'equity_bars',
        provider: candidate.provider.name,
        instrument,
        barSize,
        priceType: 'TRADES',
        hours: 'rth',
      },
      window,
      closes: [window],
    });
    const optionBarsRequest = (contract: OptionContract, barSize: BarSize, window: Window): Request => {
      const { provider, instrument } = candidate;
      const parameters = { contract, barSize, priceType: 'TRADES', hours: 'rth' } as const;
      return {
        series: { dataset: 'option_bars', provider: provider.name, instrument, ...parameters },
        window,
        closes: [window],
      };
    };
    const getSession = (date: LocalDate): TradingSession => {
      const [session] = candidate.calendar.sessions(date, addDays(date, 1));
      if (session === undefined) throw new Error(`${date} is not a session of ${candidate.calendar.exchange}`);
      return session;
    };
    const getSessionWindow = (): Window => {
      const { dayStart, dayEnd } = getSession(candidate.session);
      return { start: dayStart, end: dayEnd };
    };
    const fetchChain = async (): Promise<RowsOf<'chains'>> => expectRows('chains', await ask(pointRequest('chains')));

    it('returns one row with every column for the contract of an instrument', async () => {
      const outcome = await ask(pointRequest('contracts'));
      const rows = expectRows('contracts', outcome);
      expect(outcome).toMatchObject({ answeredWindow: null });
      expectAllColumns(rows);
      expect(rows.length).toBe(1);
      expect(rows.columns.currency[0]).toBe(candidate.instrument.currency);
      expect(rows.columns.time_zone[0]).toBe(candidate.calendar.timeZone);
      expect(rows.columns.long_name[0]).toBeTruthy();
      expect(rows.columns.min_tick[0]).toBeGreaterThan(0);
    });

    it('returns a chain of unexpired options without duplicates', async () => {
      const rows = await fetchChain();
      expectAllColumns(rows);
      expect(rows.length).toBeGreaterThan(0);
      const today = toDayNumber(candidate.calendar.dateAt(candidate.now));
      const { expiry, strike, right } = rows.columns;
      for (let row = 0; row < rows.length; row++) {
        expect(expiry[row]).toBeGreaterThanOrEqual(today);
        expect(strike[row]).toBeGreaterThan(0);
        expect(right[row]).toMatch(/^[CP]$/);
      }
      const names = Array.from({ length: rows.length }, (_, row) => `${expiry[row]}/${strike[row]}/${right[row]}`);
      expect(new Set(names).size).toBe(rows.length);
    });

    it('returns one daily bar per session and the whole window as answered', async () => {
      const from = addDays(candidate.session, -14);
      const window = { start: candidate.calendar.startOf(from), end: getSessionWindow().end };
      const outcome = await ask(barsRequest('1 day', window));
      const rows = expectRows('equity_bars', outcome);
      expectBars(rows, window);
      expect(outcome).toMatchObject({ answeredWindow: window });
      const sessions = candidate.calendar.sessions(from, addDays(candidate.session, 1));
      expect([...rows.columns.session].map(fromDayNumber)).toEqual(sessions.map(({ date }) => date));
      expect([...rows.columns.ts]).toEqual(sessions.map(({ open }) => open));
    });

    it('returns intraday bars inside the session, aligned to its open', async () => {
      for (const size of ['1 min', '15 mins', '1 hour'] as const) {
        const rows = expectRows('equity_bars', await ask(barsRequest(size, getSessionWindow())));
        const { open, close } = getSession(candidate.session);
        expectBars(rows, { start: open, end: close });
        for (const ts of rows.columns.ts) expect((ts - open) % barSizes[size]).toBe(0);
        expect(new Set(rows.columns.session)).toEqual(new Set([toDayNumber(candidate.session)]));
      }
    });

    it('returns the same bars for two halves of a window as for the whole', async () => {
      const { open, close, dayStart, dayEnd } = getSession(candidate.session);
      const middle = open + Math.floor((close - open) / 7_200_000) * 3_600_000;
      const fetchTimes = async (start: Instant, end: Instant): Promise<number[]> => [
        ...expectRows('equity_bars', await ask(barsRequest('1 min', { start, end }))).columns.ts,
      ];
      const whole = await fetchTimes(dayStart, dayEnd);
      expect([...(await fetchTimes(dayStart, middle)), ...(await fetchTimes(middle, dayEnd))]).toEqual(whole);
      expect(whole.length).toBeGreaterThan(1);
    });

    it('returns equal responses to equal requests', async () => {
      expect(await ask(barsRequest('1 min', getSessionWindow()))).toEqual(
        await ask(barsRequest('1 min', getSessionWindow())),
      );
    });

    it('returns empty for a day without a session', async () => {
      const { calendar, closedDay } = candidate;
      const window = { start: calendar.startOf(closedDay), end: calendar.startOf(addDays(closedDay, 1)) };
      for (const size of ['1 day', '1 min'] as const)
        expect(await ask(barsRequest(size, window))).toEqual({ kind: 'empty' });
    });

    it('answers a window that ends in the future only until now', async () => {
      const { calendar, now } = candidate;
      const futureWindow = {
        start: getSessionWindow().start,
        end: calendar.startOf(addDays(calendar.dateAt(now), 21)),
      };
      for (const size of ['1 day', '1 min'] as const) {
        const outcome = await ask(
          barsRequest(size, size === '1 day' ? futureWindow : { ...futureWindow, start: now - barSizes['1 hour'] }),
        );
        expect(outcome.kind).not.toBe('empty');
        if (outcome.kind !== 'rows') continue;
        expect(outcome.answeredWindow?.end).toBeLessThanOrEqual(now);
        for (const ts of getTimes(outcome.rows)) expect(ts).toBeLessThan(now);
      }
    });

    it('answers a window of the maximum length', async () => {
      const end = getSessionWindow().end;
      const window = { start: end - candidate.limits.maxWindow['1 day'], end };
      expectBars(expectRows('equity_bars', await ask(barsRequest('1 day', window))), window);
    });

    it('returns bars or empty for an option of its chain', async () => {
      const chain = toOptionContracts(await fetchChain());
      const contract = chain[Math.floor(chain.length / 2)];
      if (contract === undefined) return expect.fail('an empty chain');
      for (const size of ['1 day', '1 hour'] as const) {
        const outcome = await ask(optionBarsRequest(contract, size, getSessionWindow()));
        // A provider may have no bars of an option that did not trade.
        if (outcome.kind !== 'empty') expectBars(expectRows('option_bars', outcome), getSessionWindow());
      }
    });

    it('reports an option that is not listed as unlisted', async () => {
      const [listed] = toOptionContracts(await fetchChain());
      if (listed === undefined) return expect.fail('an empty chain');
      const unlisted: OptionContract = { ...listed, strike: listed.strike + 0.37, conId: null };
      expect(await ask(optionBarsRequest(unlisted, '1 day', getSessionWindow()))).toEqual({
        kind: 'empty',
        unlisted: [unlisted],
      });
    });

    it('returns a snapshot of the listed options of an expiry and reports the others as unlisted', async () => {
      const chain = toOptionContracts(await fetchChain());
      const expiry = chain[Math.floor(chain.length / 2)]?.expiry ?? '';
      const all = chain.filter((option) => option.expiry === expiry);
      const listed = all.slice(Math.max(Math.floor(all.length / 2) - 2, 0)).slice(0, 4);
      const unlisted = listed.slice(0, 1).map((option) => ({ ...option, strike: option.strike + 0.37, conId: null }));
      const { provider, instrument } = candidate;
      const selection = { expiry, part: 1, contracts: [...unlisted, ...listed] };
      const series = { dataset: 'option_snapshots', provider: provider.name, instrument, ...selection } as const;
      const outcome = await ask({ series, window: null, closes: [] });
      expect(outcome).toMatchObject({ answeredWindow: null, unlisted });
      const rows = expectRows('option_snapshots', outcome);
      expectAllColumns(rows);
      const names = (options: readonly Pick<OptionContract, 'strike' | 'right'>[]): readonly string[] =>
        options.map(({ strike, right }) => `${strike}/${right}`).toSorted();
      const { strike, right, bid, ask: offer } = rows.columns;
      const given = Array.from(
        strike,
        (value, row) => ({ strike: value, right: right[row] === 'P' ? 'P' : 'C' }) as const,
      );
      expect(names(given)).toEqual(names(listed));
      for (let row = 0; row < rows.length; row++) {
        expect(bid[row] ?? NaN).not.toBeLessThan(0);
        expect((offer[row] ?? NaN) < (bid[row] ?? NaN)).toBe(false);
      }
    });

    it('returns one row with every column for a quote', async () => {
      const outcome = await ask(pointRequest('quotes'));
      expect(outcome).toMatchObject({ answeredWindow: null });
      const rows = expectRows('quotes', outcome);
      expectAllColumns(rows);
      expect(rows.length).toBe(1);
      const { last, bid, ask: offer, high, low } = rows.columns;
      expect(last[0]).toBeGreaterThan(0);
      expect((offer[0] ?? NaN) < (bid[0] ?? NaN)).toBe(false);
      expect((high[0] ?? NaN) < (low[0] ?? NaN)).toBe(false);
    });

    it('returns the beginning of history or an invalid failure', async () => {
      const { provider, instrument } = candidate;
      const series = { dataset: 'history_starts', provider: provider.name, instrument } as const;
      const request: Request = { series: { ...series, priceType: 'TRADES', hours: 'rth' }, window: null, closes: [] };
      const outcome = await ask(request);
      if (outcome.kind === 'failure') {
        expect(outcome).toMatchObject({ failure: { kind: 'invalid' } });
        return;
      }
      const rows = expectRows('history_starts', outcome);
      expectAllColumns(rows);
      expect(rows.length).toBe(1);
      expect(rows.columns.first[0]).toBeLessThanOrEqual(getSession(candidate.session).open);
    });

    it('fails as unavailable for a window after the expiry of an option', async ({ skip }) => {
      if (candidate.expired === null) return skip('the provider cannot distinguish expired options');
      const { contract, window } = candidate.expired;
      expect(await ask(optionBarsRequest(contract, '1 day', window))).toMatchObject({
        kind: 'failure',
        failure: { kind: 'unavailable' },
      });
    });

    it('fails as invalid for an unknown instrument', async () => {
      const invalid = { kind: 'failure', failure: { kind: 'invalid' } };
      expect(await ask(pointRequest('contracts', candidate.unknownInstrument))).toMatchObject(invalid);
      expect(await ask(pointRequest('chains', candidate.unknownInstrument))).toMatchObject(invalid);
      expect(await ask(pointRequest('quotes', candidate.unknownInstrument))).toMatchObject(invalid);
      expect(await ask(barsRequest('1 day', getSessionWindow(), candidate.unknownInstrument))).toMatchObject(invalid);
    });

    it('returns the right response to each of several requests in flight', async () => {
      const sizes: readonly BarSize[] = [
        '1 day',
        '1 hour',
        '30 mins',
        '15 mins',
        '5 mins',
        '3 mins',
        '2 mins',
        '1 min',
      ];
      const requested = Array.from(
        { length: Math.max(candidate.limits.maxConcurrency, 2) },
        (_, index) => sizes[index % sizes.length] ?? '1 day',
      );
      const together = await Promise.all(requested.map((size) => ask(barsRequest(size, getSessionWindow()))));
      for (const [index, size] of requested.entries())
        expect(together[index]).toEqual(await ask(barsRequest(size, getSessionWindow())));
    });

    it('fails as retryable when the signal aborts and answers the next request', async () => {
      const cancelled = { kind: 'failure', failure: { kind: 'retryable' } };
      expect(
        await candidate.provider.fetch(
          barsRequest('1 day', getSessionWindow()),
          createFetchContext(AbortSignal.abort()),
        ),
      ).toMatchObject(cancelled);
      const controller = new AbortController();
      const answer = candidate.provider.fetch(
        barsRequest('1 min', getSessionWindow()),
        createFetchContext(controller.signal),
      );
      controller.abort();
      const outcome = await answer;
      // The response may have arrived before the abort; it is then complete.
      if (outcome.kind === 'failure') expect(outcome).toMatchObject(cancelled);
      else expect(outcome).toEqual(await ask(barsRequest('1 min', getSessionWindow())));
      expectBars(expectRows('equity_bars', await ask(barsRequest('1 day', getSessionWindow()))), getSessionWindow());
    });

    it('closes twice without an error', async () => {
      await candidate.provider.close();
      await candidate.provider.close();
    });
  });
}

function expectRows<D extends Rows['dataset']>(dataset: D, outcome: FetchOutcome): RowsOf<D> {
  if (outcome.kind !== 'rows') expect.fail(`expected rows, got ${JSON.stringify(outcome)}`);
  expect(outcome.rows.dataset).toBe(dataset);
  return outcome.rows as RowsOf<D>;
}

function toOptionContracts({ length, columns }: RowsOf<'chains'>): readonly OptionContract[] {
  return Array.from({ length }, (_, row) => {
    const conId = columns.con_id[row] ?? NaN;
    return {
      expiry: fromDayNumber(columns.expiry[row] ?? NaN),
      strike: columns.strike[row] ?? NaN,
      right: columns.right[row] === 'P' ? 'P' : 'C',
      conId: Number.isNaN(conId) ? null : conId,
    };
  });
}

function getTimes(rows: Rows): Float64Array {
  return rows.dataset === 'equity_bars' || rows.dataset === 'option_bars' ? rows.columns.ts : new Float64Array();
}

/** Expects every column that a provider answers, with the type of its table and the length of the rows. */
function expectAllColumns({ dataset, length, columns }: Rows): void {
  const expectedColumns = Object.entries(getColumns(dataset)).filter(([, column]) => column.from === 'answer');
  expect(Object.keys(columns).toSorted()).toEqual(expectedColumns.map(([column]) => column).toSorted());
  const answeredColumns: Readonly<Record<string, unknown>> = columns;
  for (const [column, { type }] of expectedColumns) {
    const values = answeredColumns[column];
    expect(type === 'text' ? Array.isArray(values) : values instanceof Float64Array, column).toBe(true);
    expect(values, column).toHaveLength(length);
  }
}

/** Expects complete rows in order of time inside the window, each a valid bar. */
function expectBars(rows: RowsOf<'equity_bars' | 'option_bars'>, window: Window): void {
  expectAllColumns(rows);
  expect(rows.length).toBeGreaterThan(0);
  const { ts, open, high, low, close, volume, wap, bar_count: count } = rows.columns;
  for (let row = 0; row < rows.length; row++) {
    const at = (column: Float64Array): number => column[row] ?? NaN;
    const isValid =
      at(ts) >= window.start &&
      at(ts) < window.end &&
      (row === 0 || at(ts) > (ts[row - 1] ?? NaN)) &&
      at(low) <= Math.min(at(open), at(close)) &&
      at(high) >= Math.max(at(open), at(close)) &&
      at(low) > 0 &&
      !(at(volume) < 0) &&
      !(at(wap) < at(low)) &&
      !(at(wap) > at(high)) &&
      !(at(count) < 0);
    if (!isValid)
      expect.fail(
        `row ${row} is not a bar of the window: ${JSON.stringify(rows.columns, (_, value: unknown) => (value instanceof Float64Array ? value[row] : value))}`,
      );
  }
}
