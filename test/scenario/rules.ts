import type { About, Action, Occasion, Often, Rule, Scenario } from '../../src/scenario/scenario.js';

/** A request with something to match in every field. */
export const historical: Extract<Occasion, { kind: 'request' }> = {
  kind: 'request',
  request: 'historical',
  symbol: 'AAPL',
  barSize: '1 min',
  what: 'TRADES',
  expiry: '2026-12-18',
  strike: 100,
  right: 'C',
};

const anyRequest = {
  kind: 'request',
  requests: null,
  symbols: null,
  barSizes: null,
  what: null,
  expiries: null,
  strikes: null,
  rights: null,
} as const satisfies About;

const always: Often = { skip: 0, every: 1, times: null, chance: 1, from: 0, until: null };

/** A rule about some requests; about all of them, always, and silent, unless said otherwise. */
export function onRequest(
  about: Partial<Extract<About, { kind: 'request' }>>,
  often: Partial<Often> = {},
  act: Action = { kind: 'silence' },
): Rule {
  return { about: { ...anyRequest, ...about }, often: { ...always, ...often }, act };
}

/** What the director needs of a scenario. */
export function withRules(rules: readonly Rule[], seed = 1): Pick<Scenario, 'market' | 'rules'> {
  return { market: { seed, volatility: null, basePrices: {} }, rules };
}
