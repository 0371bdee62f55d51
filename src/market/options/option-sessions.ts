import type { TradingSession } from '../../core/time/calendar.js';
import type { OptionContract } from '../../core/series.js';
import { computeOptionActivity } from './option-activity.js';
import type { OptionSession } from './option-bars.js';
import type { Listing } from './option-chain.js';
import { createOptionPricing } from './option-pricing.js';
import type { SymbolProfile } from '../instruments/symbol-profile.js';
import { hashKey, hashString } from '../../platform/random.js';
import { createSessionBars } from '../bars/session-bars.js';
import type { GetWalk } from '../random-walk/walk-cache.js';

export function createOptionSessions(
  profile: SymbolProfile,
  getWalk: GetWalk,
  contract: Omit<OptionContract, 'conId'>,
  { expiry, tradingClass }: Listing,
): (session: TradingSession, day: number) => OptionSession {
  const { ticksPerUnit } = profile;
  const terms = `${contract.expiry}|${contract.strike}|${contract.right}`;
  const contractKey = hashString(profile.key, tradingClass === profile.symbol ? terms : `${terms}|${tradingClass}`);
  return (session, day) => {
    const underlying = createSessionBars(profile, getWalk(profile, day), day, session);
    const times = { session: day, close: session.close, expiry: expiry.expiresAt };
    const pricing = createOptionPricing(profile, contract, times, underlying.bar.open / ticksPerUnit);
    return {
      underlying,
      getPrice: (level) => pricing.price(level / ticksPerUnit) * ticksPerUnit,
      isInverse: contract.right === 'P',
      volatility: pricing.volatility,
      activity: computeOptionActivity(profile, pricing, contractKey, day),
      key: hashKey(contractKey, day),
    };
  };
}
