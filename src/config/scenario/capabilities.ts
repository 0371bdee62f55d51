import type { Dataset } from '../../core/tables/tables.js';
import type { Match, Action, ScenarioSource } from './scenario.js';

/** Requests of the TWS simulator, as scenarios name them. */
export const twsRequests = [
  'contract-details',
  'option-parameters',
  'historical',
  'head-timestamp',
  'market-data',
  'real-time-bars',
  'positions',
  'account',
  'executions',
  'orders',
  'time',
  'ids',
  'other',
] as const;

/** Requests of the Kite simulator, as scenarios name them. */
export const kiteRequests = [
  'session',
  'profile',
  'margins',
  'instruments',
  'quote',
  'ohlc',
  'ltp',
  'historical',
  'ticker',
] as const;

/** Requests of the synthetic provider: the tables that providers fill. */
export const syntheticRequests = [
  'contracts',
  'chains',
  'equity_bars',
  'option_bars',
  'history_starts',
  'quotes',
  'option_snapshots',
] as const satisfies readonly Dataset[];

export type TwsRequest = (typeof twsRequests)[number];
export type KiteRequest = (typeof kiteRequests)[number];

/** Requests of every source. */
export const requestsBySource: Readonly<Record<ScenarioSource, readonly string[]>> = {
  tws: twsRequests,
  kite: kiteRequests,
  synthetic: syntheticRequests,
};

/** Conditions on requests, as scenario files name them. */
export type Condition = 'symbol' | 'bar_size' | 'price_type' | 'expiry' | 'strike' | 'right';

const optionConditions = ['expiry', 'strike', 'right'] as const;

/** Conditions that requests can meet, by source; a rule with another condition never acts on the request. */
export const conditionsBySource: Readonly<Record<ScenarioSource, Readonly<Record<string, readonly Condition[]>>>> = {
  tws: {
    'contract-details': ['symbol', ...optionConditions],
    'option-parameters': ['symbol'],
    historical: ['symbol', 'bar_size', 'price_type', ...optionConditions],
    'head-timestamp': ['symbol', 'price_type', ...optionConditions],
    'market-data': ['symbol', ...optionConditions],
    'real-time-bars': ['symbol', 'price_type', ...optionConditions],
  },
  kite: {
    quote: ['symbol', ...optionConditions],
    ohlc: ['symbol', ...optionConditions],
    ltp: ['symbol', ...optionConditions],
    historical: ['symbol', 'bar_size', ...optionConditions],
  },
  synthetic: {
    contracts: ['symbol'],
    chains: ['symbol'],
    equity_bars: ['symbol', 'bar_size', 'price_type'],
    option_bars: ['symbol', 'bar_size', 'price_type', ...optionConditions],
    history_starts: ['symbol', 'price_type'],
    quotes: ['symbol'],
    option_snapshots: ['symbol', ...optionConditions],
  },
};

export function isScenarioSource(text: string): text is ScenarioSource {
  return Object.hasOwn(requestsBySource, text);
}

/** Error names of the Kite API. */
export const kiteErrorNames: readonly string[] = [
  'TokenException',
  'UserException',
  'PermissionException',
  'OrderException',
  'InputException',
  'MarginException',
  'HoldingException',
  'NetworkException',
  'DataException',
  'GeneralException',
];

/** Kinds of events that a rule can act on. */
export type Phase = Match['kind'];

/** Phases in which each source supports an action; a source without the action is absent. */
export const phasesByAction: Readonly<
  Record<Action['kind'], Readonly<Partial<Record<ScenarioSource, readonly Phase[]>>>>
> = {
  delay: { tws: ['request'], kite: ['request'], synthetic: ['request'] },
  'no-response': { tws: ['request'], kite: ['request'], synthetic: ['request'] },
  empty: { tws: ['request'], kite: ['request'], synthetic: ['request'] },
  error: { tws: ['connect', 'request', 'time'], kite: ['connect', 'request'], synthetic: ['connect', 'request'] },
  truncate: { tws: ['request'], kite: ['request'], synthetic: ['request'] },
  unknown: { tws: ['request'], kite: ['request'], synthetic: ['request'] },
  expired: { tws: ['request'], synthetic: ['request'] },
  garbage: { tws: ['request'], kite: ['request'], synthetic: ['request'] },
  drop: { tws: ['connect', 'request', 'time'], kite: ['connect', 'request', 'time'], synthetic: ['request', 'time'] },
  'half-open': {
    tws: ['connect', 'request', 'time'],
    kite: ['connect', 'request', 'time'],
    synthetic: ['request', 'time'],
  },
  refuse: { tws: ['connect'], kite: ['connect'], synthetic: ['connect'] },
  'slow-accept': { tws: ['connect'], kite: ['connect'], synthetic: ['connect'] },
  restart: { tws: ['request', 'time'], kite: ['request', 'time'], synthetic: ['request', 'time'] },
  'upstream-lost': { tws: ['request', 'time'], synthetic: ['request', 'time'] },
  'farm-down': { tws: ['request', 'time'], synthetic: ['request', 'time'] },
  'logged-out': { kite: ['request', 'time'], synthetic: ['request', 'time'] },
  rows: { synthetic: ['request'] },
  failure: { synthetic: ['connect', 'request'] },
};
