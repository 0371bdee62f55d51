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
  const listings = getClasses(instrument, profile, calendar).flatMap(({ tradingClass, scheme }) =>
    listExpiries(calendar, scheme, date).map((expiry): Listing => ({ tradingClass, expiry })),
  );
  for (const { tradingClass, expiry } of listings.sort((a, b) => a.expiry.day - b.expiry.day)) {
    if (expiry.session.close <= at) continue;
    const multiplier = getOptionMultiplier(instrument, profile, expiry.date);
    const conIdOf = optionConIds(instrument, tradingClass, expiry.date);
    const symbolOf = optionSymbols(instrument, tradingClass, expiry.date, expiry.kind);
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
          tradingClass,
          multiplier,
          localSymbol: symbolOf(strike, right),
        });
      }
    }
  }
  return result;
}

/** The class and the expiry that an option is listed under. */
export interface Listing {
  readonly tradingClass: string;
  readonly expiry: Expiry;
}

/**
 * The listing of an option that was listed by an instant, expired ones included; null for any other option. An option that names
 * no class, or none of this symbol, is one of the class named like the symbol if that lists it.
 */
export function findListing(
  instrument: Instrument,
  profile: SymbolProfile,
  calendar: Calendar,
  getWalk: GetWalk,
  contract: Pick<OptionContract, 'expiry' | 'strike' | 'tradingClass'>,
  at: Instant,
): Listing | null {
  if (instrument.kind === 'future') return null;
  const today = toDayNumber(calendar.dateAt(at));
  const spotOnDay = (day: number): number => getSpotAtDayStart(getWalk, profile, day);
  const listings = getClasses(instrument, profile, calendar).flatMap(({ tradingClass, scheme }): readonly Listing[] => {
    const expiry = findExpiry(calendar, scheme, contract.expiry);
    if (expiry === null || today < expiry.listedDay) return [];
    const strikes = listStrikes(today, expiry, spotOnDay, getStrikeStep(profile, calendar));
    return isListed(strikes, contract.strike) ? [{ tradingClass, expiry }] : [];
  });
  return listings.find(({ tradingClass }) => tradingClass === contract.tradingClass) ?? listings[0] ?? null;
}

/** US indices whose options have a second class, which expires at the close. */
const closingClasses: Readonly<Record<string, string>> = { SPX: 'SPXW', NDX: 'NDXP', RUT: 'RUTW' };

/** The index that a second class of options belongs to; undefined for any other name. */
export function findIndexOfClass(tradingClass: string): string | undefined {
  return Object.keys(closingClasses).find((symbol) => closingClasses[symbol] === tradingClass);
}

interface TradingClass {
  readonly tradingClass: string;
  readonly scheme: ExpiryScheme;
}

function getClasses(
  { symbol, kind, currency }: Instrument,
  profile: SymbolProfile,
  calendar: Calendar,
): readonly TradingClass[] {
  const closing = kind === 'index' && currency === 'USD' ? closingClasses[symbol] : undefined;
  return closing === undefined
    ? [{ tradingClass: symbol, scheme: getExpiryScheme(profile, calendar) }]
    : [
        { tradingClass: symbol, scheme: { kind: 'opening' } },
        { tradingClass: closing, scheme: { kind: 'daily' } },
      ];
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
