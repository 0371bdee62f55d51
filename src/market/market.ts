import type { BarSize, What } from '../core/bars.js';
import type { Calendar, Session } from '../core/calendar.js';
import type { Instrument, OptionContract } from '../core/series.js';
import { addDays, dayNumber } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { isEmpty } from '../core/window.js';
import type { Window } from '../core/window.js';
import { barCollector } from './bar-columns.js';
import type { Bars } from './bar-columns.js';
import { expectedBars, spokenUntil } from './bar-times.js';
import { contractDetails } from './contract-details.js';
import type { ContractDetails } from './contract-details.js';
import { listChain, listingOf, tradedFrom } from './listing.js';
import type { ListedOption } from './listing.js';
import { optionSessions } from './option-sessions.js';
import { tradedBars, valuedBars } from './option-bars.js';
import { profileOf } from './profile.js';
import type { MarketSettings, Profile } from './profile.js';
import { optionQuote, spotQuote } from './quote.js';
import type { OptionQuote, Quote } from './quote.js';
import { optionRendering, spotRendering } from './rendering.js';
import { sessionBars } from './session-bars.js';
import { walks } from './walks.js';

/**
 * A whole market out of one number: a pure function of seed, symbol and time. The same question has the same answer on
 * every machine and in whatever order questions come, so that anything downstream can be checked to the last digit. It
 * knows no provider and no protocol; whatever speaks one can be fed from it.
 *
 * It trades in the sessions of the instrument's calendar and at no other time.
 */
export interface Market {
  contract(instrument: Instrument): Found<ContractDetails>;
  /** The options that are listed at an instant, by expiry, strike and right (calls first); none for a future. */
  chain(instrument: Instrument, at: Instant): Found<readonly ListedOption[]>;
  /** The bars that begin in a window and have ended by `now`. */
  bars(question: BarsQuestion): Found<AnsweredBars>;
  /** The same for one option; `after-expiry` when the whole window lies behind its last day. */
  optionBars(question: BarsQuestion & { readonly contract: Omit<OptionContract, 'conId'> }): Found<AnsweredBars>;
  /** When its first session opened. */
  historyStart(instrument: Instrument): Found<Instant>;
  /** What a screen shows at an instant; null before anything has traded. */
  quote(instrument: Instrument, at: Instant): Found<Quote | null>;
  /** The same for one option; null as long as it has not traded, `after-expiry` when it will not again. */
  optionQuote(instrument: Instrument, contract: Omit<OptionContract, 'conId'>, at: Instant): Found<OptionQuote | null>;
}

/** Which bars are wanted. */
export interface BarsQuestion {
  readonly instrument: Instrument;
  readonly barSize: BarSize;
  readonly what: What;
  readonly window: Window;
  readonly now: Instant;
}

/** Bars with the part of the window they are about: what has not happened yet is left open. */
export interface AnsweredBars extends Bars {
  readonly answered: Window;
}

/** Why the market has nothing to say. */
export type Unknown = 'no-calendar' | 'no-symbol' | 'no-contract' | 'no-quotes' | 'after-expiry';

export type Found<T> = { readonly found: true; readonly value: T } | { readonly found: false; readonly why: Unknown };

/** What a market needs to come into being. */
export interface MarketParts {
  readonly settings: MarketSettings;
  /** The sessions of an exchange; undefined for one that is not known. */
  readonly calendarOf: (calendar: string) => Calendar | undefined;
}

/** Symbols that begin like this do not exist in the market, so that the ways of failing can be tried out. */
const unknownPrefix = 'UNKNOWN';

