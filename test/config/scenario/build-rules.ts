import type { Match, Action, ScenarioEvent, Frequency, Rule, Scenario } from '../../../src/config/scenario/scenario.js';

/** A request with a value in every property. */
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

/** Creates a rule for requests; by default it matches all of them, acts always, and sends no response. */
export function requestRule(
  match: Partial<Extract<Match, { kind: 'request' }>>,
  frequency: Partial<Frequency> = {},
  action: Action = { kind: 'no-response' },
): Rule {
  return { match: { ...anyRequestMatch, ...match }, frequency: { ...everyTime, ...frequency }, action };
}

/** Creates the parts of a scenario that the engine uses. */
export function scenarioWithRules(rules: readonly Rule[], seed = 1): Pick<Scenario, 'market' | 'rules'> {
  return { market: { seed, volatility: null, basePrices: {} }, rules };
}
