import type { Calendar } from '../../core/time/calendar.js';
import type { Instrument, OptionContract, Right } from '../../core/series.js';
import { addDays, toDayNumber } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { optionConIds, getOptionMultiplier, optionSymbols } from '../instruments/contract-details.js';
import { listExpiries, findExpiry } from './expiries.js';
import type { Expiry, ExpiryScheme } from './expiries.js';
import { getIndianListing, getIndianStrikeStep, isIndianExchange } from '../instruments/indian-option-rules.js';
import type { SymbolProfile } from '../instruments/symbol-profile.js';
import { drawUniform } from '../../platform/random.js';
import { isListed, listStrikes, getDefaultStrikeStep } from './strikes.js';
import type { GetStrikeStep } from './strikes.js';
import { getSpotAtDayStart } from '../random-walk/walk-cache.js';
import type { GetWalk } from '../random-walk/walk-cache.js';

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
  profile: SymbolProfile,
  calendar: Calendar,
  getWalk: GetWalk,
  at: Instant,
): readonly ListedOption[] {
  if (instrument.kind === 'future') return [];
  const date = calendar.dateAt(at);
  const strikeStep = getStrikeStep(profile, calendar);
  const result: ListedOption[] = [];
  for (const expiry of listExpiries(calendar, getExpiryScheme(profile, calendar), date)) {
    if (expiry.session.close <= at) continue;
    const multiplier = getOptionMultiplier(instrument, profile, expiry.date);
    const conIdOf = optionConIds(instrument, expiry.date);
    const symbolOf = optionSymbols(instrument, expiry.date, expiry.kind);
    const spotOnDay = (day: number): number => getSpotAtDayStart(getWalk, profile, day);
    const { step, first, last } = listStrikes(toDayNumber(date), expiry, spotOnDay, strikeStep);
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

/** The expiry of an option that was listed by an instant, expired ones included; null for any other option. */
export function findListing(
  instrument: Instrument,
  profile: SymbolProfile,
  calendar: Calendar,
  getWalk: GetWalk,
  contract: Pick<OptionContract, 'expiry' | 'strike'>,
  at: Instant,
): Expiry | null {
  if (instrument.kind === 'future') return null;
  const expiry = findExpiry(calendar, getExpiryScheme(profile, calendar), contract.expiry);
  const today = toDayNumber(calendar.dateAt(at));
  if (expiry === null || today < expiry.listedDay) return null;
  const spotOnDay = (day: number): number => getSpotAtDayStart(getWalk, profile, day);
  const strikes = listStrikes(today, expiry, spotOnDay, getStrikeStep(profile, calendar));
  return isListed(strikes, contract.strike) ? expiry : null;
}

function getExpiryScheme(profile: SymbolProfile, calendar: Calendar): ExpiryScheme {
  if (isIndianExchange(calendar)) return { kind: 'indian', ...getIndianListing(profile.symbol) };
  return profile.hasWideOptions
    ? { kind: 'wide' }
    : { kind: 'narrow', cycle: Math.floor(3 * drawUniform(profile.key, 7)) };
}

function getStrikeStep(profile: SymbolProfile, calendar: Calendar): GetStrikeStep {
  return isIndianExchange(calendar) ? (spot) => getIndianStrikeStep(profile.symbol, spot) : getDefaultStrikeStep;
}

/** The instant from which an expiry's options trade. */
export function getFirstTradingInstant(calendar: Calendar, expiry: Expiry): Instant {
  return calendar.startOf(addDays(expiry.date, expiry.listedDay - expiry.day));
}
