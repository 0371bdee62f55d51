import { keyOf, uniform } from '../../core/random.js';
import { second } from '../../core/time.js';
import type { KiteInstrument } from './instruments/instrument.js';
import type { Shown } from './prices.js';

/** One level of the order book. */
export interface DepthLevel {
  readonly price: number;
  readonly quantity: number;
  readonly orders: number;
}

/** The five best levels of both sides, and what waits in all of them. */
export interface Depth {
  readonly buy: readonly DepthLevel[];
  readonly sell: readonly DepthLevel[];
  readonly buyQuantity: number;
  readonly sellQuantity: number;
  /** The size of the latest trade. */
  readonly lastQuantity: number;
}

const levels = 5;
const nothing: DepthLevel = { price: 0, quantity: 0, orders: 0 };

/** An order book around the quotes, new every second. */
export function depthOf(instrument: KiteInstrument, { bid, ask, at }: Shown): Depth {
  const key = keyOf(instrument.token, Math.floor(at / second));
  const side = (best: number | null, direction: 1 | -1): readonly DepthLevel[] =>
    Array.from({ length: levels }, (_, index) => {
      const price = best === null ? 0 : rounded(best + direction * index * stepOf(instrument));
      if (price <= 0) return nothing;
      const lots = 1 + Math.floor(60 * uniform(key, 2 * (direction === 1 ? index : index + levels)));
      const share = uniform(key, 2 * (direction === 1 ? index : index + levels) + 1);
      return { price, quantity: lots * instrument.lotSize, orders: 1 + Math.floor(share * Math.min(lots, 20)) };
    });
  const buy = side(bid, -1);
  const sell = side(ask, 1);
  // What waits further away is a few dozen times what is seen.
  const all = (list: readonly DepthLevel[], draw: number): number =>
    list.reduce((sum, { quantity }) => sum + quantity, 0) * (20 + Math.floor(20 * uniform(key, draw)));
  return {
    buy,
    sell,
    buyQuantity: all(buy, 30),
    sellQuantity: all(sell, 31),
    lastQuantity: (1 + Math.floor(5 * uniform(key, 32))) * instrument.lotSize,
  };
}

/** How far its levels are apart: the market moves in steps of 5 paise whatever the exchange allows. */
function stepOf({ tickSize }: KiteInstrument): number {
  return Math.max(tickSize, 0.05);
}

function rounded(price: number): number {
  return Math.round(price * 100) / 100;
}
