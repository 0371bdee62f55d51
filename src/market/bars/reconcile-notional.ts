import type { Bar, BarBuffer } from './bar.js';

/**
 * Gives every bar the average price it would have by its shape, then moves the averages within the bars' ranges, all by
 * the same part of the room they have, until the money adds up to the parent's. Where there is too little room the ranges
 * give way, but never beyond the parent's.
 */
export function reconcileNotional(buffer: BarBuffer, parent: Bar): void {
  const { length, open, high, low, close, volume, notional } = buffer;
  let total = 0;
  let roomAbove = 0;
  let roomBelow = 0;
  for (let index = 0; index < length; index++) {
    const shares = volume[index] ?? 0;
    const top = high[index] ?? 0;
    const bottom = low[index] ?? 0;
    const average = ((open[index] ?? 0) + (close[index] ?? 0) + top + bottom) / 4;
    notional[index] = average * shares;
    total += average * shares;
    roomAbove += (top - average) * shares;
    roomBelow += (average - bottom) * shares;
  }
  const missing = parent.notional - total;
  const room = missing > 0 ? roomAbove : roomBelow;
  if (Math.abs(missing) > room) {
    widenRanges(buffer, parent, Math.abs(missing) - room, missing > 0);
    return;
  }
  const part = room > 0 ? Math.abs(missing) / room : 0;
  const edge = missing > 0 ? high : low;
  for (let index = 0; index < length; index++) {
    const own = notional[index] ?? 0;
    notional[index] = own + part * ((edge[index] ?? 0) * (volume[index] ?? 0) - own);
  }
}

/** Moves highs towards the parent's high (or lows towards its low), and every average to the price that is still lacking. */
function widenRanges(buffer: BarBuffer, parent: Bar, missingNotional: number, upwards: boolean): void {
  const { length, volume, notional } = buffer;
  const edge = upwards ? buffer.high : buffer.low;
  const limit = upwards ? parent.high : parent.low;
  let room = 0;
  for (let index = 0; index < length; index++) room += Math.abs(limit - (edge[index] ?? 0)) * (volume[index] ?? 0);
  const part = room > 0 ? Math.min(missingNotional / room, 1) : 0;
  for (let index = 0; index < length; index++) {
    const own = edge[index] ?? 0;
    const moved = own + part * (limit - own);
    notional[index] = moved * (volume[index] ?? 0);
    edge[index] = upwards ? Math.ceil(moved) : Math.floor(moved);
  }
}
