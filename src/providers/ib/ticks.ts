import type { OptionReading, QuoteReading } from '../../core/reading-rows.js';
import type { OptionContract } from '../../core/series.js';
import type { Heard, WireComputation } from './wire.js';

/** The numbers of ticks that matter here, live and delayed. */
const tick = {
  bid: [1, 66],
  ask: [2, 67],
  last: [4, 68],
  high: [6, 72],
  low: [7, 73],
  volume: [8, 74],
  close: [9, 75],
  open: [14, 76],
  openInterest: { C: 27, P: 28 },
  /** Computed from the model, the last trade, the bid and the ask: in the order in which they are believed. */
  computations: [13, 83, 12, 82, 10, 80, 11, 81],
} as const;

const firstDelayedTick = 66;

/** What has been heard about one instrument so far. Only what was said is kept: silence never erases a value. */
export interface TickBook {
  /** Takes what the gateway says; true when it is a kind of news that had not been heard before. */
  take(what: Heard): boolean;
  /** Whether there is anything in it. */
  hasNews(): boolean;
  quote(): QuoteReading;
  option(contract: OptionContract): OptionReading;
  /** Whether nothing more is to be waited for. */
  isCompleteQuote(): boolean;
  isCompleteOption(contract: OptionContract): boolean;
}

export function createTickBook(): TickBook {
  const values = new Map<number, number>();
  const computations = new Map<number, WireComputation>();
  const heard = new Set<string>();
  let isDelayed = false;

  const valueOf = (numbers: readonly number[]): number | null => {
    for (const number of numbers) {
      const value = values.get(number);
      if (value !== undefined) return value;
    }
    return null;
  };
  /** Zero is a price only where it says that nobody bids. */
  const price = (numbers: readonly number[]): number | null => {
    const value = valueOf(numbers);
    return value === 0 ? null : value;
  };
  const computed = (): WireComputation | undefined => {
    const all = tick.computations.flatMap((number) => computations.get(number) ?? []);
    return all.find(({ iv }) => iv !== undefined) ?? all[0];
  };
  const news = (name: string): boolean => {
    const isNew = !heard.has(name);
    heard.add(name);
    return isNew;
  };

  const book: TickBook = {
    take(what) {
      switch (what.kind) {
        case 'price':
        case 'size': {
          const { value } = what;
          if (what.tick >= firstDelayedTick && what.tick <= 76) isDelayed = true;
          // Prices and sizes below zero say that there is none.
          if (value !== undefined && value >= 0 && Number.isFinite(value)) values.set(what.tick, value);
          return news(`tick ${what.tick}`);
        }
        case 'computation': {
          if (what.tick >= 80 && what.tick <= 83) isDelayed = true;
          const known = computations.get(what.tick);
          computations.set(what.tick, merged(known, what.computed));
          return news(`tick ${what.tick}`) || (known?.iv === undefined && what.computed.iv !== undefined);
        }
        case 'data-type':
          isDelayed = what.dataType === 3 || what.dataType === 4;
          return false;
        default:
          return false;
      }
    },
    hasNews: () => heard.size > 0,
    quote: () => ({
      last: price(tick.last),
      bid: valueOf(tick.bid),
      ask: price(tick.ask),
      open: price(tick.open),
      high: price(tick.high),
      low: price(tick.low),
      close: price(tick.close),
      volume: valueOf(tick.volume),
      delayed: isDelayed,
    }),
    option({ strike, right, conId }) {
      const model = computed();
      const underlying = tick.computations
        .map((number) => computations.get(number)?.underlyingPrice)
        .find((one) => one !== undefined && one > 0);
      // Without a volatility its derivatives are numbers without a meaning.
      const greeks = model?.iv === undefined ? undefined : model;
      return {
        strike,
        right,
        conId,
        bid: valueOf(tick.bid),
        ask: price(tick.ask),
        last: price(tick.last),
        volume: valueOf(tick.volume),
        openInterest: valueOf([tick.openInterest[right]]),
        underlyingPrice: underlying ?? null,
        iv: greeks?.iv ?? null,
        delta: greeks?.delta ?? null,
        gamma: greeks?.gamma ?? null,
        theta: greeks?.theta ?? null,
        vega: greeks?.vega ?? null,
        delayed: isDelayed,
      };
    },
    isCompleteQuote: () => Object.values(book.quote()).every((value) => value !== null),
    isCompleteOption(contract) {
      const { bid, ask, last, volume, openInterest } = book.option(contract);
      const isModelled = [13, 83].some((number) => computations.get(number)?.iv !== undefined);
      return isModelled && [bid, ask, last, volume, openInterest].every((value) => value !== null);
    },
  };
  return book;
}

/** A later computation that leaves something out does not take it back. */
function merged(known: WireComputation | undefined, later: WireComputation): WireComputation {
  const either = (name: keyof WireComputation): number | undefined => meant(later[name]) ?? known?.[name];
  return {
    iv: positive(later.iv) ?? known?.iv,
    delta: either('delta'),
    gamma: either('gamma'),
    vega: either('vega'),
    theta: either('theta'),
    underlyingPrice: positive(later.underlyingPrice) ?? known?.underlyingPrice,
  };
}

function meant(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** What cannot be zero is zero where it was not computed. */
function positive(value: number | undefined): number | undefined {
  const number = meant(value);
  return number !== undefined && number > 0 ? number : undefined;
}
