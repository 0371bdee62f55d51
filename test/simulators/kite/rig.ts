import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { calendarOf } from '../../../src/calendar/calendars.js';
import { systemClock } from '../../../src/core/clock.js';
import type { Clock } from '../../../src/core/clock.js';
import { createMarket } from '../../../src/market/market.js';
import type { Market } from '../../../src/market/market.js';
import { createDirector } from '../../../src/scenario/director.js';
import type { About, Action, Often, Rule } from '../../../src/scenario/scenario.js';
import type { SimulatorEvent } from '../../../src/simulators/events.js';
import { startKiteSimulator } from '../../../src/simulators/kite/simulator.js';
import type { KiteSimulator, KiteSimulatorParts } from '../../../src/simulators/kite/simulator.js';

export const apiKey = 'testkey';
export const apiSecret = 'testsecret';
export const accessToken = 'testtoken';

/** Friday noon in India, in the middle of a session. */
export const noon = Date.parse('2026-11-20T12:00:00+05:30');

export const market: Market = createMarket({ settings: { seed: 1, volatility: null, basePrices: {} }, calendarOf });

/** A simulator with what tests want to know of it. */
export interface Rig extends KiteSimulator {
  readonly root: string;
  readonly tickerRoot: string;
  readonly events: readonly SimulatorEvent[];
  /** Asks with the login of the tests, unless told otherwise. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** The answer read as JSON. */
  json(path: string, init?: RequestInit): Promise<{ status: number; body: Answer }>;
  /** Logs in anew: at six in the morning of the market all logins end. */
  login(): Promise<void>;
  /** Sets the clock of the market. */
  setMarket(at: number): void;
}

export interface Answer {
  readonly status: 'success' | 'error';
  readonly data: never;
  readonly message?: string;
  readonly error_type?: string;
}

export async function startRig(
  rules: readonly Rule[] = [],
  parts: Partial<KiteSimulatorParts> & { readonly at?: number; readonly speed?: number } = {},
): Promise<Rig> {
  const events: SimulatorEvent[] = [];
  let marketStart = parts.at ?? noon;
  const clock = parts.clock ?? systemClock;
  let setAt = clock.now();
  const started = await startKiteSimulator({
    host: '127.0.0.1',
    port: 0,
    apiKey,
    apiSecret,
    accessToken,
    market,
    clock,
    marketTime: () => marketStart + (clock.now() - setAt) * (parts.speed ?? 1),
    director: createDirector({ market: { seed: 1, volatility: null, basePrices: {} }, rules }),
    pacing: 'off',
    emit: (event) => void events.push(event),
    ...parts,
  });
  if (!started.ok) throw new Error(started.error.message);
  const simulator = started.value;
  onTestFinished(() => simulator.close());
  let login = accessToken;
  const root = `http://127.0.0.1:${String(simulator.port)}`;
  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(root + path, {
      headers: { Authorization: `token ${apiKey}:${login}`, 'X-Kite-Version': '3' },
      ...init,
    });
  return {
    ...simulator,
    root,
    tickerRoot: `ws://127.0.0.1:${String(simulator.port)}/`,
    events,
    get,
    async json(path, init) {
      const response = await get(path, init);
      return { status: response.status, body: (await response.json()) as Answer };
    },
    async login() {
      const page = await (await fetch(`${root}/connect/login?v=3&api_key=${apiKey}`, { method: 'POST' })).text();
      const token = /<code>(\w+)<\/code>/.exec(page)?.[1] ?? '';
      const fields = { api_key: apiKey, request_token: token, checksum: checksum(token) };
      const answer = (await (await fetch(`${root}/session/token`, form(fields))).json()) as {
        data: { access_token: string };
      };
      login = answer.data.access_token;
    },
    setMarket(at) {
      marketStart = at;
      setAt = clock.now();
    },
  };
}

const always: Often = { skip: 0, every: 1, times: null, chance: 1, from: 0, until: null };

const anything = { symbols: null, barSizes: null, what: null, expiries: null, strikes: null, rights: null };

/** A rule about one kind of request. */
export function onRequest(request: string | null, act: Action, more: Partial<Often & About> = {}): Rule {
  const about = { kind: 'request', requests: request === null ? null : [request], ...anything, ...more } as const;
  return { about: about as About, often: { ...always, ...more }, act };
}

export function onConnect(act: Action, often: Partial<Often> = {}): Rule {
  return { about: { kind: 'connect' }, often: { ...always, ...often }, act };
}

export function afterTime(after: number, act: Action): Rule {
  return { about: { kind: 'time', after, every: null }, often: always, act };
}

export function checksum(requestToken: string): string {
  return createHash('sha256')
    .update(apiKey + requestToken + apiSecret)
    .digest('hex');
}

/** A clock that stands where it is set, for whatever is only read from it. */
export function stoppedClock(start: number): Clock & { now(): number; set(at: number): void } {
  let at = start;
  return { ...systemClock, now: () => at, set: (next) => void (at = next) };
}

export function form(fields: Readonly<Record<string, string>>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields), headers: { 'X-Kite-Version': '3' } };
}
