import type { BarSize, PriceType } from '../core/tables/bars.js';
import type { Calendar, TradingSession } from '../core/time/calendar.js';
import type { Instrument, OptionContract } from '../core/series.js';
import { addDays, toDayNumber } from '../core/time/time.js';
import type { Instant } from '../core/time/time.js';
import { isEmpty } from '../core/time/window.js';
import type { Window } from '../core/time/window.js';
import { createBarCollector } from './bars/bar-collector.js';
import type { Bars } from './bars/bar-collector.js';
import { maxBarCount, getAnsweredUntil } from './bars/bar-times.js';
import { createContractDetails } from './instruments/contract-details.js';
import type { ContractDetails } from './instruments/contract-details.js';
import { listChain, findListing, getFirstTradingInstant } from './options/option-chain.js';
import type { ListedOption } from './options/option-chain.js';
import { createOptionSessions } from './options/option-sessions.js';
import { createTradeBars, createValueBars } from './options/option-bars.js';
import { createProfile } from './instruments/symbol-profile.js';
import type { MarketSettings, SymbolProfile } from './instruments/symbol-profile.js';
import { getOptionQuote, getSpotQuote } from './quote.js';
import type { OptionQuote, Quote } from './quote.js';
import { createOptionConversion, createSpotConversion } from './price-conversion.js';
import { createSessionBars } from './bars/session-bars.js';
import { createWalkCache } from './random-walk/walk-cache.js';

/**
 * A simulated market: a pure function of seed, symbol and time. The same query has the same result on every machine and
 * in any order of queries, so that results can be checked to the last digit. The market knows no provider and no
 * protocol.
 *
 * It trades in the sessions of the instrument's calendar only.
 */
export interface Market {
  contract(instrument: Instrument): LookupResult<ContractDetails>;
  /** The options listed at an instant, by expiry, strike and right (calls first); none for a future. */
  chain(instrument: Instrument, at: Instant): LookupResult<readonly ListedOption[]>;
  /** The bars that begin in a window and have ended by `now`. */
  bars(query: BarsQuery): LookupResult<AnsweredBars>;
  /** The bars of one option; `after-expiry` if the whole window is after its last day. */
  optionBars(query: BarsQuery & { readonly contract: Omit<OptionContract, 'conId'> }): LookupResult<AnsweredBars>;
  /** The open of its first session. */
  historyStart(instrument: Instrument): LookupResult<Instant>;
  /** The quote at an instant; null before the first trade. */
  quote(instrument: Instrument, at: Instant): LookupResult<Quote | null>;
  /** The quote of one option; null before its first trade, `after-expiry` after its last day. */
  optionQuote(
    instrument: Instrument,
    contract: Omit<OptionContract, 'conId'>,
    at: Instant,
  ): LookupResult<OptionQuote | null>;
}

export interface BarsQuery {
  readonly instrument: Instrument;
  readonly barSize: BarSize;
  readonly priceType: PriceType;
  readonly window: Window;
  readonly now: Instant;
}

/** Bars with the part of the window that they cover; the future stays open. */
export interface AnsweredBars extends Bars {
  readonly answeredWindow: Window;
}

/** The reason why a lookup finds nothing. */
export type LookupFailure = 'no-calendar' | 'no-symbol' | 'no-contract' | 'no-quotes' | 'after-expiry';

export type LookupResult<T> =
  { readonly found: true; readonly value: T } | { readonly found: false; readonly reason: LookupFailure };

export interface MarketDeps {
  readonly settings: MarketSettings;
  /** The calendar of an exchange; undefined for an unknown one. */
  readonly getCalendar: (calendar: string) => Calendar | undefined;
}

/** Symbols with this prefix do not exist in the market, so that failures can be tested. */
const unknownPrefix = 'UNKNOWN';

