/**
 * One bar in the market's own units: prices in whole price steps, `notional` the sum of price times shares over its
 * trades. With the notional instead of an average, bars add up exactly.
 */
export interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly notional: number;
  /** The number of trades. */
  readonly count: number;
}

/** The bars that one bar was split into, column by column; only slots with trades. */
export interface BarBuffer {
  /** The number of bars; the columns may be longer. */
  length: number;
  /** The slot of the parent that each bar covers. */
  readonly slot: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly notional: Float64Array;
  readonly count: Float64Array;
}

export function createBuffer(capacity: number): BarBuffer {
  return {
    length: 0,
    slot: new Int32Array(capacity),
    open: new Float64Array(capacity),
    high: new Float64Array(capacity),
    low: new Float64Array(capacity),
    close: new Float64Array(capacity),
    volume: new Float64Array(capacity),
    notional: new Float64Array(capacity),
    count: new Float64Array(capacity),
  };
}

export function getBar(buffer: BarBuffer, index: number): Bar {
  return {
    open: buffer.open[index] ?? 0,
    high: buffer.high[index] ?? 0,
    low: buffer.low[index] ?? 0,
    close: buffer.close[index] ?? 0,
    volume: buffer.volume[index] ?? 0,
    notional: buffer.notional[index] ?? 0,
    count: buffer.count[index] ?? 0,
  };
}
