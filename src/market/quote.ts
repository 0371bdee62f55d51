import type { Calendar, Session } from '../core/calendar.js';
import type { OptionContract } from '../core/series.js';
import { addDays, dayNumber } from '../core/time.js';
import type { Instant } from '../core/time.js';
import type { Bar } from './bar.js';
import type { Rendering } from './bar-columns.js';
import { barUntil } from './bar-until.js';
import type { Expiry } from './expiries.js';
import { tradedFrom } from './listing.js';
import { tradedBars } from './option-bars.js';
import { optionSessions } from './option-sessions.js';
import type { Profile } from './profile.js';
import { optionRendering, spotRendering } from './rendering.js';
import { sessionBars } from './session-bars.js';
import type { WalkAt } from './walks.js';

/** What a screen shows of an instrument at an instant. */
export interface Quote {
  /** The instant itself, or the close before it when the exchange is closed. */
  readonly at: Instant;
  readonly last: number;
  /** Null for what has no quotes: an index. */
  readonly bid: number | null;
  readonly ask: number | null;
  /** Of the session so far. */
  readonly open: number;
  readonly high: number;
  readonly low: number;
  /** The last price of the session before; null in the first one. */
  readonly previousClose: number | null;
  /** Traded in the session so far. */
  readonly volume: number;
  /** The average price of what was traded; null for what is not traded: an index. */
  readonly average: number | null;
}

/** What a screen shows of an option. */
export interface OptionQuote extends Quote {
  readonly openInterest: number;
  readonly underlyingPrice: number;
  /** Annual; what the price was computed with. */
  readonly impliedVolatility: number;
}

/** The quote of a symbol itself; null before its calendar begins. */
export function spotQuote(profile: Profile, calendar: Calendar, walkAt: WalkAt, at: Instant): Quote | null {
  const rendering = spotRendering(profile, 'TRADES');
  const sessions = startedSessions(calendar, at);
  const barsOf = (session: Session) => {
    const day = dayNumber(session.date);
    return sessionBars(profile, walkAt(profile, day), day, session);
  };
  return latest(sessions, (session, before) => {
    const bar = barUntil(barsOf(session), session, at);
    if (bar === null) return null;
    const previousClose = before === null ? null : rendering.trade(barsOf(before).bar.close);
    const quote = quoteFrom(bar, rendering, bar.close, previousClose, Math.min(at, session.close));
    return rendering.traded ? quote : { ...quote, bid: null, ask: null, volume: 0, average: null };
  });
}

/** The quote of an option; null as long as it has not traded. */
export function optionQuote(
  profile: Profile,
  calendar: Calendar,
  walkAt: WalkAt,
  contract: Omit<OptionContract, 'conId'>,
  expiry: Expiry,
  at: Instant,
): OptionQuote | null {
  const rendering = optionRendering(profile, 'TRADES');
  const listedFrom = tradedFrom(calendar, expiry);
  const sessions = startedSessions(calendar, at).filter(
    ({ open }) => open >= listedFrom && open <= expiry.session.open,
  );
  const optionIn = optionSessions(profile, walkAt, contract, expiry);
  return latest(sessions, (session, before) => {
    const option = optionIn(session, dayNumber(session.date));
    const bar = barUntil(tradedBars(option), session, at);
    const underlying = barUntil(option.underlying, session, at);
    if (bar === null || underlying === null) return null;
    const previousClose =
      before === null ? null : rendering.trade(tradedBars(optionIn(before, dayNumber(before.date))).bar.close);
    return {
      ...quoteFrom(bar, rendering, option.priceAt(underlying.close), previousClose, Math.min(at, session.close)),
      openInterest: option.activity.openInterest,
      underlyingPrice: underlying.close / profile.ticksPerUnit,
      impliedVolatility: option.volatility,
    };
  });
}

function quoteFrom(
  bar: Bar,
  { trade, bid, ask, averageSteps }: Rendering,
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
    average: Math.round(trade(bar.money / bar.volume) * averageSteps) / averageSteps,
  };
}

/** The sessions of the last days that have begun at an instant: more of them than any run of holidays is long. */
function startedSessions(calendar: Calendar, at: Instant): readonly Session[] {
  const today = calendar.dateAt(at);
  return calendar.sessions(addDays(today, -15), addDays(today, 1)).filter((session) => session.open < at);
}

/** The latest session that gives something: until the first trade of the day the screen shows the day before. */
function latest<T>(
  sessions: readonly Session[],
  give: (session: Session, before: Session | null) => T | null,
): T | null {
  for (let index = sessions.length - 1; index >= 0; index--) {
    const session = sessions[index];
    const given = session === undefined ? null : give(session, sessions[index - 1] ?? null);
    if (given !== null) return given;
  }
  return null;
}
