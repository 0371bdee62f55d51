import type { TradingSession } from './calendar.js';
import type { Instant } from './time.js';
import type { Window } from './window.js';

type Paused = TradingSession & { readonly pause: Window };

function hasPause(session: TradingSession): session is Paused {
  return session.pause !== undefined;
}

/** Times at which a lunch break takes no time, so that it is no silence; `sessions` are in order. */
export interface TradingTime {
  /** The time of an instant; in the break it is that of the end of the morning. */
  readonly fromInstant: (instant: Instant) => Instant;
  /** The span of trading time back in real time; a span over the break includes it. */
  readonly toWindow: (span: Window) => Window;
}

/** Creates times without the lunch breaks; each session keeps its open. Null if no session has a break. */
export function createTradingTime(sessions: readonly TradingSession[]): TradingTime | null {
  const paused = sessions.filter(hasPause);
  if (paused.length === 0) return null;
  const isOf = (instant: Instant, { dayStart, dayEnd }: Paused): boolean => instant >= dayStart && instant < dayEnd;
  // Most instants are of the same session as the one before.
  let latest = paused[0];
  const findPause = (instant: Instant): Window | undefined => {
    if (latest === undefined || !isOf(instant, latest)) latest = paused.find((session) => isOf(instant, session));
    return latest?.pause;
  };
  return {
    fromInstant(instant) {
      const pause = findPause(instant);
      if (pause === undefined || instant <= pause.start) return instant;
      return Math.max(pause.start, instant - (pause.end - pause.start));
    },
    toWindow({ start, end }) {
      const pause = findPause(start);
      if (pause === undefined) return { start, end };
      const length = pause.end - pause.start;
      return {
        start: start >= pause.start ? start + length : start,
        end: end > pause.start ? end + length : end,
      };
    },
  };
}
