import type { TradingSession } from '../../core/time/calendar.js';
import type { OptionContract } from '../../core/series.js';
import type { Expiry } from './expiries.js';
import { computeOptionActivity } from './option-activity.js';
import type { OptionSession } from './option-bars.js';
import { createOptionPricing } from './option-pricing.js';
import type { SymbolProfile } from '../instruments/symbol-profile.js';
import { hashKey, hashString } from '../../platform/random.js';
import { createSessionBars } from '../bars/session-bars.js';
import type { GetWalk } from '../random-walk/walk-cache.js';

export function createOptionSessions(
  profile: SymbolProfile,
  getWalk: GetWalk,
  contract: Omit<OptionContract, 'conId'>,
  expiry: Expiry,
): (session: TradingSession, day: number) => OptionSession {
  const { ticksPerUnit } = profile;
  const contractKey = hashString(profile.key, `${contract.expiry}|${contract.strike}|${contract.right}`);
  return (session, day) => {
    const underlying = createSessionBars(profile, getWalk(profile, day), day, session);
    const times = { session: day, close: session.close, expiry: expiry.session.close };
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
