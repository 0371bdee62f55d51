import type { Session } from '../core/calendar.js';
import { minute, second } from '../core/time.js';
import { barAt } from './bar.js';
import type { Bar, BarSheet } from './bar.js';
import type { Profile } from './profile.js';
import { keyOf } from '../core/random.js';
import { sessionBar, sessionKey } from './session-bar.js';
import { split } from './split.js';
import type { Walk } from './walk.js';

/**
 * The bars of one session at the three levels they are made on: the session, its minutes, the seconds of a minute. Every
 * other size is a whole number of minutes, or divides a minute into whole numbers of seconds, and is put together from these.
 */
export interface SessionBars {
  readonly bar: Bar;
  minutes(): BarSheet;
  /** The seconds of the minute at an index of `minutes()`; slots count from the start of that minute. */
  seconds(index: number): BarSheet;
}

/** The bars of a symbol itself. */
export function sessionBars(profile: Profile, walk: Walk, day: number, session: Session): SessionBars {
  const length = session.close - session.open;
  const key = sessionKey(profile, day);
  const bar = sessionBar(profile, walk, day, length);
  let sheet: BarSheet | null = null;
  const minutes = (): BarSheet => (sheet ??= split(bar, Math.ceil(length / minute), 'session', key));
  return {
    bar,
    minutes,
    seconds(index) {
      const slot = minutes().slot[index] ?? 0;
      const seconds = Math.ceil(Math.min(minute, length - slot * minute) / second);
      return split(barAt(minutes(), index), seconds, 'even', keyOf(keyOf(key, -1), slot));
    },
  };
}
