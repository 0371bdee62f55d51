import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendarOf } from '../../../src/calendar/calendars.js';
import { systemClock } from '../../../src/core/clock.js';
import type { Clock } from '../../../src/core/clock.js';
import { ok } from '../../../src/core/result.js';
import type { Instrument } from '../../../src/core/series.js';
import { hour } from '../../../src/core/time.js';
import type { Instant } from '../../../src/core/time.js';
import { createMarket } from '../../../src/market/market.js';
import type { Market } from '../../../src/market/market.js';
import type { Provider } from '../../../src/providers/contract.js';
import type { KiteNotice } from '../../../src/providers/kite/notice.js';
import { kiteProvider } from '../../../src/providers/kite/provider.js';
import { createDirector, quietDirector } from '../../../src/scenario/director.js';
import type { About, Action, Often, Rule } from '../../../src/scenario/scenario.js';
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
export const noon = Date.parse('2026-11-18T12:00:30+05:30');

const settings = { seed: 1, volatility: null, basePrices: {} };

const whole = createMarket({ settings, calendarOf });

/** The underlyings of the options that tests ask for. */
const withOptions: ReadonlySet<string> = new Set(['NIFTY', 'BANKNIFTY', 'SENSEX', 'INFY']);

/** One market for all tests, with options on a few underlyings: each provider reads the list of them anew. */
const market: Market = {
  ...whole,
  chain: (instrument, at) =>
    withOptions.has(instrument.symbol) ? whole.chain(instrument, at) : { found: false, why: 'no-contract' },
};

/** Real time, begun at another moment. */
export function clockFrom(begin: Instant): Clock {
  const ahead = begin - systemClock.now();
  return {
    now: () => systemClock.now() + ahead,
    sleepUntil: (instant, signal) => systemClock.sleepUntil(instant - ahead, signal),
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

const always: Often = { skip: 0, every: 1, times: null, chance: 1, from: 0, until: null };

/** One rule of a scenario: on requests of a kind, an action, as often as said. */
export function onRequest(request: string, act: Action, often: Partial<Often> = {}): Rule {
  const about: About = {
    kind: 'request',
    requests: [request],
    symbols: null,
    barSizes: null,
    what: null,
    expiries: null,
    strikes: null,
    rights: null,
  };
  return { about, often: { ...always, ...often }, act };
}

/** A simulator, and what is needed to ask it. */
export interface Simulation {
  readonly simulator: KiteSimulator;
  readonly market: Market;
  readonly clock: Clock;
  readonly root: string;
  readonly folder: string;
  /** From now on these rules hold and no others. */
  play(rules: readonly Rule[]): void;
  stop(): Promise<void>;
}

/** What a simulation may have of its own. */
export interface SimulationChoices {
  readonly begin?: Instant;
  readonly pacing?: 'strict' | 'off';
}

export async function simulate({ begin = noon, pacing = 'off' }: SimulationChoices = {}): Promise<Simulation> {
  const clock = clockFrom(begin);
  let director = quietDirector;
  const started = await startKiteSimulator({
    host: '127.0.0.1',
    port: 0,
    ...secrets,
    market,
    clock,
    marketTime: () => clock.now(),
    director: { direct: (occasion, since) => director.direct(occasion, since), timed: () => [] },
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
    root: `http://127.0.0.1:${simulator.port}`,
    play(rules) {
      director = createDirector({ market: settings, rules });
    },
    async stop() {
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A provider that asks a simulation; `notices` collects what it says. */
export function providerAt(
  { root, folder, clock }: Pick<Simulation, 'root' | 'folder' | 'clock'>,
  { accessToken = secrets.accessToken, notices = [] }: { accessToken?: string; notices?: KiteNotice[] } = {},
): Provider {
  return kiteProvider({
    settings: { root, instrumentsMaxAge: 6 * hour },
    credentials: async () => ok({ ...secrets, accessToken, source: 'the test', issuedAt: clock.now() }),
    cacheFolder: folder,
    calendarOf,
    clock,
    notices: (notice) => notices.push(notice),
  });
}
