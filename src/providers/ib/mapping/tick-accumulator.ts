import type { OptionInput, QuoteInput } from '../../../core/tables/quote-rows.js';
import type { OptionContract } from '../../../core/series.js';
import { toCount, toPrice, toSigned } from '../../missing-values.js';
import type { GatewayMessage, OptionComputation } from '../gateway/wire.js';

/** Tick types, live and delayed. */
const tickTypes = {
  bid: [1, 66],
  ask: [2, 67],
  last: [4, 68],
  high: [6, 72],
  low: [7, 73],
  volume: [8, 74],
  close: [9, 75],
  open: [14, 76],
  openInterest: { C: 27, P: 28 },
  /** Computed from the model, the last trade, the bid and the ask, in order of preference. */
  computations: [13, 83, 12, 82, 10, 80, 11, 81],
} as const;

const minDelayedTick = 66;

/** Collects the ticks of one instrument. A value stays until a new one arrives: an empty tick never erases it. */
export interface TickAccumulator {
  /** Applies a message; returns whether it is the first of its kind. */
  apply(message: GatewayMessage): boolean;
  hasUpdates(): boolean;
  toQuote(): QuoteInput;
  toOption(contract: OptionContract): OptionInput;
  isCompleteQuote(): boolean;
  isCompleteOption(contract: OptionContract): boolean;
}

export function createTickAccumulator(): TickAccumulator {
  const values = new Map<number, number>();
  const computations = new Map<number, OptionComputation>();
  const seen = new Set<string>();
  let isDelayed = false;

  const firstValue = (numbers: readonly number[]): number | null => {
    for (const number of numbers) {
      const value = values.get(number);
      if (value !== undefined) return value;
    }
    return null;
  };
  /** Zero is a valid price only for the bid: there are no buyers. */
  const firstPrice = (numbers: readonly number[]): number | null => {
    const value = firstValue(numbers);
    return value === 0 ? null : value;
  };
  const bestComputation = (): OptionComputation | undefined => {
    const all = tickTypes.computations.flatMap((number) => computations.get(number) ?? []);
    return all.find(({ iv }) => iv !== undefined) ?? all[0];
  };
  const markSeen = (name: string): boolean => {
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  };

  const accumulator: TickAccumulator = {
    apply(message) {
      switch (message.kind) {
        case 'price':
        case 'size': {
          const { value } = message;
          if (message.tick >= minDelayedTick && message.tick <= 76) isDelayed = true;
          const known = toCount(value);
          if (known !== undefined) values.set(message.tick, known);
          return markSeen(`tick ${message.tick}`);
        }
        case 'computation': {
          if (message.tick >= 80 && message.tick <= 83) isDelayed = true;
          const known = computations.get(message.tick);
          computations.set(message.tick, mergeComputations(known, message.computation));
          return markSeen(`tick ${message.tick}`) || (known?.iv === undefined && message.computation.iv !== undefined);
        }
        case 'data-type':
          isDelayed = message.dataType === 3 || message.dataType === 4;
          return false;
        default:
          return false;
      }
    },
    hasUpdates: () => seen.size > 0,
    toQuote: () => ({
      last: firstPrice(tickTypes.last),
      bid: firstValue(tickTypes.bid),
      ask: firstPrice(tickTypes.ask),
      open: firstPrice(tickTypes.open),
      high: firstPrice(tickTypes.high),
      low: firstPrice(tickTypes.low),
      close: firstPrice(tickTypes.close),
      volume: firstValue(tickTypes.volume),
      delayed: isDelayed,
    }),
    toOption({ strike, right, conId }) {
      const model = bestComputation();
      const underlying = tickTypes.computations
        .map((number) => computations.get(number)?.underlyingPrice)
        .find((one) => one !== undefined && one > 0);
      // Without a volatility the Greeks are meaningless.
      const greeks = model?.iv === undefined ? undefined : model;
      return {
        strike,
        right,
        conId,
        bid: firstValue(tickTypes.bid),
        ask: firstPrice(tickTypes.ask),
        last: firstPrice(tickTypes.last),
        volume: firstValue(tickTypes.volume),
        openInterest: firstValue([tickTypes.openInterest[right]]),
        underlyingPrice: underlying ?? null,
        iv: greeks?.iv ?? null,
        delta: greeks?.delta ?? null,
        gamma: greeks?.gamma ?? null,
        theta: greeks?.theta ?? null,
        vega: greeks?.vega ?? null,
        delayed: isDelayed,
      };
    },
    isCompleteQuote: () => Object.values(accumulator.toQuote()).every((value) => value !== null),
    isCompleteOption(contract) {
      const { bid, ask, last, volume, openInterest } = accumulator.toOption(contract);
      const hasModel = [13, 83].some((number) => computations.get(number)?.iv !== undefined);
      return hasModel && [bid, ask, last, volume, openInterest].every((value) => value !== null);
    },
  };
  return accumulator;
}

/** Missing values of a later computation leave those of earlier ones. */
function mergeComputations(known: OptionComputation | undefined, later: OptionComputation): OptionComputation {
  const pick = (name: keyof OptionComputation): number | undefined => toSigned(later[name]) ?? known?.[name];
  return {
    // Volatility and price cannot be zero; the gateway sends zero if it has not computed them.
    iv: toPrice(later.iv) ?? known?.iv,
    delta: toDelta(later.delta) ?? known?.delta,
    gamma: pick('gamma'),
    vega: pick('vega'),
    theta: pick('theta'),
    underlyingPrice: toPrice(later.underlyingPrice) ?? known?.underlyingPrice,
  };
}

/** The gateway rounds a delta of one up by its last digit. */
function toDelta(value: number | undefined): number | undefined {
  const delta = toSigned(value);
  return delta !== undefined && Math.abs(delta) <= 1.001 ? delta : undefined;
}
