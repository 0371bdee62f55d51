import { onTestFinished } from 'vitest';
import { calendarOf } from '../../../src/calendar/calendars.js';
import { systemClock } from '../../../src/core/clock.js';
import type { Clock } from '../../../src/core/clock.js';
import type { BarSize } from '../../../src/core/bars.js';
import type { Calendar } from '../../../src/core/calendar.js';
import type { Outcome, Request } from '../../../src/core/request.js';
import type { Instrument, OptionContract } from '../../../src/core/series.js';
import { addDays, day, hour } from '../../../src/core/time.js';
import type { Duration, Instant, LocalDate } from '../../../src/core/time.js';
import type { Window } from '../../../src/core/window.js';
import { createMarket } from '../../../src/market/market.js';
import { quietDirector } from '../../../src/scenario/director.js';
import type { Action, Director } from '../../../src/scenario/scenario.js';
import type { SimulatorEvent } from '../../../src/simulators/events.js';
import type { TwsSimulatorParts } from '../../../src/simulators/tws/parts.js';
import { startTwsSimulator } from '../../../src/simulators/tws/simulator.js';
import type { TwsSimulator } from '../../../src/simulators/tws/simulator.js';
import type { Provider } from '../../../src/providers/contract.js';
import type { IbNotice } from '../../../src/providers/ib/notice.js';
import { ibProvider } from '../../../src/providers/ib/provider.js';
import type { IbSettings, IbTimings } from '../../../src/providers/ib/settings.js';

/** Wednesday, 18 November 2026, an hour and a half after the open in New York. */
export const duringSession: Instant = Date.parse('2026-11-18T16:00:00Z');
/** The evening of that day. */
export const afterClose: Instant = Date.parse('2026-11-18T23:00:00Z');

export const apple: Instrument = {
  symbol: 'AAPL',
  kind: 'stock',
  exchange: 'SMART',
  currency: 'USD',
  calendar: 'XNYS',
};
export const never: AbortSignal = new AbortController().signal;

export const market = createMarket({ settings: { seed: 7, volatility: null, basePrices: {} }, calendarOf });

/** Real time, but what a test has no reason to wait for can be skipped. */
export interface SkippingClock extends Clock {
  /** Moves on by so much at once, and wakes who is due by then. */
  skip(duration: Duration): void;
}

/** The real clock, set to another time. */
export function clockAt(instant: Instant): SkippingClock {
  let shift = instant - systemClock.now();
  const waiting = new Set<AbortController>();
  const now = (): Instant => systemClock.now() + shift;
  return {
    now,
    async sleepUntil(until, signal) {
      for (;;) {
        const skipped = new AbortController();
        waiting.add(skipped);
        const stop = signal === undefined ? skipped.signal : AbortSignal.any([signal, skipped.signal]);
        try {
          await systemClock.sleepUntil(until - shift, stop);
          return;
        } catch (error) {
          if (!skipped.signal.aborted || signal?.aborted === true) throw error;
        } finally {
          waiting.delete(skipped);
        }
      }
    },
    skip(duration) {
      shift += duration;
      for (const one of [...waiting]) one.abort();
    },
  };
}

/** Waits for work that ends only because time passes, which this makes pass quickly. */
export async function skipping<T>(clock: SkippingClock, step: Duration, work: Promise<T>): Promise<T> {
  const state = { isDone: false };
  const done = (): void => void (state.isDone = true);
  work.then(done, done);
  while (!state.isDone) {
    clock.skip(step);
    await systemClock.sleepUntil(systemClock.now() + 10);
  }
  return work;
}

/** A gateway that is near, on a machine that may be slow: only pauses are short. */
export const quickTimings: Partial<IbTimings> = {
  connect: hour,
  idle: hour,
  probe: hour,
  pause: 50,
  longestPause: 200,
  hold: day,
  quiet: 5_000,
  snapshot: hour,
  spacing: 60,
};

/** A calendar that has to be there. */
export function calendarNamed(name: string): Calendar {
  const calendar = calendarOf(name);
  if (calendar === undefined) throw new Error(`no calendar ${name}`);
  return calendar;
}

export interface RigParts {
  readonly at: Instant;
  readonly director: Director;
  readonly simulator: Partial<TwsSimulatorParts>;
  readonly settings: Partial<IbSettings>;
  readonly timings: Partial<IbTimings>;
}

/** A simulated gateway and the adapter in front of it; the adapter is not opened. */
export interface Rig {
  readonly provider: Provider;
  readonly gateway: TwsSimulator;
  readonly events: readonly SimulatorEvent[];
  readonly notices: readonly IbNotice[];
  readonly clock: SkippingClock;
  readonly stop: () => Promise<void>;
}

