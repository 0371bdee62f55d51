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

/** 12:00:30 on a Wednesday in India. */
export const indianNoon = Date.parse('2026-11-18T12:00:30+05:30');

const settings = { seed: 1, volatility: null, basePrices: {} };

const fullMarket = createMarket({ settings, getCalendar });

/** The underlyings whose options the tests request. */
const underlyings: ReadonlySet<string> = new Set(['NIFTY', 'BANKNIFTY', 'SENSEX', 'INFY']);

/** A market with options on a few underlyings, because each provider parses the whole list of instruments. */
const market: Market = {
  ...fullMarket,
  chain: (instrument, at) =>
    underlyings.has(instrument.symbol) ? fullMarket.chain(instrument, at) : { found: false, reason: 'no-contract' },
};

/** The real clock, shifted to another start. */
export function createClockFrom(startTime: Instant): Clock {
  const offset = startTime - systemClock.now();
  return {
    now: () => systemClock.now() + offset,
    sleepUntil: (instant, signal) => systemClock.sleepUntil(instant - offset, signal),
  };
}

/** A clock that runs ten times as fast as another one from now on. */
export function speedUp(clock: Clock): Clock {
  const start = clock.now();
  return {
    now: () => start + 10 * (clock.now() - start),
    sleepUntil: (instant, signal) => clock.sleepUntil(start + Math.ceil((instant - start) / 10), signal),
  };
}

const everyTime: Frequency = { skip: 0, every: 1, times: null, chance: 1, from: 0, until: null };

/** A rule of a scenario for requests of one kind. */
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

/** A running simulator with what a provider for it needs. */
export interface Simulation {
  readonly simulator: KiteSimulator;
  readonly market: Market;
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly folder: string;
  /** Replaces the rules. */
  setRules(rules: readonly Rule[]): void;
  stop(): Promise<void>;
}

export interface SimulationOptions {
  readonly startTime?: Instant;
  readonly pacing?: 'strict' | 'off';
}

export async function startSimulation({
  startTime = indianNoon,
  pacing = 'off',
}: SimulationOptions = {}): Promise<Simulation> {
  const clock = createClockFrom(startTime);
  let engine = noFaults;
  const started = await startKiteSimulator({
    host: '127.0.0.1',
    port: 0,
    ...secrets,
    market,
    clock,
    marketTime: () => clock.now(),
    scenarioEngine: { actionsFor: (event, since) => engine.actionsFor(event, since), timedActions: () => [] },
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
      engine = createScenarioEngine({ market: settings, rules });
    },
    async stop() {
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A provider for a simulation; `notices` collects its notices. */
export function createProvider(
  { baseUrl, folder, clock }: Pick<Simulation, 'baseUrl' | 'folder' | 'clock'>,
  { accessToken = secrets.accessToken, notices = [] }: { accessToken?: string; notices?: KiteNotice[] } = {},
): Provider {
  return createKiteProvider({
    settings: { baseUrl, instrumentsMaxAge: 6 * hour },
    credentials: async () =>
      ok({
        ...secrets,
        accessToken,
        tokenSource: 'the test',
        issuedAt: clock.now(),
      }),
    cacheFolder: folder,
    calendarOf: getCalendar,
    clock,
    onNotice: (notice) => notices.push(notice),
  });
}
