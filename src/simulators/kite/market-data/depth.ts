import { hashKey, drawUniform } from '../../../platform/random.js';
import { second } from '../../../core/time/time.js';
import type { KiteInstrument } from '../instruments/instrument.js';
import type { KiteQuote } from './prices.js';

export interface DepthLevel {
  readonly price: number;
  readonly quantity: number;
  readonly orders: number;
}

/** The five best levels of both sides, and the total quantity of all levels. */
export interface Depth {
  readonly buy: readonly DepthLevel[];
  readonly sell: readonly DepthLevel[];
  readonly buyQuantity: number;
  readonly sellQuantity: number;
  /** Size of the last trade. */
  readonly lastQuantity: number;
}

const levelCount = 5;
const emptyLevel: DepthLevel = { price: 0, quantity: 0, orders: 0 };

/** Generates an order book around the quotes; it changes every second. */
export function createDepth(instrument: KiteInstrument, { bid, ask, at }: KiteQuote): Depth {
  const key = hashKey(instrument.token, Math.floor(at / second));
  const createSide = (best: number | null, direction: 1 | -1): readonly DepthLevel[] =>
    Array.from({ length: levelCount }, (_, index) => {
      const price = best === null ? 0 : roundToPaise(best + direction * index * levelSpacing(instrument));
      if (price <= 0) return emptyLevel;
      const lots = 1 + Math.floor(60 * drawUniform(key, 2 * (direction === 1 ? index : index + levelCount)));
      const share = drawUniform(key, 2 * (direction === 1 ? index : index + levelCount) + 1);
      return { price, quantity: lots * instrument.lotSize, orders: 1 + Math.floor(share * Math.min(lots, 20)) };
    });
  const buy = createSide(bid, -1);
  const sell = createSide(ask, 1);
  // The total quantity is a few dozen times the visible one.
  const totalQuantity = (list: readonly DepthLevel[], draw: number): number =>
    list.reduce((sum, { quantity }) => sum + quantity, 0) * (20 + Math.floor(20 * drawUniform(key, draw)));
  return {
    buy,
    sell,
    buyQuantity: totalQuantity(buy, 30),
    sellQuantity: totalQuantity(sell, 31),
    lastQuantity: (1 + Math.floor(5 * drawUniform(key, 32))) * instrument.lotSize,
  };
}

/** Distance of levels: the synthetic market moves in ticks of 5 paise, whatever the exchange allows. */
function levelSpacing({ tickSize }: KiteInstrument): number {
  return Math.max(tickSize, 0.05);
}

export function roundToPaise(price: number): number {
  return Math.round(price * 100) / 100;
}