export function createMarket({ settings, getCalendar }: MarketDeps): Market {
  const profiles = new Map<string, SymbolProfile>();
  const { getWalk } = createWalkCache();

  function lookUp(instrument: Instrument): LookupResult<{ profile: SymbolProfile; calendar: Calendar }> {
    if (instrument.symbol.startsWith(unknownPrefix)) return { found: false, reason: 'no-symbol' };
    const calendar = getCalendar(instrument.calendar);
    if (calendar === undefined) return { found: false, reason: 'no-calendar' };
    const name = `${instrument.symbol}|${instrument.kind}|${instrument.currency}`;
    let profile = profiles.get(name);
    if (profile === undefined) profiles.set(name, (profile = createProfile(instrument, settings)));
    return { found: true, value: { profile, calendar } };
  }

  return {
    contract(instrument) {
      const lookup = lookUp(instrument);
      if (!lookup.found) return lookup;
      return { found: true, value: createContractDetails(instrument, lookup.value.profile, lookup.value.calendar) };
    },

    chain(instrument, at) {
      const lookup = lookUp(instrument);
      if (!lookup.found) return lookup;
      const { profile, calendar } = lookup.value;
      return { found: true, value: listChain(instrument, profile, calendar, getWalk, at) };
    },

    bars({ instrument, barSize, priceType, window, now }) {
      const lookup = lookUp(instrument);
      if (!lookup.found) return lookup;
      if (instrument.kind === 'index' && priceType !== 'TRADES') return { found: false, reason: 'no-quotes' };
      const { profile, calendar } = lookup.value;
      const answeredWindow = getCoveredPart(calendar, barSize, window, now);
      const sessions = getSessions(calendar, answeredWindow);
      const collector = createBarCollector(
        barSize,
        answeredWindow,
        createSpotConversion(profile, priceType),
        maxBarCount(barSize, answeredWindow, sessions),
      );
      for (const session of sessions) {
        const day = toDayNumber(session.date);
        collector.add(session, day, createSessionBars(profile, getWalk(profile, day), day, session), NaN);
      }
      return { found: true, value: { ...collector.finish(), answeredWindow } };
    },

    optionBars({ instrument, contract, barSize, priceType, window, now }) {
      const lookup = lookUp(instrument);
      if (!lookup.found) return lookup;
      const { profile, calendar } = lookup.value;
      const listing = findListing(instrument, profile, calendar, getWalk, contract, now);
      if (listing === null) return { found: false, reason: 'no-contract' };
      const { expiry } = listing;
      if (window.start >= expiry.session.dayEnd) return { found: false, reason: 'after-expiry' };
      const answeredWindow = getCoveredPart(calendar, barSize, window, now);
      const firstTrading = getFirstTradingInstant(calendar, expiry);
      const sessions = getSessions(calendar, answeredWindow).filter(
        ({ open }) => open <= expiry.session.open && open >= firstTrading,
      );
      const collector = createBarCollector(
        barSize,
        answeredWindow,
        createOptionConversion(profile, priceType),
        maxBarCount(barSize, answeredWindow, sessions),
      );
      const getOptionSession = createOptionSessions(profile, getWalk, contract, listing);
      for (const session of sessions) {
        const day = toDayNumber(session.date);
        const option = getOptionSession(session, day);
        const bars = priceType === 'TRADES' ? createTradeBars(option) : createValueBars(option);
        collector.add(session, day, bars, option.activity.openInterest);
      }
      return { found: true, value: { ...collector.finish(), answeredWindow } };
    },

    historyStart(instrument) {
      const lookup = lookUp(instrument);
      if (!lookup.found) return lookup;
      const { calendar } = lookup.value;
      const from = calendar.firstDate;
      const [first] = calendar.sessions(from, addDays(from, 31));
      return first === undefined ? { found: false, reason: 'no-calendar' } : { found: true, value: first.open };
    },

    quote(instrument, at) {
      const lookup = lookUp(instrument);
      if (!lookup.found) return lookup;
      return { found: true, value: getSpotQuote(lookup.value.profile, lookup.value.calendar, getWalk, at) };
    },

    optionQuote(instrument, contract, at) {
      const lookup = lookUp(instrument);
      if (!lookup.found) return lookup;
      const { profile, calendar } = lookup.value;
      const listing = findListing(instrument, profile, calendar, getWalk, contract, at);
      if (listing === null) return { found: false, reason: 'no-contract' };
      if (at >= listing.expiry.session.dayEnd) return { found: false, reason: 'after-expiry' };
      return { found: true, value: getOptionQuote(profile, calendar, getWalk, contract, listing, at) };
    },
  };
}

/** The past part of a window; may be empty. */
function getCoveredPart(calendar: Calendar, barSize: BarSize, window: Window, now: Instant): Window {
  const end = Math.min(window.end, getAnsweredUntil(calendar, barSize, now));
  return { start: window.start, end: Math.max(end, window.start) };
}

function getSessions(calendar: Calendar, window: Window): readonly TradingSession[] {
  if (isEmpty(window)) return [];
  return calendar.sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end - 1), 1));
}
