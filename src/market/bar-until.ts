import type { Session } from '../core/calendar.js';
import { minute, second } from '../core/time.js';
import type { Instant } from '../core/time.js';
import { barAt } from './bar.js';
import type { Bar, BarSheet } from './bar.js';
import type { SessionBars } from './session-bars.js';

/** What a session's bar looks like at an instant in it, to the second; null before the first trade. */
export function barUntil(bars: SessionBars, session: Session, at: Instant): Bar | null {
  if (at >= session.close) return bars.bar;
  const elapsed = at - session.open;
  const minutes = bars.minutes();
  const whole = lengthBefore(minutes, Math.floor(elapsed / minute));
  const sofar = total(minutes, whole, null);
  if (whole === minutes.length || minutes.slot[whole] !== Math.floor(elapsed / minute)) return sofar;
  const seconds = bars.seconds(whole);
  return total(seconds, lengthBefore(seconds, Math.floor((elapsed % minute) / second)), sofar);
}

/** How many bars of a sheet lie in slots before one. */
function lengthBefore(sheet: BarSheet, slot: number): number {
  let length = 0;
  while (length < sheet.length && (sheet.slot[length] ?? 0) < slot) length++;
  return length;
}

/** The first bars of a sheet and what came before them, as one bar. */
function total(sheet: BarSheet, length: number, before: Bar | null): Bar | null {
  let sum = before;
  for (let index = 0; index < length; index++) {
    const next = barAt(sheet, index);
    sum =
      sum === null
        ? next
        : {
            open: sum.open,
            high: Math.max(sum.high, next.high),
            low: Math.min(sum.low, next.low),
            close: next.close,
            volume: sum.volume + next.volume,
            money: sum.money + next.money,
            count: sum.count + next.count,
          };
  }
  return sum;
}
