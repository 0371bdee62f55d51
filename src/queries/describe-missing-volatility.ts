import type { AtmReason } from '../analytics/chain/atm-volatility.js';
import type { MissingVolatility } from './volatility-history.js';

/** The reason for a missing at-the-money volatility, and what to do about it. */
export interface MissingVolatilityText {
  readonly reason: string;
  readonly hint: string;
}

const texts: Readonly<Record<AtmReason, (term: string) => MissingVolatilityText>> = {
  'no-options': () => ({
    reason: 'no option came',
    hint: 'see the snapshots step of the last runs: pipe report',
  }),
  'no-spot': () => ({
    reason: 'the price of the underlying is unknown',
    hint: 'add a quotes or an equity step that the snapshots step needs',
  }),
  'no-volatility': () => ({
    reason: 'no expiry has implied volatilities on both sides of the money',
    hint: 'pipe chain shows the prices and why volatilities are missing; try more `strikes`',
  }),
  'no-earlier-expiry': (term) => ({
    reason: `all expiries are more than ${term} away`,
    hint: `add the term to \`expiries\` of the snapshots step: \`dte: ${parseInt(term, 10)}\``,
  }),
  'no-later-expiry': (term) => ({
    reason: `no expiry is ${term} or more away`,
    hint: `add the term to \`expiries\` of the snapshots step: \`dte: ${parseInt(term, 10)}\``,
  }),
};

/** Explains why the latest overview has no at-the-money volatility. */
export function describeMissingVolatility({ reason, termDays }: MissingVolatility): MissingVolatilityText {
  const known = Object.entries(texts).find(([name]) => name === reason);
  if (known === undefined) return { reason: 'the chain did not determine it', hint: 'pipe chain shows the options' };
  return known[1](`${termDays ?? 30} days`);
}

/** Names the term of a volatility: \`for 30 days\`. */
export function describeTerm(termDays: number | null): string {
  return termDays === null ? 'for an unknown term' : `for ${termDays} days`;
}
