import { hashKey, hashString, drawUniform } from '../../../platform/random.js';
import { addDays, minute, second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { Market } from '../../../market/market.js';
import { computeImpliedVolatility, computeOptionGreeks } from '../../../market/options/option-greeks.js';
import type { OptionQuote, Quote } from '../../../market/quote.js';
import type { Contract, Option } from '../contracts/contract-catalog.js';
import type { OptionComputation } from '../wire/messages.js';
import {
  encodeTickGeneric,
  encodeTickOption,
  encodeTickPrice,
  encodeTickSize,
  encodeTickString,
} from '../wire/messages.js';
import { delayedTickTypes, liveTickTypes, genericTickTypes } from './tick-types.js';
import type { TickTypeIds } from './tick-types.js';

/** One value of market data with its tick type id. */
export interface Tick {
  readonly type: number;
  encode(id: number): Buffer;
}

export type MarketDataMode = 'live' | 'delayed';

const delayedDataLag = 15 * minute;

/** Creates the ticks of a contract at an instant, in sending order; none before the first trade. */
export function createTicks(
  market: Market,
  contract: Contract,
  now: Instant,
  mode: MarketDataMode,
  genericTicks: ReadonlySet<number>,
): readonly Tick[] {
  const at = mode === 'live' ? now : now - delayedDataLag;
  const tickTypes = mode === 'live' ? liveTickTypes : delayedTickTypes;
  if (contract.kind === 'spot') {
    const found = market.quote(contract.instrument, at);
    if (!found.found || found.value === null) return [];
    return [
      ...createPriceTicks(found.value, tickTypes, drawSizes(contract, found.value.at)),
      ...createSpotGenericTicks(genericTicks),
    ];
  }
  const found = market.optionQuote(contract.underlying.instrument, contract.listed, at);
  if (!found.found || found.value === null) return [];
  return [
    ...createPriceTicks(found.value, tickTypes, drawSizes(contract, found.value.at)),
    ...createComputationTicks(contract, found.value, tickTypes),
    ...createOptionGenericTicks(contract, found.value, genericTicks),
  ];
}

interface QuoteSizes {
  readonly bid: number;
  readonly ask: number;
  readonly last: number;
}

/** Generates sizes by contract and second; the synthetic market has no depth. */
function drawSizes(contract: Contract, at: Instant): QuoteSizes {
  const key = hashKey(hashString(0x517e, String(contract.conId)), Math.floor(at / second));
  const unit = contract.kind === 'spot' ? 100 : 1;
  const size = (number: number): number => unit * (1 + Math.floor(12 * drawUniform(key, number)));
  return { bid: size(0), ask: size(1), last: size(2) };
}

function createPriceTicks(quote: Quote, tickTypes: TickTypeIds, sizes: QuoteSizes): readonly Tick[] {
  const ticks: Tick[] = [];
  const price = (type: number, value: number | null, size: number, attributes: number): void => {
    if (value !== null) ticks.push({ type, encode: (id) => encodeTickPrice(id, type, value, size, attributes) });
  };
  const size = (type: number, value: number): void => {
    ticks.push({ type, encode: (id) => encodeTickSize(id, type, value) });
  };
  const quoted = quote.bid !== null && quote.ask !== null;
  price(tickTypes.bid, quote.bid, sizes.bid, 1);
  price(tickTypes.ask, quote.ask, sizes.ask, 1);
  price(tickTypes.last, quote.last, quoted ? sizes.last : 0, 0);
  if (quoted) {
    size(tickTypes.bidSize, sizes.bid);
    size(tickTypes.askSize, sizes.ask);
    size(tickTypes.lastSize, sizes.last);
    size(tickTypes.volume, quote.volume);
  }
  price(tickTypes.high, quote.high, 0, 0);
  price(tickTypes.low, quote.low, 0, 0);
  price(tickTypes.close, quote.previousClose, 0, 0);
  price(tickTypes.open, quote.open, 0, 0);
  const seconds = String(Math.floor(quote.at / second));
  ticks.push({
    type: tickTypes.lastTimestamp,
    encode: (id) => encodeTickString(id, tickTypes.lastTimestamp, seconds),
  });
  return ticks;
}

/** Creates the option computations of bid, ask and last, and that of the model, which is the market's own. */
function createComputationTicks(option: Option, quote: OptionQuote, tickTypes: TickTypeIds): readonly Tick[] {
  const { calendar } = option.underlying;
  const getClose = (date: string): Instant =>
    calendar.sessions(date, addDays(date, 1))[0]?.close ?? calendar.startOf(addDays(date, 1));
  const times = { close: getClose(calendar.dateAt(quote.at)), expiry: getClose(option.listed.expiry) };
  const { listed } = option;
  const { underlyingPrice } = quote;
  const compute = (price: number | null, impliedVolatility: number | null): OptionComputation => {
    if (price === null || impliedVolatility === null) {
      return {
        impliedVolatility: null,
        delta: null,
        price,
        gamma: null,
        vega: null,
        theta: null,
        underlyingPrice,
      };
    }
    const { delta, gamma, vega, theta } = computeOptionGreeks(listed, { underlyingPrice, impliedVolatility }, times);
    return {
      impliedVolatility: roundGreek(impliedVolatility),
      delta: roundGreek(delta),
      price,
      gamma: roundGreek(gamma),
      vega: roundGreek(vega),
      theta: roundGreek(theta),
      underlyingPrice,
    };
  };
  /** Every price implies a volatility of its own. */
  const tick = (type: number, price: number | null): Tick => {
    const implied = price === null ? null : computeImpliedVolatility(listed, underlyingPrice, price, times);
    const computation = compute(price, implied);
    return { type, encode: (id) => encodeTickOption(id, type, computation) };
  };
  const middle = quote.bid === null || quote.ask === null ? quote.last : roundGreek((quote.bid + quote.ask) / 2);
  const model = compute(middle, quote.impliedVolatility);
  return [
    tick(tickTypes.bidOption, quote.bid),
    tick(tickTypes.askOption, quote.ask),
    tick(tickTypes.lastOption, quote.last),
    { type: tickTypes.modelOption, encode: (id) => encodeTickOption(id, tickTypes.modelOption, model) },
  ];
}

function createOptionGenericTicks(
  { listed }: Option,
  quote: OptionQuote,
  genericTicks: ReadonlySet<number>,
): readonly Tick[] {
  const ticks: Tick[] = [];
  const size = (type: number, value: number): void => {
    ticks.push({ type, encode: (id) => encodeTickSize(id, type, value) });
  };
  const isCall = listed.right === 'C';
  if (genericTicks.has(101)) {
    size(genericTickTypes.callOpenInterest, isCall ? quote.openInterest : 0);
    size(genericTickTypes.putOpenInterest, isCall ? 0 : quote.openInterest);
  }
  if (genericTicks.has(100)) {
    size(genericTickTypes.callVolume, isCall ? quote.volume : 0);
    size(genericTickTypes.putVolume, isCall ? 0 : quote.volume);
  }
  return ticks;
}

/** Creates the generic ticks of a stock or index; only `shortable` is supported. */
function createSpotGenericTicks(genericTicks: ReadonlySet<number>): readonly Tick[] {
  const ticks: Tick[] = [];
  const value = (type: number, number: number): void => {
    ticks.push({ type, encode: (id) => encodeTickGeneric(id, type, number) });
  };
  if (genericTicks.has(236)) value(genericTickTypes.shortable, 3);
  return ticks;
}

function roundGreek(value: number): number {
  return Math.round(value * 1e8) / 1e8;
}
