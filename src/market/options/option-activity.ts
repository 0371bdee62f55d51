import type { OptionPricing } from './option-pricing.js';
import type { SymbolProfile } from '../instruments/symbol-profile.js';
import { hashKey, drawUniform } from '../../platform/random.js';
import { drawNormal } from '../random-walk/draw-normal.js';
import type { Key } from '../../platform/random.js';

/** The minimum number of trades in a minute with trades, so that its seconds can reach its four prices. */
export const tradesPerMinute = 4;

/** The minimum number of trades in a session: its open, high, low and close may lie in four different minutes. */
const minSessionTrades = 4 * tradesPerMinute;

/** The trading activity of one option. */
export interface OptionActivity {
  /** Contracts traded in the session. */
  readonly volume: number;
  readonly trades: number;
  /** Contracts held at the session's end. */
  readonly openInterest: number;
}

/** Activity is highest at the money and near expiry, and decreases with distance from both. */
export function computeOptionActivity(
  profile: SymbolProfile,
  pricing: OptionPricing,
  contractKey: Key,
  session: number,
): OptionActivity {
  const { moneyness, years } = pricing;
  const decay = Math.exp(-0.4 * moneyness * moneyness);
  const atTheMoney = 60 + (profile.dailyVolume === 0 ? 4_000 : profile.dailyVolume / 4_000);
  const noise = Math.exp(0.6 * drawNormal(contractKey, 2 * session));
  const trades = minSessionTrades + Math.round((0.2 * (2 + atTheMoney * decay) * noise) / (1 + 12 * years));
  // Open interest changes slowly: from month to month, not from day to day.
  const interestFactor = Math.exp(0.25 * drawNormal(hashKey(contractKey, -1), Math.floor(session / 28)));
  return {
    volume: Math.round(trades * (3 + 4 * drawUniform(contractKey, 2 * session + 1))),
    trades,
    openInterest: Math.round(
      (9 * atTheMoney * (0.03 + 0.97 * Math.exp(-0.15 * moneyness * moneyness)) * interestFactor) / (1 + years),
    ),
  };
}
