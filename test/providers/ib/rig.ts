import { onTestFinished } from 'vitest';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { systemClock } from '../../../src/core/time/clock.js';
import type { Clock } from '../../../src/core/time/clock.js';
import type { BarSize } from '../../../src/core/tables/bars.js';
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
/** 18:00 in New York on that day. */
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

/** The real clock, which a test can advance. */
export interface SkippingClock extends Clock {
  /** Advances the clock and ends the sleeps that are due by then. */
  skip(duration: Duration): void;
}

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

/** Waits for work that needs much time, and advances the clock until it is done. */
export async function advanceUntilDone<T>(clock: SkippingClock, step: Duration, work: Promise<T>): Promise<T> {
  const state = { isDone: false };
  const done = (): void => void (state.isDone = true);
  work.then(done, done);
  while (!state.isDone) {
    clock.skip(step);
    await systemClock.sleepUntil(systemClock.now() + 10);
  }
  return work;
}

/** Timings for a local gateway on a slow machine: only the delays are short. */
export const quickTimings: Partial<IbTimings> = {
  connectTimeout: hour,
  idleTimeout: hour,
  probeTimeout: hour,
  reconnectDelay: 50,
  maxReconnectDelay: 200,
  maxHold: day,
  quietPeriod: 5_000,
  snapshotTimeout: hour,
};

export interface RigOptions {
  readonly at: Instant;
  readonly engine: ScenarioEngine;
  readonly simulator: Partial<TwsSimulatorOptions>;
  readonly settings: Partial<IbSettings>;
  readonly timings: Partial<IbTimings>;
}

/** A simulated gateway and a provider for it. */
export interface Rig {
  readonly provider: Provider;
  readonly gateway: TwsSimulator;
  readonly events: readonly SimulatorEvent[];
  readonly notices: readonly IbNotice[];
  readonly clock: SkippingClock;
  readonly stop: () => Promise<void>;
}

/** Starts a simulated gateway; the provider is not open yet. */
export async function startRig(options: Partial<RigOptions> = {}): Promise<Rig> {
  const { at = duringSession, engine = noFaults, simulator = {}, settings = {}, timings = {} } = options;
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
    scenarioEngine: engine,
    pacing: 'off',
    measureStall: () => 0,
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

/** Starts a simulated gateway and opens the provider; both are closed when the test ends. */
export async function openRig(options: Partial<RigOptions> = {}): Promise<Rig> {
  const rig = await startRig(options);
  onTestFinished(async () => {
    await rig.provider.close();
    await rig.stop();
  });
  const opened = await rig.provider.open(never);
  if (!opened.ok) throw new Error(opened.error.message);
  return rig;
}

/** Acts on every request of a kind, at most `times` times. */
export function actOnRequest(request: string, action: Action, times = Infinity): ScenarioEngine {
  let remaining = times;
  return {
    actionsFor: (event) => (event.kind === 'request' && event.request === request && remaining-- > 0 ? [action] : []),
    timedActions: () => [],
  };
}

/** Acts once, a delay after the start. */
export function actAfter(delay: Duration, action: Action): ScenarioEngine {
  return { actionsFor: () => [], timedActions: () => [{ after: delay, action }] };
}

export function getDayWindow(date: LocalDate, calendar = 'XNYS'): Window {
  const named = requireCalendar(calendar);
  return { start: named.startOf(date), end: named.startOf(addDays(date, 1)) };
}

export function barsRequest(window: Window, barSize: BarSize = '1 min', instrument = apple): Request {
  const parameters = { barSize, priceType: 'TRADES', hours: 'rth' } as const;
  return { series: { dataset: 'equity_bars', provider: 'ib', instrument, ...parameters }, window, closes: [window] };
}

export function optionBarsRequest(contract: OptionContract, window: Window, barSize: BarSize = '1 min'): Request {
  const parameters = { contract, barSize, priceType: 'TRADES', hours: 'rth' } as const;
  const series = { dataset: 'option_bars', provider: 'ib', instrument: apple, ...parameters } as const;
  return { series, window, closes: [window] };
}

export function pointRequest(dataset: 'contracts' | 'chains' | 'quotes', instrument = apple): Request {
  return { series: { dataset, provider: 'ib', instrument }, window: null, closes: [] };
}

export function snapshotRequest(contracts: readonly OptionContract[], instrument = apple): Request {
  const expiry = contracts[0]?.expiry ?? '';
  const series = { dataset: 'option_snapshots', provider: 'ib', instrument, expiry, part: 1, contracts } as const;
  return { series, window: null, closes: [] };
}

/** The options nearest to the money, of the first expiry after a week or of any expiry. */
export function nearTheMoney(count: number, expiries: 'one' | 'any' = 'one'): readonly OptionContract[] {
  const chain = market.chain(apple, duringSession);
  const quote = market.quote(apple, duringSession);
  if (!chain.found || !quote.found || quote.value === null) throw new Error('no market');
  const spot = quote.value.last;
  const expiry = chain.value.find((option) => option.expiry > '2026-11-25')?.expiry;
  return chain.value
    .filter((option) => expiries === 'any' || option.expiry === expiry)
    .toSorted((a, b) => Math.abs(a.strike - spot) - Math.abs(b.strike - spot))
    .slice(0, count)
    .map(({ strike, right, expiry: date }) => ({ expiry: date, strike, right, conId: null }));
}

export function expectRows(outcome: FetchOutcome): Extract<FetchOutcome, { kind: 'rows' }> {
  if (outcome.kind !== 'rows') throw new Error(`no rows: ${JSON.stringify(outcome)}`);
  return outcome;
}
