/** Tick type ids. */
export interface TickTypeIds {
  readonly bidSize: number;
  readonly bid: number;
  readonly ask: number;
  readonly askSize: number;
  readonly last: number;
  readonly lastSize: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly close: number;
  readonly open: number;
  readonly bidOption: number;
  readonly askOption: number;
  readonly lastOption: number;
  readonly modelOption: number;
  readonly lastTimestamp: number;
}

export const liveTickTypes: TickTypeIds = {
  bidSize: 0,
  bid: 1,
  ask: 2,
  askSize: 3,
  last: 4,
  lastSize: 5,
  high: 6,
  low: 7,
  volume: 8,
  close: 9,
  bidOption: 10,
  askOption: 11,
  lastOption: 12,
  modelOption: 13,
  open: 14,
  lastTimestamp: 45,
};

export const delayedTickTypes: TickTypeIds = {
  bid: 66,
  ask: 67,
  last: 68,
  bidSize: 69,
  askSize: 70,
  lastSize: 71,
  high: 72,
  low: 73,
  volume: 74,
  close: 75,
  open: 76,
  bidOption: 80,
  askOption: 81,
  lastOption: 82,
  modelOption: 83,
  lastTimestamp: 88,
};

/** Tick types that a client must request as generic ticks, live or delayed. */
export const genericTickTypes = {
  callOpenInterest: 27,
  putOpenInterest: 28,
  callVolume: 29,
  putVolume: 30,
  shortable: 46,
} as const;
