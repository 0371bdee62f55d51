import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { getCalendar } from '../../../src/calendar/calendars.js';
import { systemClock } from '../../../src/core/time/clock.js';
import type { Clock } from '../../../src/core/time/clock.js';
import { createMarket } from '../../../src/market/market.js';
import type { Market } from '../../../src/market/market.js';
import { createScenarioEngine } from '../../../src/config/scenario/engine/scenario-engine.js';
import type { Match, Action, Frequency, Rule } from '../../../src/config/scenario/scenario.js';
import type { SimulatorEvent } from '../../../src/simulators/simulator-event.js';
import { startKiteSimulator } from '../../../src/simulators/kite/simulator.js';
import type { KiteSimulator, KiteSimulatorOptions } from '../../../src/simulators/kite/simulator.js';

export const apiKey = 'testkey';
export const apiSecret = 'testsecret';
export const accessToken = 'testtoken';

/** Friday noon in India, during a session. */
export const noon = Date.parse('2026-11-20T12:00:00+05:30');

export const market: Market = createMarket({ settings: { seed: 1, volatility: null, basePrices: {} }, getCalendar });

/** A simulator with helpers for tests. */
export interface KiteRig extends KiteSimulator {
  readonly baseUrl: string;
  readonly tickerUrl: string;
  readonly events: readonly SimulatorEvent[];
  /** Sends a request with the login of the tests, unless `init` overrides it. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a request and parses the response as JSON. */
  json(path: string, init?: RequestInit): Promise<{ status: number; body: KiteAnswer }>;
  /** Logs in again: all logins expire at 06:00 market time. */
  login(): Promise<void>;
  /** Sets the market time. */
  setMarketTime(at: number): void;
}

export interface KiteAnswer {
  readonly status: 'success' | 'error';
  readonly data: never;
  readonly message?: string;
  readonly error_type?: string;
}

export async function startKiteRig(
  rules: readonly Rule[] = [],
  options: Partial<KiteSimulatorOptions> & { readonly at?: number; readonly speed?: number } = {},
): Promise<KiteRig> {
  const events: SimulatorEvent[] = [];
  let marketTimeBase = options.at ?? noon;
  const clock = options.clock ?? systemClock;
  let setAtWallTime = clock.now();
  const started = await startKiteSimulator({
    host: '127.0.0.1',
    port: 0,
    apiKey,
    apiSecret,
    accessToken,
    market,
    clock,
    marketTime: () => marketTimeBase + (clock.now() - setAtWallTime) * (options.speed ?? 1),
    scenarioEngine: createScenarioEngine({ market: { seed: 1, volatility: null, basePrices: {} }, rules }),
    pacing: 'off',
    emit: (event) => void events.push(event),
    ...options,
  });
  if (!started.ok) throw new Error(started.error.message);
  const simulator = started.value;
  onTestFinished(() => simulator.close());
  let login = accessToken;
  const baseUrl = `http://127.0.0.1:${String(simulator.port)}`;
  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(baseUrl + path, {
      headers: { Authorization: `token ${apiKey}:${login}`, 'X-Kite-Version': '3' },
      ...init,
    });
  return {
    ...simulator,
    baseUrl,
    tickerUrl: `ws://127.0.0.1:${String(simulator.port)}/`,
    events,
    get,
    async json(path, init) {
      const response = await get(path, init);
      return { status: response.status, body: (await response.json()) as KiteAnswer };
    },
    async login() {
      const page = await (await fetch(`${baseUrl}/connect/login?v=3&api_key=${apiKey}`, { method: 'POST' })).text();
      const token = /<code>(\w+)<\/code>/.exec(page)?.[1] ?? '';
      const fields = { api_key: apiKey, request_token: token, checksum: checksum(token) };
      const answer = (await (await fetch(`${baseUrl}/session/token`, form(fields))).json()) as {
        data: { access_token: string };
      };
      login = answer.data.access_token;
    },
    setMarketTime(at) {
      marketTimeBase = at;
      setAtWallTime = clock.now();
    },
  };
}

const everyTime: Frequency = { skip: 0, every: 1, times: null, chance: 1, from: 0, until: null };

const matchAll = { symbols: null, barSizes: null, priceType: null, expiries: null, strikes: null, rights: null };

/** Creates a rule about one request name. */
export function onRequest(request: string | null, action: Action, overrides: Partial<Frequency & Match> = {}): Rule {
  const about = { kind: 'request', requests: request === null ? null : [request], ...matchAll, ...overrides } as const;
  return { match: about as Match, frequency: { ...everyTime, ...overrides }, action };
}

export function onConnect(action: Action, often: Partial<Frequency> = {}): Rule {
  return { match: { kind: 'connect' }, frequency: { ...everyTime, ...often }, action };
}

export function afterTime(after: number, action: Action): Rule {
  return { match: { kind: 'time', after, every: null }, frequency: everyTime, action };
}

export function checksum(requestToken: string): string {
  return createHash('sha256')
    .update(apiKey + requestToken + apiSecret)
    .digest('hex');
}

/** A clock that tests set; it cannot sleep. */
export function stoppedClock(start: number): Clock & { now(): number; set(at: number): void } {
  let at = start;
  return { ...systemClock, now: () => at, set: (next) => void (at = next) };
}

export function form(fields: Readonly<Record<string, string>>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields), headers: { 'X-Kite-Version': '3' } };
}
