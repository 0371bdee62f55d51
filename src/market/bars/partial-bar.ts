import type { TradingSession } from '../../core/time/calendar.js';
import { minute, second } from '../../core/time/time.js';
import type { Instant } from '../../core/time/time.js';
import { getBar } from './bar.js';
import type { Bar, BarBuffer } from './bar.js';
import type { SessionBars } from './session-bars.js';

/** The bar of a session up to an instant in it, to the second; null before the first trade. */
export function createPartialBar(bars: SessionBars, session: TradingSession, at: Instant): Bar | null {
  if (at >= session.close) return bars.bar;
  const elapsed = at - session.open;
  const minutes = bars.minutes();
  const completeMinutes = countBefore(minutes, Math.floor(elapsed / minute));
  const partial = sumBars(minutes, completeMinutes, null);
  if (completeMinutes === minutes.length || minutes.slot[completeMinutes] !== Math.floor(elapsed / minute))
    return partial;
  const seconds = bars.seconds(completeMinutes);
  return sumBars(seconds, countBefore(seconds, Math.floor((elapsed % minute) / second)), partial);
}

/** The number of bars in slots before `slot`. */
function countBefore(buffer: BarBuffer, slot: number): number {
  let length = 0;
  while (length < buffer.length && (buffer.slot[length] ?? 0) < slot) length++;
  return length;
}

/** Merges the first bars of a buffer with the bar before them. */
function sumBars(buffer: BarBuffer, length: number, before: Bar | null): Bar | null {
  let sum = before;
  for (let index = 0; index < length; index++) {
    const next = getBar(buffer, index);
    sum =
      sum === null
        ? next
        : {
            open: sum.open,
            high: Math.max(sum.high, next.high),
            low: Math.min(sum.low, next.low),
            close: next.close,
            volume: sum.volume + next.volume,
            notional: sum.notional + next.notional,
            count: sum.count + next.count,
          };
  }
  return sum;
}
