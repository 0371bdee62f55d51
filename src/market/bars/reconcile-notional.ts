import type { Bar, BarBuffer } from './bar.js';

/**
 * Gives every bar the average price of its shape, then moves the averages within the bars' ranges, all by the same
 * fraction of their slack, until the notional adds up to the parent's. If there is too little slack, the ranges are
 * widened, but never beyond the parent's.
 */
export function reconcileNotional(buffer: BarBuffer, parent: Bar): void {
  const { length, open, high, low, close, volume, notional } = buffer;
  let total = 0;
  let slackAbove = 0;
  let slackBelow = 0;
  for (let index = 0; index < length; index++) {
    const shares = volume[index] ?? 0;
    const top = high[index] ?? 0;
    const bottom = low[index] ?? 0;
    const average = ((open[index] ?? 0) + (close[index] ?? 0) + top + bottom) / 4;
    notional[index] = average * shares;
    total += average * shares;
    slackAbove += (top - average) * shares;
    slackBelow += (average - bottom) * shares;
  }
  const missing = parent.notional - total;
  const slack = missing > 0 ? slackAbove : slackBelow;
  if (Math.abs(missing) > slack) {
    widenRanges(buffer, parent, Math.abs(missing) - slack, missing > 0);
    return;
  }
  const part = slack > 0 ? Math.abs(missing) / slack : 0;
  const edge = missing > 0 ? high : low;
  for (let index = 0; index < length; index++) {
    const current = notional[index] ?? 0;
    notional[index] = current + part * ((edge[index] ?? 0) * (volume[index] ?? 0) - current);
  }
}

/**
 * Moves highs towards the parent's high (or lows towards its low), and every average to the price that is still
 * missing.
 */
function widenRanges(buffer: BarBuffer, parent: Bar, missingNotional: number, upwards: boolean): void {
  const { length, volume, notional } = buffer;
  const edge = upwards ? buffer.high : buffer.low;
  const limit = upwards ? parent.high : parent.low;
  let slack = 0;
  for (let index = 0; index < length; index++) slack += Math.abs(limit - (edge[index] ?? 0)) * (volume[index] ?? 0);
  const part = slack > 0 ? Math.min(missingNotional / slack, 1) : 0;
  for (let index = 0; index < length; index++) {
    const current = edge[index] ?? 0;
    const moved = current + part * (limit - current);
    notional[index] = moved * (volume[index] ?? 0);
    edge[index] = upwards ? Math.ceil(moved) : Math.floor(moved);
  }
}
