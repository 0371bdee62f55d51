import type { TradingSession } from '../../core/time/calendar.js';
import { minute, second } from '../../core/time/time.js';
import { getBar } from './bar.js';
import type { Bar, BarBuffer } from './bar.js';
import type { SymbolProfile } from '../instruments/symbol-profile.js';
import { hashKey } from '../../platform/random.js';
import { createSessionBar, createSessionKey } from './session-bar.js';
import { splitBar } from './split-bar.js';
import type { RandomWalk } from '../random-walk/random-walk.js';

/**
 * The bars of one session at the three levels that are generated: the session, its minutes, the seconds of a minute.
 * Every other size is a whole number of minutes, or divides a minute into whole numbers of seconds, and is merged from
 * these.
 */
export interface SessionBars {
  readonly bar: Bar;
  minutes(): BarBuffer;
  /** The seconds of the minute at an index of `minutes()`; slots count from the start of that minute. */
  seconds(index: number): BarBuffer;
}

/** Creates the bars of a symbol itself. */
export function createSessionBars(
  profile: SymbolProfile,
  walk: RandomWalk,
  day: number,
  session: TradingSession,
): SessionBars {
  const { open, close, pause } = session;
  const length = close - open;
  const tradingLength = length - (pause === undefined ? 0 : pause.end - pause.start);
  const key = createSessionKey(profile, day);
  const bar = createSessionBar(profile, walk, day, tradingLength);
  let cachedMinutes: BarBuffer | null = null;
  const minutes = (): BarBuffer =>
    (cachedMinutes ??= skipPause(splitBar(bar, Math.ceil(tradingLength / minute), 'session', key), session));
  return {
    bar,
    minutes,
    seconds(index) {
      const slot = minutes().slot[index] ?? 0;
      const seconds = Math.ceil(Math.min(minute, length - slot * minute) / second);
      return splitBar(getBar(minutes(), index), seconds, 'even', hashKey(hashKey(key, -1), slot));
    },
  };
}

/** Moves the bars of the afternoon behind the lunch break. */
function skipPause(buffer: BarBuffer, { open, pause }: TradingSession): BarBuffer {
  if (pause === undefined) return buffer;
  const { slot, length } = buffer;
  const morningMinutes = (pause.start - open) / minute;
  const pauseMinutes = (pause.end - pause.start) / minute;
  for (let index = 0; index < length; index++)
    if ((slot[index] ?? 0) >= morningMinutes) slot[index] = (slot[index] ?? 0) + pauseMinutes;
  return buffer;
}
