import type { Calendar } from '../core/calendar.js';
import type { Instrument, OptionContract, Right } from '../core/series.js';
import { addDays, dayNumber } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { optionConIds, optionMultiplier, optionSymbols } from './contract-details.js';
import { expiriesOn, expiryOn } from './expiries.js';
import type { Expiry, ExpiryScheme } from './expiries.js';
import { indianListing, indianStrikeStep, isIndian } from './indian-options.js';
import type { Profile } from './profile.js';
import { uniform } from '../core/random.js';
import { isListed, strikesBy, usualStep } from './strikes.js';
import type { StepFor } from './strikes.js';
import { spotAt } from './walks.js';
import type { WalkAt } from './walks.js';

/** One option of a chain. */
export interface ListedOption extends OptionContract {
  readonly conId: number;
  readonly exchange: string;
  readonly tradingClass: string;
  readonly multiplier: number;
  readonly localSymbol: string;
}

const rights: readonly Right[] = ['C', 'P'];

/** The chain of a symbol at an instant. */
export function listChain(
  instrument: Instrument,
  profile: Profile,
  calendar: Calendar,
  walkAt: WalkAt,
  at: Instant,
): readonly ListedOption[] {
  if (instrument.kind === 'future') return [];
  const date = calendar.dateAt(at);
  const stepFor = stepsOf(profile, calendar);
  const result: ListedOption[] = [];
  for (const expiry of expiriesOn(calendar, schemeOf(profile, calendar), date)) {
    if (expiry.session.close <= at) continue;
    const multiplier = optionMultiplier(instrument, profile, expiry.date);
    const conIdOf = optionConIds(instrument, expiry.date);
    const symbolOf = optionSymbols(instrument, expiry.date, expiry.kind);
    const spotOn = (day: number): number => spotAt(walkAt, profile, day);
    const { step, first, last } = strikesBy(dayNumber(date), expiry, spotOn, stepFor);
    for (let number = first; number <= last; number++) {
      const strike = number * step;
      for (const right of rights) {
        result.push({
          expiry: expiry.date,
          strike,
          right,
          conId: conIdOf(strike, right),
          exchange: instrument.exchange,
          tradingClass: instrument.symbol,
          multiplier,
          localSymbol: symbolOf(strike, right),
        });
      }
    }
  }
  return result;
}

/** The expiry of an option, if it has been listed by an instant; expired ones are still known. */
export function listingOf(
  instrument: Instrument,
  profile: Profile,
  calendar: Calendar,
  walkAt: WalkAt,
  contract: Pick<OptionContract, 'expiry' | 'strike'>,
  at: Instant,
): Expiry | null {
  if (instrument.kind === 'future') return null;
  const expiry = expiryOn(calendar, schemeOf(profile, calendar), contract.expiry);
  const today = dayNumber(calendar.dateAt(at));
  if (expiry === null || today < expiry.listedOn) return null;
  const spotOn = (day: number): number => spotAt(walkAt, profile, day);
  const strikes = strikesBy(today, expiry, spotOn, stepsOf(profile, calendar));
  return isListed(strikes, contract.strike) ? expiry : null;
}

function schemeOf(profile: Profile, calendar: Calendar): ExpiryScheme {
  if (isIndian(calendar)) return { kind: 'indian', ...indianListing(profile.symbol) };
  return profile.wideOptions ? { kind: 'wide' } : { kind: 'narrow', cycle: Math.floor(3 * uniform(profile.key, 7)) };
}

function stepsOf(profile: Profile, calendar: Calendar): StepFor {
  return isIndian(calendar) ? (spot) => indianStrikeStep(profile.symbol, spot) : usualStep;
}

/** The instant from which an expiry's options trade. */
export function tradedFrom(calendar: Calendar, expiry: Expiry): Instant {
  return calendar.startOf(addDays(expiry.date, expiry.listedOn - expiry.day));
}
