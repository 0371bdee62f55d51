import { join } from 'node:path';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { ok } from '../../../src/core/result.js';
import type { Calendar } from '../../../src/core/time/calendar.js';
import type { Clock } from '../../../src/core/time/clock.js';
import type { ProviderName } from '../../../src/core/series.js';
import { hour } from '../../../src/core/time/time.js';
import type { Instant } from '../../../src/core/time/time.js';
import { createMarket } from '../../../src/market/market.js';
import type { Market } from '../../../src/market/market.js';
import type { Pipeline } from '../../../src/config/pipeline/pipeline.js';
import { createScenarioEngine, noFaults } from '../../../src/config/scenario/engine/scenario-engine.js';
import { createIbProvider } from '../../../src/providers/ib/provider.js';
import { createKiteProvider } from '../../../src/providers/kite/provider.js';
import type { Provider } from '../../../src/providers/provider.js';
import { startKiteSimulator } from '../../../src/simulators/kite/simulator.js';
import { startTwsSimulator } from '../../../src/simulators/tws/simulator.js';
import { requireCalendar } from '../../fixtures/require-calendar.js';
import { createScenario, fastTimings } from '../fault-gateway.js';
import type { RuleInput } from '../fault-gateway.js';

/** A simulated source that is running, and the provider for it. */
export interface RunningSource {
  readonly port: number;
  createProvider(pipeline: Pipeline, folder: string): Provider;
  close(): Promise<void>;
}

/** Rules of a scenario; `onAction` is called when one of them acts. */
export interface Rules {
  readonly rules: readonly RuleInput[];
  readonly onAction: () => void;
}

/** One provider of the campaign: its market, its pipeline and how to start its source. */
export interface Source {
  readonly name: ProviderName & ('ib' | 'kite');
  readonly market: Market;
  readonly calendar: Calendar;
  /** After the close: the data of the day is final. */
  readonly evening: Instant;
  readonly pipeline: object;
  /** Changes the settings of the pipeline to those of a running source. */
  connect(pipeline: Pipeline, port: number): Pipeline;
  start(market: Market, clock: Clock, rules: Rules): Promise<RunningSource>;
}

const common = {
  name: 'withheld',
  pacing: { budgets: [{ name: 'at-once', kind: 'open', limit: 6 }] },
  retry: { attempts: 2, delay: '5ms', max_delay: '20ms', timeout: '5s' },
  breaker: { threshold: 500, cooldown: '50ms' },
  confirm_empty: { answers: 3, every: '12h' },
};

const bars = { bar_size: ['1 day', '5 mins'], lookback: '6 sessions' };
const options = {
  needs: ['chains', 'equity'],
  bar_size: ['1 day', '5 mins'],
  lookback: '3 sessions',
  expiries: 1,
  strikes: 1,
};
const snapshots = { needs: ['chains', 'quotes', 'equity'], refresh: '7d', expiries: 1, strikes: 1 };

export const ibSource: Source = {
  name: 'ib',
  market: createMarket({
    // Low prices keep the number of strikes small.
    settings: { seed: 7, volatility: null, basePrices: { AAPL: 24, MSFT: 31 } },
    getCalendar,
  }),
  calendar: requireCalendar('XNYS'),
  evening: Date.parse('2026-11-18T23:00:00Z'),
  pipeline: {
    ...common,
    provider: 'ib',
    symbols: ['AAPL', 'MSFT'],
    steps: {
      contracts: { refresh: '7d' },
      chains: { needs: 'contracts', refresh: '7d' },
      quotes: { needs: 'contracts', refresh: '7d' },
      history: { needs: 'contracts', refresh: '7d' },
      equity: { needs: ['contracts', 'history'], ...bars },
      options,
      snapshots,
    },
  },
  connect: ({ providers, ...pipeline }, port) => ({
    ...pipeline,
    providers: { ...providers, ib: { ...providers.ib, port } },
  }),
  async start(market, clock, { rules, onAction }) {
    const started = await startTwsSimulator({
      host: '127.0.0.1',
      port: 0,
      serverVersion: 178,
      account: 'DU1234567',
      market,
      calendarOf: getCalendar,
      clock,
      marketTime: () => clock.now(),
      scenarioEngine: createScenarioEngine(createScenario(rules)),
      pacing: 'off',
      emit: ({ kind }) => {
        if (kind === 'action') onAction();
      },
    });
    if (!started.ok) throw new Error(started.error.message);
    const { value: gateway } = started;
    return {
      port: gateway.port,
      createProvider: (pipeline) =>
        createIbProvider({
          settings: pipeline.providers.ib,
          calendarOf: getCalendar,
          clock,
          onNotice: () => undefined,
          timings: { ...fastTimings, snapshotTimeout: 3_000 },
        }),
      close: () => gateway.close(),
    };
  },
};

const credentials = { apiKey: 'key', apiSecret: 'secret', accessToken: 'token' };

const indianMarket = createMarket({ settings: { seed: 1, volatility: null, basePrices: {} }, getCalendar });
/** Options on a few underlyings only, because each run parses the whole list of instruments. */
const underlyings: ReadonlySet<string> = new Set(['NIFTY', 'INFY']);

export const kiteSource: Source = {
  name: 'kite',
  market: {
    ...indianMarket,
    chain: (instrument, at) =>
      underlyings.has(instrument.symbol) ? indianMarket.chain(instrument, at) : { found: false, reason: 'no-contract' },
  },
  calendar: requireCalendar('XNSE'),
  evening: Date.parse('2026-11-18T18:00:00+05:30'),
  pipeline: {
    ...common,
    provider: 'kite',
    symbols: [
      { symbol: 'INFY', exchange: 'NSE' },
      { symbol: 'NIFTY', exchange: 'NSE', kind: 'index' },
    ],
    steps: {
      contracts: { refresh: '7d' },
      chains: { needs: 'contracts', refresh: '7d' },
      quotes: { needs: 'contracts', refresh: '7d' },
      equity: { needs: 'contracts', ...bars },
      options,
      snapshots,
    },
  },
  connect: ({ providers, ...pipeline }, port) => ({
    ...pipeline,
    providers: { ...providers, kite: { ...providers.kite, baseUrl: `http://127.0.0.1:${String(port)}` } },
  }),
  async start(market, clock) {
    const started = await startKiteSimulator({
      host: '127.0.0.1',
      port: 0,
      ...credentials,
      market,
      clock,
      marketTime: () => clock.now(),
      scenarioEngine: noFaults,
      pacing: 'off',
      emit: () => undefined,
    });
    if (!started.ok) throw new Error(started.error.message);
    const { value: simulator } = started;
    return {
      port: simulator.port,
      createProvider: (pipeline, folder) =>
        createKiteProvider({
          settings: { ...pipeline.providers.kite, instrumentsMaxAge: hour },
          credentials: async () => ok({ ...credentials, tokenSource: 'the test', issuedAt: clock.now() }),
          cacheFolder: join(folder, '_cache'),
          calendarOf: getCalendar,
          clock,
          onNotice: () => undefined,
        }),
      close: () => simulator.close(),
    };
  },
};

/** The same source for a pipeline that believes one answer. */
export function believeOneAnswer(source: Source): Source {
  return { ...source, pipeline: { ...source.pipeline, confirm_empty: { answers: 1 } } };
}