export async function startRig(parts: Partial<RigParts> = {}): Promise<Rig> {
  const { at = duringSession, director = quietDirector, simulator = {}, settings = {}, timings = {} } = parts;
  const clock = clockAt(at);
  const events: SimulatorEvent[] = [];
  const started = await startTwsSimulator({
    host: '127.0.0.1',
    port: 0,
    serverVersion: 178,
    account: 'DU1234567',
    market,
    calendarOf,
    clock,
    marketTime: () => clock.now(),
    director,
    pacing: 'off',
    emit: (event) => events.push(event),
    ...simulator,
  });
  if (!started.ok) throw new Error(started.error.message);
  const gateway = started.value;
  const notices: IbNotice[] = [];
  const provider = ibProvider({
    settings: {
      host: '127.0.0.1',
      port: gateway.port,
      clientId: 17,
      dataType: 'live',
      allowDelayed: false,
      ...settings,
    },
    calendarOf,
    clock,
    notices: (notice) => notices.push(notice),
    timings: { ...quickTimings, ...timings },
  });
  return { provider, gateway, events, notices, clock, stop: () => gateway.close() };
}

/** The same for one test: opened, and ended with it. */
export async function openRig(parts: Partial<RigParts> = {}): Promise<Rig> {
  const rig = await startRig(parts);
  onTestFinished(async () => {
    await rig.provider.close();
    await rig.stop();
  });
  const failure = await rig.provider.open(never);
  if (failure !== null) throw new Error(failure.message);
  return rig;
}

/** Does the same on every request of a kind, at most so often. */
export function onRequest(request: string, action: Action, times = Infinity): Director {
  let left = times;
  return {
    direct: (occasion) => (occasion.kind === 'request' && occasion.request === request && left-- > 0 ? [action] : []),
    timed: () => [],
  };
}

/** Something happens by itself, so long after the start. */
export function after(delay: Duration, action: Action): Director {
  return { direct: () => [], timed: () => [{ after: delay, action }] };
}

/** The whole day of a date at an exchange. */
export function dayOf(date: LocalDate, calendar = 'XNYS'): Window {
  const named = calendarNamed(calendar);
  return { start: named.startOf(date), end: named.startOf(addDays(date, 1)) };
}

export function bars(window: Window, barSize: BarSize = '1 min', instrument = apple): Request {
  const parameters = { barSize, what: 'TRADES', hours: 'rth' } as const;
  return { series: { dataset: 'equity_bars', provider: 'ib', instrument, ...parameters }, window, settles: [window] };
}

export function optionBars(contract: OptionContract, window: Window, barSize: BarSize = '1 min'): Request {
  const parameters = { contract, barSize, what: 'TRADES', hours: 'rth' } as const;
  const series = { dataset: 'option_bars', provider: 'ib', instrument: apple, ...parameters } as const;
  return { series, window, settles: [window] };
}

export function point(dataset: 'contracts' | 'chains' | 'quotes', instrument = apple): Request {
  return { series: { dataset, provider: 'ib', instrument }, window: null, settles: [] };
}

export function snapshot(contracts: readonly OptionContract[], instrument = apple): Request {
  const expiry = contracts[0]?.expiry ?? '';
  const series = { dataset: 'option_snapshots', provider: 'ib', instrument, expiry, part: 1, contracts } as const;
  return { series, window: null, settles: [] };
}

/** The options nearest to the money, of the first expiry after a week or of any. */
export function nearTheMoney(count: number, of: 'one' | 'any' = 'one'): readonly OptionContract[] {
  const at = duringSession;
  const chain = market.chain(apple, at);
  const quote = market.quote(apple, at);
  if (!chain.found || !quote.found || quote.value === null) throw new Error('no market');
  const spot = quote.value.last;
  const expiry = chain.value.find((option) => option.expiry > '2026-11-25')?.expiry;
  return chain.value
    .filter((option) => of === 'any' || option.expiry === expiry)
    .toSorted((a, b) => Math.abs(a.strike - spot) - Math.abs(b.strike - spot))
    .slice(0, count)
    .map(({ strike, right, expiry: date }) => ({ expiry: date, strike, right, conId: null }));
}

/** The rows of an answer that has to have some. */
export function rowsIn(outcome: Outcome): Extract<Outcome, { kind: 'rows' }> {
  if (outcome.kind !== 'rows') throw new Error(`no rows: ${JSON.stringify(outcome)}`);
  return outcome;
}
