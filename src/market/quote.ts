import { maxClosureDays } from '../analytics/conventions.js';
import type { Calendar, TradingSession } from '../core/time/calendar.js';
import type { OptionContract } from '../core/series.js';
import { addDays, toDayNumber } from '../core/time/time.js';
import type { Instant } from '../core/time/time.js';
import type { Bar } from './bars/bar.js';
import type { PriceConversion } from './bars/bar-collector.js';
import { createPartialBar } from './bars/partial-bar.js';
import { getFirstTradingInstant } from './options/option-chain.js';
import type { Listing } from './options/option-chain.js';
import { createTradeBars } from './options/option-bars.js';
import { createOptionSessions } from './options/option-sessions.js';
import type { SymbolProfile } from './instruments/symbol-profile.js';
import { createOptionConversion, createSpotConversion } from './price-conversion.js';
import { createSessionBars } from './bars/session-bars.js';
import type { GetWalk } from './random-walk/walk-cache.js';

/** The quote of an instrument at an instant. */
export interface Quote {
  /** The instant itself, or the last close while the exchange is closed. */
  readonly at: Instant;
  readonly last: number;
  /** Null for an index, which has no quotes. */
  readonly bid: number | null;
  readonly ask: number | null;
  /** Open, high and low of the session so far. */
  readonly open: number;
  readonly high: number;
  readonly low: number;
  /** The last price of the previous session; null in the first one. */
  readonly previousClose: number | null;
  /** The volume of the session so far. */
  readonly volume: number;
  /** The average price of all trades; null for an index, which is not traded. */
  readonly averagePrice: number | null;
}

export interface OptionQuote extends Quote {
  readonly openInterest: number;
  readonly underlyingPrice: number;
  /** The annual volatility of the price. */
  readonly impliedVolatility: number;
}

/** The quote of a symbol itself; null before its calendar begins. */
export function getSpotQuote(profile: SymbolProfile, calendar: Calendar, getWalk: GetWalk, at: Instant): Quote | null {
  const conversion = createSpotConversion(profile, 'TRADES');
  const sessions = startedSessions(calendar, at);
  const getSessionBars = (session: TradingSession) => {
    const day = toDayNumber(session.date);
    return createSessionBars(profile, getWalk(profile, day), day, session);
  };
  return findLatest(sessions, (session, before) => {
    const bar = createPartialBar(getSessionBars(session), session, at);
    if (bar === null) return null;
    const previousClose = before === null ? null : conversion.trade(getSessionBars(before).bar.close);
    const quote = createQuote(bar, conversion, bar.close, previousClose, Math.min(at, session.close));
    return conversion.hasVolume ? quote : { ...quote, bid: null, ask: null, volume: 0, averagePrice: null };
  });
}

/** The quote of an option; null before its first trade. */
export function getOptionQuote(
  profile: SymbolProfile,
  calendar: Calendar,
  getWalk: GetWalk,
  contract: Omit<OptionContract, 'conId'>,
  listing: Listing,
  at: Instant,
): OptionQuote | null {
  const conversion = createOptionConversion(profile, 'TRADES');
  const { expiry } = listing;
  const firstTrading = getFirstTradingInstant(calendar, expiry);
  const sessions = startedSessions(calendar, at).filter(
    ({ open }) => open >= firstTrading && open <= expiry.session.open,
  );
  const getOptionSession = createOptionSessions(profile, getWalk, contract, listing);
  return findLatest(sessions, (session, before) => {
    const option = getOptionSession(session, toDayNumber(session.date));
    const bar = createPartialBar(createTradeBars(option), session, at);
    const underlying = createPartialBar(option.underlying, session, at);
    if (bar === null || underlying === null) return null;
    const previousClose =
      before === null
        ? null
        : conversion.trade(createTradeBars(getOptionSession(before, toDayNumber(before.date))).bar.close);
    return {
      ...createQuote(bar, conversion, option.getPrice(underlying.close), previousClose, Math.min(at, session.close)),
      openInterest: option.activity.openInterest,
      underlyingPrice: underlying.close / profile.ticksPerUnit,
      impliedVolatility: option.volatility,
    };
  });
}

function createQuote(
  bar: Bar,
  { trade, bid, ask, averageSteps }: PriceConversion,
  level: number,
  previousClose: number | null,
  at: Instant,
): Quote {
  return {
    at,
    last: trade(bar.close),
    bid: bid(level),
    ask: ask(level),
    open: trade(bar.open),
    high: trade(bar.high),
    low: trade(bar.low),
    previousClose,
    volume: bar.volume,
    averagePrice: Math.round(trade(bar.notional / bar.volume) * averageSteps) / averageSteps,
  };
}

/** The recent sessions that have begun at an instant: from more days than any closure is long. */
function startedSessions(calendar: Calendar, at: Instant): readonly TradingSession[] {
  const today = calendar.dateAt(at);
  return calendar.sessions(addDays(today, -maxClosureDays), addDays(today, 1)).filter((session) => session.open < at);
}

/** The latest session that has a value: before the first trade of the day, that of the day before. */
function findLatest<T>(
  sessions: readonly TradingSession[],
  evaluate: (session: TradingSession, before: TradingSession | null) => T | null,
): T | null {
  for (let index = sessions.length - 1; index >= 0; index--) {
    const session = sessions[index];
    const result = session === undefined ? null : evaluate(session, sessions[index - 1] ?? null);
    if (result !== null) return result;
  }
  return null;
}
