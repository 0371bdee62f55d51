import type { Match, Action, ScenarioEvent, Frequency, Rule, Scenario } from '../../../src/config/scenario/scenario.js';

/** A request with something to match in every field. */
export const historicalRequest: Extract<ScenarioEvent, { kind: 'request' }> = {
  kind: 'request',
  request: 'historical',
  symbol: 'AAPL',
  barSize: '1 min',
  priceType: 'TRADES',
  expiry: '2026-12-18',
  strike: 100,
  right: 'C',
};

const anyRequestMatch = {
  kind: 'request',
  requests: null,
  symbols: null,
  barSizes: null,
  priceType: null,
  expiries: null,
  strikes: null,
  rights: null,
} as const satisfies Match;

const everyTime: Frequency = { skip: 0, every: 1, times: null, chance: 1, from: 0, until: null };

/** A rule about some requests; about all of them, always, and silent, unless said otherwise. */
export function requestRule(
  match: Partial<Extract<Match, { kind: 'request' }>>,
  frequency: Partial<Frequency> = {},
  action: Action = { kind: 'silence' },
): Rule {
  return { match: { ...anyRequestMatch, ...match }, frequency: { ...everyTime, ...frequency }, action };
}

/** What the director needs of a scenario. */
export function scenarioWithRules(rules: readonly Rule[], seed = 1): Pick<Scenario, 'market' | 'rules'> {
  return { market: { seed, volatility: null, basePrices: {} }, rules };
}