export function createMarket({ settings, calendarOf }: MarketParts): Market {
  const profiles = new Map<string, Profile>();
  const { walkAt } = walks();

  function lookUp(instrument: Instrument): Found<{ profile: Profile; calendar: Calendar }> {
    if (instrument.symbol.startsWith(unknownPrefix)) return { found: false, why: 'no-symbol' };
    const calendar = calendarOf(instrument.calendar);
    if (calendar === undefined) return { found: false, why: 'no-calendar' };
    const name = `${instrument.symbol}|${instrument.kind}|${instrument.currency}`;
    let profile = profiles.get(name);
    if (profile === undefined) profiles.set(name, (profile = profileOf(instrument, settings)));
    return { found: true, value: { profile, calendar } };
  }

  return {
    contract(instrument) {
      const known = lookUp(instrument);
      if (!known.found) return known;
      return { found: true, value: contractDetails(instrument, known.value.profile, known.value.calendar) };
    },

    chain(instrument, at) {
      const known = lookUp(instrument);
      if (!known.found) return known;
      const { profile, calendar } = known.value;
      return { found: true, value: listChain(instrument, profile, calendar, walkAt, at) };
    },

    bars({ instrument, barSize, what, window, now }) {
      const known = lookUp(instrument);
      if (!known.found) return known;
      if (instrument.kind === 'index' && what !== 'TRADES') return { found: false, why: 'no-quotes' };
      const { profile, calendar } = known.value;
      const answered = answeredPart(calendar, barSize, window, now);
      const sessions = sessionsIn(calendar, answered);
      const collector = barCollector(
        barSize,
        answered,
        spotRendering(profile, what),
        expectedBars(barSize, answered, sessions),
      );
      for (const session of sessions) {
        const day = dayNumber(session.date);
        collector.add(session, day, sessionBars(profile, walkAt(profile, day), day, session), NaN);
      }
      return { found: true, value: { ...collector.finish(), answered } };
    },

    optionBars({ instrument, contract, barSize, what, window, now }) {
      const known = lookUp(instrument);
      if (!known.found) return known;
      const { profile, calendar } = known.value;
      const listing = listingOf(instrument, profile, calendar, walkAt, contract, now);
      if (listing === null) return { found: false, why: 'no-contract' };
      if (window.start >= listing.session.dayEnd) return { found: false, why: 'after-expiry' };
      const answered = answeredPart(calendar, barSize, window, now);
      const listedFrom = tradedFrom(calendar, listing);
      const sessions = sessionsIn(calendar, answered).filter(
        ({ open }) => open <= listing.session.open && open >= listedFrom,
      );
      const collector = barCollector(
        barSize,
        answered,
        optionRendering(profile, what),
        expectedBars(barSize, answered, sessions),
      );
      const optionIn = optionSessions(profile, walkAt, contract, listing);
      for (const session of sessions) {
        const day = dayNumber(session.date);
        const option = optionIn(session, day);
        const bars = what === 'TRADES' ? tradedBars(option) : valuedBars(option);
        collector.add(session, day, bars, option.activity.openInterest);
      }
      return { found: true, value: { ...collector.finish(), answered } };
    },

    historyStart(instrument) {
      const known = lookUp(instrument);
      if (!known.found) return known;
      const { calendar } = known.value;
      const from = calendar.firstDate;
      const [first] = calendar.sessions(from, addDays(from, 31));
      return first === undefined ? { found: false, why: 'no-calendar' } : { found: true, value: first.open };
    },

    quote(instrument, at) {
      const known = lookUp(instrument);
      if (!known.found) return known;
      return { found: true, value: spotQuote(known.value.profile, known.value.calendar, walkAt, at) };
    },

    optionQuote(instrument, contract, at) {
      const known = lookUp(instrument);
      if (!known.found) return known;
      const { profile, calendar } = known.value;
      const listing = listingOf(instrument, profile, calendar, walkAt, contract, at);
      if (listing === null) return { found: false, why: 'no-contract' };
      if (at >= listing.session.dayEnd) return { found: false, why: 'after-expiry' };
      return { found: true, value: optionQuote(profile, calendar, walkAt, contract, listing, at) };
    },
  };
}

/** The part of a window that has happened; empty when none of it has. */
function answeredPart(calendar: Calendar, barSize: BarSize, window: Window, now: Instant): Window {
  const end = Math.min(window.end, spokenUntil(calendar, barSize, now));
  return { start: window.start, end: Math.max(end, window.start) };
}

function sessionsIn(calendar: Calendar, window: Window): readonly Session[] {
  if (isEmpty(window)) return [];
  return calendar.sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end - 1), 1));
}
