import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { barSizes } from '../../src/core/bars.js';
import type { BarSize } from '../../src/core/bars.js';
import type { Calendar, Session } from '../../src/core/calendar.js';
import type { Outcome, Request } from '../../src/core/request.js';
import type { Rows, RowsOf } from '../../src/core/rows.js';
import type { Instrument, OptionContract } from '../../src/core/series.js';
import { columnsOf } from '../../src/core/tables.js';
import { addDays, dateOfDayNumber, dayNumber } from '../../src/core/time.js';
import type { Instant, LocalDate } from '../../src/core/time.js';
import type { Window } from '../../src/core/window.js';
import type { ProviderLimits } from '../../src/core/provider-limits.js';
import type { Provider } from '../../src/providers/contract.js';

/** A provider to be tried, with what there is to ask it. */
export interface Candidate {
  /** Not opened yet. */
  readonly provider: Provider;
  readonly limits: ProviderLimits;
  /** What its clock shows. */
  readonly now: Instant;
  /** An instrument with daily and one-minute bars of trades before `now`, and with options. */
  readonly instrument: Instrument;
  readonly calendar: Calendar;
  /** An instrument that does not exist. */
  readonly nobody: Instrument;
  /** A date of the last two weeks before `now` that is a session and has bars. */
  readonly session: LocalDate;
  /** A date before `now` that is not a session. */
  readonly closedDay: LocalDate;
  /** An option that has expired, and a window behind its last day; null where the source does not tell. */
  readonly expired: { readonly contract: OptionContract; readonly window: Window } | null;
  /** Ends whatever was started for the trial: a simulator, a server. */
  stop(): Promise<void>;
}

/**
 * What every provider promises, whatever it speaks to. A new provider is held to the contract by one call:
 *
 *     complianceSuite('mock', async () => ({ provider: mockProvider(…), … }));
 */
