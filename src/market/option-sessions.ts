import type { Session } from '../core/calendar.js';
import type { OptionContract } from '../core/series.js';
import type { Expiry } from './expiries.js';
import { optionActivity } from './option-activity.js';
import type { OptionSession } from './option-bars.js';
import { optionPricing } from './option-price.js';
import type { Profile } from './profile.js';
import { keyOf, keyOfText } from '../core/random.js';
import { sessionBars } from './session-bars.js';
import type { WalkAt } from './walks.js';

/** How one option trades in each session. */
export function optionSessions(
  profile: Profile,
  walkAt: WalkAt,
  contract: Omit<OptionContract, 'conId'>,
  expiry: Expiry,
): (session: Session, day: number) => OptionSession {
  const { ticksPerUnit } = profile;
  const contractKey = keyOfText(profile.key, `${contract.expiry}|${contract.strike}|${contract.right}`);
  return (session, day) => {
    const underlying = sessionBars(profile, walkAt(profile, day), day, session);
    const times = { session: day, close: session.close, expiry: expiry.session.close };
    const pricing = optionPricing(profile, contract, times, underlying.bar.open / ticksPerUnit);
    return {
      underlying,
      priceAt: (level) => pricing.price(level / ticksPerUnit) * ticksPerUnit,
      falling: contract.right === 'P',
      volatility: pricing.volatility,
      activity: optionActivity(profile, pricing, contractKey, day),
      key: keyOf(contractKey, day),
    };
  };
}
