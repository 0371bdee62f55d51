import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { systemClock } from '../../../src/core/time/clock.js';
import type { Clock } from '../../../src/core/time/clock.js';
import { ok } from '../../../src/core/result.js';
import type { Instrument } from '../../../src/core/series.js';
import { hour } from '../../../src/core/time/time.js';
import type { Instant } from '../../../src/core/time/time.js';
import { createMarket } from '../../../src/market/market.js';
import type { Market } from '../../../src/market/market.js';
import type { Provider } from '../../../src/providers/provider.js';
import type { KiteNotice } from '../../../src/providers/kite/notice.js';
import { createKiteProvider } from '../../../src/providers/kite/provider.js';
import { createScenarioEngine, noFaults } from '../../../src/config/scenario/engine/scenario-engine.js';
import type { Match, Action, Frequency, Rule } from '../../../src/config/scenario/scenario.js';
import { startKiteSimulator } from '../../../src/simulators/kite/simulator.js';
import type { KiteSimulator } from '../../../src/simulators/kite/simulator.js';

export const secrets = {
  apiKey: 'planted-api-key',
  apiSecret: 'planted-api-secret',
  accessToken: 'planted-access-token',
};

export const infosys: Instrument = {
  symbol: 'INFY',
  kind: 'stock',
  exchange: 'NSE',
  currency: 'INR',
  calendar: 'XNSE',
};
export const nifty: Instrument = { symbol: 'NIFTY', kind: 'index', exchange: 'NSE', currency: 'INR', calendar: 'XNSE' };

/** Noon of a Wednesday in India. */
export const indianNoon = Date.parse('2026-11-18T12:00:30+05:30');

const settings = { seed: 1, volatility: null, basePrices: {} };

const whole = createMarket({ settings, getCalendar });

/** The underlyings of the options that tests ask for. */
const withOptions: ReadonlySet<string> = new Set(['NIFTY', 'BANKNIFTY', 'SENSEX', 'INFY']);

/** One market for all tests, with options on a few underlyings: each provider reads the list of them anew. */
const market: Market = {
  ...whole,
  chain: (instrument, at) =>
    withOptions.has(instrument.symbol) ? whole.chain(instrument, at) : { found: false, reason: 'no-contract' },
};

/** Real time, begun at another moment. */
export function createClockFrom(startTime: Instant): Clock {
  const offset = startTime - systemClock.now();
  return {
    now: () => systemClock.now() + offset,
    sleepUntil: (instant, signal) => systemClock.sleepUntil(instant - offset, signal),
  };
}

/** A clock that goes ten times as fast as another from now on. */
export function hurried(clock: Clock): Clock {
  const start = clock.now();
  return {
    now: () => start + 10 * (clock.now() - start),
    sleepUntil: (instant, signal) => clock.sleepUntil(start + Math.ceil((instant - start) / 10), signal),
  };
}

const everyTime: Frequency = { skip: 0, every: 1, times: null, chance: 1, from: 0, until: null };

/** One rule of a scenario: on requests of a kind, an action, as often as said. */
export function requestRule(request: string, action: Action, frequency: Partial<Frequency> = {}): Rule {
  const match: Match = {
    kind: 'request',
    requests: [request],
    symbols: null,
    barSizes: null,
    priceType: null,
    expiries: null,
    strikes: null,
    rights: null,
  };
  return { match, frequency: { ...everyTime, ...frequency }, action };
}

/** A simulator, and what is needed to ask it. */
export interface Simulation {
  readonly simulator: KiteSimulator;
  readonly market: Market;
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly folder: string;
  /** From now on these rules hold and no others. */
  setRules(rules: readonly Rule[]): void;
  stop(): Promise<void>;
}

/** What a simulation may have of its own. */
export interface SimulationOptions {
  readonly startTime?: Instant;
  readonly pacing?: 'strict' | 'off';
}

export async function startSimulation({
  startTime = indianNoon,
  pacing = 'off',
}: SimulationOptions = {}): Promise<Simulation> {
  const clock = createClockFrom(startTime);
  let director = noFaults;
  const started = await startKiteSimulator({
    host: '127.0.0.1',
    port: 0,
    ...secrets,
    market,
    clock,
    marketTime: () => clock.now(),
    scenarioEngine: { actionsFor: (occasion, since) => director.actionsFor(occasion, since), timedActions: () => [] },
    pacing,
    emit: () => undefined,
  });
  if (!started.ok) throw new Error(started.error.message);
  const simulator = started.value;
  const folder = await mkdtemp(join(tmpdir(), 'pipe-kite-'));
  return {
    simulator,
    market,
    clock,
    folder,
    baseUrl: `http://127.0.0.1:${simulator.port}`,
    setRules(rules) {
      director = createScenarioEngine({ market: settings, rules });
    },
    async stop() {
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A provider that asks a simulation; `notices` collects what it says. */
export function createProvider(
  { baseUrl, folder, clock }: Pick<Simulation, 'baseUrl' | 'folder' | 'clock'>,
  { accessToken = secrets.accessToken, notices = [] }: { accessToken?: string; notices?: KiteNotice[] } = {},
): Provider {
  return createKiteProvider({
    settings: { baseUrl, instrumentsMaxAge: 6 * hour },
    credentials: async () => ok({ ...secrets, accessToken, source: 'the test', issuedAt: clock.now() }),
    cacheFolder: folder,
    calendarOf: getCalendar,
    clock,
    onNotice: (notice) => notices.push(notice),
  });
}