export function complianceSuite(name: string, makeCandidate: () => Promise<Candidate>): void {
  describe(`${name} keeps the contract of providers:`, () => {
    let candidate: Candidate;
    const never = new AbortController().signal;

    beforeEach(async () => {
      candidate = await makeCandidate();
      expect(await candidate.provider.open(never)).toBeNull();
    });

    afterEach(async () => {
      await candidate.provider.close();
      await candidate.stop();
    });

    const ask = (request: Request): Promise<Outcome> => candidate.provider.fetch(request, never);
    const point = (dataset: 'contracts' | 'chains' | 'quotes', instrument = candidate.instrument): Request => ({
      series: { dataset, provider: candidate.provider.name, instrument },
      window: null,
      settles: [],
    });
    const bars = (barSize: BarSize, window: Window, instrument = candidate.instrument): Request => ({
      series: {
        dataset: 'equity_bars',
        provider: candidate.provider.name,
        instrument,
        barSize,
        what: 'TRADES',
        hours: 'rth',
      },
      window,
      settles: [window],
    });
    const optionBars = (contract: OptionContract, barSize: BarSize, window: Window): Request => {
      const { provider, instrument } = candidate;
      const parameters = { contract, barSize, what: 'TRADES', hours: 'rth' } as const;
      return {
        series: { dataset: 'option_bars', provider: provider.name, instrument, ...parameters },
        window,
        settles: [window],
      };
    };
    const sessionNamed = (date: LocalDate): Session => {
      const [session] = candidate.calendar.sessions(date, addDays(date, 1));
      if (session === undefined) throw new Error(`${date} is not a session of ${candidate.calendar.exchange}`);
      return session;
    };
    const theDay = (): Window => {
      const { dayStart, dayEnd } = sessionNamed(candidate.session);
      return { start: dayStart, end: dayEnd };
    };
    const theChain = async (): Promise<RowsOf<'chains'>> => rowsOf('chains', await ask(point('chains')));

    it('describes an instrument in one whole row', async () => {
      const outcome = await ask(point('contracts'));
      const rows = rowsOf('contracts', outcome);
      expect(outcome).toMatchObject({ answered: null });
      expectWhole(rows);
      expect(rows.length).toBe(1);
      expect(rows.columns.currency[0]).toBe(candidate.instrument.currency);
      expect(rows.columns.time_zone[0]).toBe(candidate.calendar.timeZone);
      expect(rows.columns.long_name[0]).toBeTruthy();
      expect(rows.columns.min_tick[0]).toBeGreaterThan(0);
    });

    it('lists options that have not expired, each once', async () => {
      const rows = await theChain();
      expectWhole(rows);
      expect(rows.length).toBeGreaterThan(0);
      const today = dayNumber(candidate.calendar.dateAt(candidate.now));
      const { expiry, strike, right } = rows.columns;
      for (let row = 0; row < rows.length; row++) {
        expect(expiry[row]).toBeGreaterThanOrEqual(today);
        expect(strike[row]).toBeGreaterThan(0);
        expect(right[row]).toMatch(/^[CP]$/);
      }
      const names = Array.from({ length: rows.length }, (_, row) => `${expiry[row]}/${strike[row]}/${right[row]}`);
      expect(new Set(names).size).toBe(rows.length);
    });

    it('gives one daily bar a session, and says that it spoke of the whole window', async () => {
      const from = addDays(candidate.session, -14);
      const window = { start: candidate.calendar.startOf(from), end: theDay().end };
      const outcome = await ask(bars('1 day', window));
      const rows = rowsOf('equity_bars', outcome);
      expectBars(rows, window);
      expect(outcome).toMatchObject({ answered: window });
      const sessions = candidate.calendar.sessions(from, addDays(candidate.session, 1));
      expect([...rows.columns.session].map(dateOfDayNumber)).toEqual(sessions.map(({ date }) => date));
      expect([...rows.columns.ts]).toEqual(sessions.map(({ open }) => open));
    });

    it('gives shorter bars within their session, counted from its open', async () => {
      for (const size of ['1 min', '15 mins', '1 hour'] as const) {
        const rows = rowsOf('equity_bars', await ask(bars(size, theDay())));
        const { open, close } = sessionNamed(candidate.session);
        expectBars(rows, { start: open, end: close });
        for (const ts of rows.columns.ts) expect((ts - open) % barSizes[size]).toBe(0);
        expect(new Set(rows.columns.session)).toEqual(new Set([dayNumber(candidate.session)]));
      }
    });

    it('answers two halves of a window as it answers the whole', async () => {
      const { open, close, dayStart, dayEnd } = sessionNamed(candidate.session);
      const middle = open + Math.floor((close - open) / 7_200_000) * 3_600_000;
      const times = async (start: Instant, end: Instant): Promise<number[]> => [
        ...rowsOf('equity_bars', await ask(bars('1 min', { start, end }))).columns.ts,
      ];
      const whole = await times(dayStart, dayEnd);
      expect([...(await times(dayStart, middle)), ...(await times(middle, dayEnd))]).toEqual(whole);
      expect(whole.length).toBeGreaterThan(1);
    });

    it('gives the same answer to the same question', async () => {
      expect(await ask(bars('1 min', theDay()))).toEqual(await ask(bars('1 min', theDay())));
    });

    it('says of a closed day that there is nothing', async () => {
      const { calendar, closedDay } = candidate;
      const window = { start: calendar.startOf(closedDay), end: calendar.startOf(addDays(closedDay, 1)) };
      for (const size of ['1 day', '1 min'] as const) expect(await ask(bars(size, window))).toEqual({ kind: 'empty' });
    });

    it('says nothing about what has not happened yet', async () => {
      const { calendar, now } = candidate;
      const ahead = { start: theDay().start, end: calendar.startOf(addDays(calendar.dateAt(now), 21)) };
      for (const size of ['1 day', '1 min'] as const) {
        const outcome = await ask(bars(size, size === '1 day' ? ahead : { ...ahead, start: now - barSizes['1 hour'] }));
        expect(outcome.kind).not.toBe('empty');
        if (outcome.kind !== 'rows') continue;
        expect(outcome.answered?.end).toBeLessThanOrEqual(now);
        for (const ts of timesOf(outcome.rows)) expect(ts).toBeLessThan(now);
      }
    });

    it('answers the longest window it allows', async () => {
      const end = theDay().end;
      const window = { start: end - candidate.limits.longestWindow['1 day'], end };
      expectBars(rowsOf('equity_bars', await ask(bars('1 day', window))), window);
    });

    it('gives bars of an option of its chain', async () => {
      const chain = optionsOf(await theChain());
      const contract = chain[Math.floor(chain.length / 2)];
      if (contract === undefined) return expect.fail('an empty chain');
      for (const size of ['1 day', '1 hour'] as const) {
        const outcome = await ask(optionBars(contract, size, theDay()));
        // A source may have nothing for an option that did not trade; it then has to say so.
        if (outcome.kind !== 'empty') expectBars(rowsOf('option_bars', outcome), theDay());
      }
    });

    it('names an option that it lists and does not know', async () => {
      const [listed] = optionsOf(await theChain());
      if (listed === undefined) return expect.fail('an empty chain');
      const unlisted: OptionContract = { ...listed, strike: listed.strike + 0.37, conId: null };
      expect(await ask(optionBars(unlisted, '1 day', theDay()))).toEqual({ kind: 'empty', unlisted: [unlisted] });
    });

    it('takes a snapshot of options of one expiry, and names those that it does not know', async () => {
      const chain = optionsOf(await theChain());
      const expiry = chain[Math.floor(chain.length / 2)]?.expiry ?? '';
      const all = chain.filter((option) => option.expiry === expiry);
      const listed = all.slice(Math.max(Math.floor(all.length / 2) - 2, 0)).slice(0, 4);
      const unlisted = listed.slice(0, 1).map((option) => ({ ...option, strike: option.strike + 0.37, conId: null }));
      const { provider, instrument } = candidate;
      const asked = { expiry, part: 1, contracts: [...unlisted, ...listed] };
      const series = { dataset: 'option_snapshots', provider: provider.name, instrument, ...asked } as const;
      const outcome = await ask({ series, window: null, settles: [] });
      expect(outcome).toMatchObject({ answered: null, unlisted });
      const rows = rowsOf('option_snapshots', outcome);
      expectWhole(rows);
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

    it('says what an instrument trades at', async () => {
      const outcome = await ask(point('quotes'));
      expect(outcome).toMatchObject({ answered: null });
      const rows = rowsOf('quotes', outcome);
      expectWhole(rows);
      expect(rows.length).toBe(1);
      const { last, bid, ask: offer, high, low } = rows.columns;
      expect(last[0]).toBeGreaterThan(0);
      expect((offer[0] ?? NaN) < (bid[0] ?? NaN)).toBe(false);
      expect((high[0] ?? NaN) < (low[0] ?? NaN)).toBe(false);
    });

    it('says since when it has bars, or that it does not tell', async () => {
      const { provider, instrument } = candidate;
      const series = { dataset: 'history_starts', provider: provider.name, instrument } as const;
      const request: Request = { series: { ...series, what: 'TRADES', hours: 'rth' }, window: null, settles: [] };
      const outcome = await ask(request);
      if (outcome.kind === 'failure') {
        expect(outcome).toMatchObject({ failure: { kind: 'invalid' } });
        return;
      }
      const rows = rowsOf('history_starts', outcome);
      expectWhole(rows);
      expect(rows.length).toBe(1);
      expect(rows.columns.first[0]).toBeLessThanOrEqual(sessionNamed(candidate.session).open);
    });

    it('says that the time after an expiry is lost', async ({ skip }) => {
      if (candidate.expired === null) return skip('the source does not tell expired options from others');
      const { contract, window } = candidate.expired;
      expect(await ask(optionBars(contract, '1 day', window))).toMatchObject({
        kind: 'failure',
        failure: { kind: 'lost' },
      });
    });

    it('refuses an instrument that does not exist, as a wrong request', async () => {
      const refusal = { kind: 'failure', failure: { kind: 'invalid' } };
      expect(await ask(point('contracts', candidate.nobody))).toMatchObject(refusal);
      expect(await ask(point('chains', candidate.nobody))).toMatchObject(refusal);
      expect(await ask(point('quotes', candidate.nobody))).toMatchObject(refusal);
      expect(await ask(bars('1 day', theDay(), candidate.nobody))).toMatchObject(refusal);
    });

    it('keeps answers apart when several questions are under way', async () => {
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
      const asked = Array.from(
        { length: Math.max(candidate.limits.concurrency, 2) },
        (_, index) => sizes[index % sizes.length] ?? '1 day',
      );
      const together = await Promise.all(asked.map((size) => ask(bars(size, theDay()))));
      for (const [index, size] of asked.entries()) expect(together[index]).toEqual(await ask(bars(size, theDay())));
    });

    it('stops when it is told to, and can be asked again', async () => {
      const stopped = { kind: 'failure', failure: { kind: 'retryable' } };
      expect(await candidate.provider.fetch(bars('1 day', theDay()), AbortSignal.abort())).toMatchObject(stopped);
      const controller = new AbortController();
      const answer = candidate.provider.fetch(bars('1 min', theDay()), controller.signal);
      controller.abort();
      const outcome = await answer;
      // It may have been quicker; then the answer is whole.
      if (outcome.kind === 'failure') expect(outcome).toMatchObject(stopped);
      else expect(outcome).toEqual(await ask(bars('1 min', theDay())));
      expectBars(rowsOf('equity_bars', await ask(bars('1 day', theDay()))), theDay());
    });

    it('can be closed twice', async () => {
      await candidate.provider.close();
      await candidate.provider.close();
    });
  });
}

/** The rows of an outcome that is expected to have some. */
function rowsOf<D extends Rows['dataset']>(dataset: D, outcome: Outcome): RowsOf<D> {
  if (outcome.kind !== 'rows') expect.fail(`expected rows, got ${JSON.stringify(outcome)}`);
  expect(outcome.rows.dataset).toBe(dataset);
  return outcome.rows as RowsOf<D>;
}

/** The options of a chain. */
function optionsOf({ length, columns }: RowsOf<'chains'>): readonly OptionContract[] {
  return Array.from({ length }, (_, row) => {
    const conId = columns.con_id[row] ?? NaN;
    return {
      expiry: dateOfDayNumber(columns.expiry[row] ?? NaN),
      strike: columns.strike[row] ?? NaN,
      right: columns.right[row] === 'P' ? 'P' : 'C',
      conId: Number.isNaN(conId) ? null : conId,
    };
  });
}

function timesOf(rows: Rows): Float64Array {
  return rows.dataset === 'equity_bars' || rows.dataset === 'option_bars' ? rows.columns.ts : new Float64Array();
}

/** Every column that the provider has to answer is there, typed as its table says and as long as the others. */
function expectWhole({ dataset, length, columns }: Rows): void {
  const answered = Object.entries(columnsOf(dataset)).filter(([, column]) => column.from === 'answer');
  expect(Object.keys(columns).toSorted()).toEqual(answered.map(([column]) => column).toSorted());
  const given: Readonly<Record<string, unknown>> = columns;
  for (const [column, { type }] of answered) {
    const values = given[column];
    expect(type === 'text' ? Array.isArray(values) : values instanceof Float64Array, column).toBe(true);
    expect(values, column).toHaveLength(length);
  }
}

/** Whole rows in order of time, inside the window, each a possible bar. */
function expectBars(rows: RowsOf<'equity_bars' | 'option_bars'>, window: Window): void {
  expectWhole(rows);
  expect(rows.length).toBeGreaterThan(0);
  const { ts, open, high, low, close, volume, wap, bar_count: count } = rows.columns;
  for (let row = 0; row < rows.length; row++) {
    const at = (column: Float64Array): number => column[row] ?? NaN;
    const possible =
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
    if (!possible)
      expect.fail(
        `row ${row} is not a bar of the window: ${JSON.stringify(rows.columns, (_, value: unknown) => (value instanceof Float64Array ? value[row] : value))}`,
      );
  }
}
