import { onTestFinished } from 'vitest';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { systemClock } from '../../../src/core/time/clock.js';
import type { Clock } from '../../../src/core/time/clock.js';
import type { BarSize } from '../../../src/core/tables/bars.js';
import type { Calendar } from '../../../src/core/time/calendar.js';
import type { FetchOutcome, Request } from '../../../src/core/request.js';
import type { Instrument, OptionContract } from '../../../src/core/series.js';
import { addDays, day, hour } from '../../../src/core/time/time.js';
import type { Duration, Instant, LocalDate } from '../../../src/core/time/time.js';
import type { Window } from '../../../src/core/time/window.js';
import { createMarket } from '../../../src/market/market.js';
import { noFaults } from '../../../src/config/scenario/engine/scenario-engine.js';
import type { Action, ScenarioEngine } from '../../../src/config/scenario/scenario.js';
import type { SimulatorEvent } from '../../../src/simulators/simulator-event.js';
import type { TwsSimulatorOptions } from '../../../src/simulators/tws/simulator-options.js';
import { startTwsSimulator } from '../../../src/simulators/tws/simulator.js';
import type { TwsSimulator } from '../../../src/simulators/tws/simulator.js';
import type { Provider } from '../../../src/providers/provider.js';
import type { IbNotice } from '../../../src/providers/ib/notice.js';
import { createIbProvider } from '../../../src/providers/ib/provider.js';
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

export const market = createMarket({ settings: { seed: 7, volatility: null, basePrices: {} }, getCalendar });

/** Real time, but what a test has no reason to wait for can be skipped. */
export interface SkippingClock extends Clock {
  /** Moves on by so much at once, and wakes who is due by then. */
  skip(duration: Duration): void;
}

/** The real clock, set to another time. */
export function createClockAt(instant: Instant): SkippingClock {
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
  connectTimeout: hour,
  idleTimeout: hour,
  probeTimeout: hour,
  reconnectDelay: 50,
  maxReconnectDelay: 200,
  maxHold: day,
  quietPeriod: 5_000,
  snapshotTimeout: hour,
  lineSpacing: 60,
};

/** A calendar that has to be there. */
export function requireCalendar(name: string): Calendar {
  const calendar = getCalendar(name);
  if (calendar === undefined) throw new Error(`no calendar ${name}`);
  return calendar;
}

export interface RigOptions {
  readonly at: Instant;
  readonly director: ScenarioEngine;
  readonly simulator: Partial<TwsSimulatorOptions>;
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

export async function startRig(options: Partial<RigOptions> = {}): Promise<Rig> {
  const { at = duringSession, director = noFaults, simulator = {}, settings = {}, timings = {} } = options;
  const clock = createClockAt(at);
  const events: SimulatorEvent[] = [];
  const started = await startTwsSimulator({
    host: '127.0.0.1',
    port: 0,
    serverVersion: 178,
    account: 'DU1234567',
    market,
    calendarOf: getCalendar,
    clock,
    marketTime: () => clock.now(),
    scenarioEngine: director,
    pacing: 'off',
    emit: (event) => events.push(event),
    ...simulator,
  });
  if (!started.ok) throw new Error(started.error.message);
  const gateway = started.value;
  const notices: IbNotice[] = [];
  const provider = createIbProvider({
    settings: {
      host: '127.0.0.1',
      port: gateway.port,
      clientId: 17,
      marketDataType: 'live',
      allowDelayed: false,
      ...settings,
    },
    calendarOf: getCalendar,
    clock,
    onNotice: (notice) => notices.push(notice),
    timings: { ...quickTimings, ...timings },
  });
  return { provider, gateway, events, notices, clock, stop: () => gateway.close() };
}

/** The same for one test: opened, and ended with it. */
export async function openRig(options: Partial<RigOptions> = {}): Promise<Rig> {
  const rig = await startRig(options);
  onTestFinished(async () => {
    await rig.provider.close();
    await rig.stop();
  });
  const failure = await rig.provider.open(never);
  if (failure !== null) throw new Error(failure.message);
  return rig;
}

/** Does the same on every request of a kind, at most so often. */
export function actOnRequest(request: string, action: Action, times = Infinity): ScenarioEngine {
  let remaining = times;
  return {
    actionsFor: (occasion) =>
      occasion.kind === 'request' && occasion.request === request && remaining-- > 0 ? [action] : [],
    timedActions: () => [],
  };
}

/** Something happens by itself, so long after the start. */
export function after(delay: Duration, action: Action): ScenarioEngine {
  return { actionsFor: () => [], timedActions: () => [{ after: delay, action }] };
}

/** The whole day of a date at an exchange. */
export function getDayWindow(date: LocalDate, calendar = 'XNYS'): Window {
  const named = requireCalendar(calendar);
  return { start: named.startOf(date), end: named.startOf(addDays(date, 1)) };
}

export function barsRequest(window: Window, barSize: BarSize = '1 min', instrument = apple): Request {
  const parameters = { barSize, what: 'TRADES', hours: 'rth' } as const;
  return { series: { dataset: 'equity_bars', provider: 'ib', instrument, ...parameters }, window, closes: [window] };
}

export function optionBarsRequest(contract: OptionContract, window: Window, barSize: BarSize = '1 min'): Request {
  const parameters = { contract, barSize, what: 'TRADES', hours: 'rth' } as const;
  const series = { dataset: 'option_bars', provider: 'ib', instrument: apple, ...parameters } as const;
  return { series, window, closes: [window] };
}

export function pointRequest(dataset: 'contracts' | 'chains' | 'quotes', instrument = apple): Request {
  return { series: { dataset, provider: 'ib', instrument }, window: null, closes: [] };
}

export function snapshot(contracts: readonly OptionContract[], instrument = apple): Request {
  const expiry = contracts[0]?.expiry ?? '';
  const series = { dataset: 'option_snapshots', provider: 'ib', instrument, expiry, part: 1, contracts } as const;
  return { series, window: null, closes: [] };
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
export function expectRows(outcome: FetchOutcome): Extract<FetchOutcome, { kind: 'rows' }> {
  if (outcome.kind !== 'rows') throw new Error(`no rows: ${JSON.stringify(outcome)}`);
  return outcome;
}
