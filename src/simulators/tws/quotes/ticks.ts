import { keyOf, keyOfText, uniform } from '../../../core/random.js';
import { addDays, minute, second } from '../../../core/time.js';
import type { Instant } from '../../../core/time.js';
import type { Market } from '../../../market/market.js';
import { optionGreeks } from '../../../market/option-greeks.js';
import type { OptionQuote, Quote } from '../../../market/quote.js';
import type { Contract, Option } from '../contracts/book.js';
import type { OptionComputation } from '../wire/messages.js';
import { tickGeneric, tickOption, tickPrice, tickSize, tickString } from '../wire/messages.js';
import { delayedTicks, liveTicks, moreTicks } from './tick-types.js';
import type { TickNumbers } from './tick-types.js';

/** One thing a screen shows, with the number of its type. */
export interface Tick {
  readonly type: number;
  message(id: number): Buffer;
}

/** How data is shown: as it happens, or a quarter of an hour late. */
export type Delivery = 'live' | 'delayed';

/** How late delayed data is. */
const lateness = 15 * minute;

/** What a screen shows of a contract at an instant, in the order in which it is sent; nothing before anything has traded. */
export function ticksOf(
  market: Market,
  contract: Contract,
  now: Instant,
  delivery: Delivery,
  generic: ReadonlySet<number>,
): readonly Tick[] {
  const at = delivery === 'live' ? now : now - lateness;
  const numbers = delivery === 'live' ? liveTicks : delayedTicks;
  if (contract.kind === 'spot') {
    const found = market.quote(contract.instrument, at);
    if (!found.found || found.value === null) return [];
    return [...priceTicks(found.value, numbers, sizesFor(contract, found.value.at)), ...spotGenerics(generic)];
  }
  const found = market.optionQuote(contract.underlying.instrument, contract.listed, at);
  if (!found.found || found.value === null) return [];
  return [
    ...priceTicks(found.value, numbers, sizesFor(contract, found.value.at)),
    ...computations(contract, found.value, numbers),
    ...optionGenerics(contract, found.value, generic),
  ];
}

/** Sizes of the best quotes and of the last trade. */
interface Sizes {
  readonly bid: number;
  readonly ask: number;
  readonly last: number;
}

/** The market has no depth of its own: sizes are drawn by contract and second. */
function sizesFor(contract: Contract, at: Instant): Sizes {
  const key = keyOf(keyOfText(0x517e, String(contract.conId)), Math.floor(at / second));
  const unit = contract.kind === 'spot' ? 100 : 1;
  const size = (number: number): number => unit * (1 + Math.floor(12 * uniform(key, number)));
  return { bid: size(0), ask: size(1), last: size(2) };
}

function priceTicks(quote: Quote, numbers: TickNumbers, sizes: Sizes): readonly Tick[] {
  const ticks: Tick[] = [];
  const price = (type: number, value: number | null, size: number, attributes: number): void => {
    if (value !== null) ticks.push({ type, message: (id) => tickPrice(id, type, value, size, attributes) });
  };
  const size = (type: number, value: number): void => {
    ticks.push({ type, message: (id) => tickSize(id, type, value) });
  };
  const quoted = quote.bid !== null && quote.ask !== null;
  price(numbers.bid, quote.bid, sizes.bid, 1);
  price(numbers.ask, quote.ask, sizes.ask, 1);
  price(numbers.last, quote.last, quoted ? sizes.last : 0, 0);
  if (quoted) {
    size(numbers.bidSize, sizes.bid);
    size(numbers.askSize, sizes.ask);
    size(numbers.lastSize, sizes.last);
    size(numbers.volume, quote.volume);
  }
  price(numbers.high, quote.high, 0, 0);
  price(numbers.low, quote.low, 0, 0);
  price(numbers.close, quote.previousClose, 0, 0);
  price(numbers.open, quote.open, 0, 0);
  const seconds = String(Math.floor(quote.at / second));
  ticks.push({
    type: numbers.lastTimestamp,
    message: (id) => tickString(id, numbers.lastTimestamp, seconds),
  });
  return ticks;
}

/** What the quotes, the last trade and the model say about an option. */
function computations(option: Option, quote: OptionQuote, numbers: TickNumbers): readonly Tick[] {
  const { calendar } = option.underlying;
  const closeOf = (date: string): Instant =>
    calendar.sessions(date, addDays(date, 1))[0]?.close ?? calendar.startOf(addDays(date, 1));
  const times = { close: closeOf(calendar.dateAt(quote.at)), expiry: closeOf(option.listed.expiry) };
  const { delta, gamma, vega, theta } = optionGreeks(option.listed, quote, times);
  const computed = {
    impliedVolatility: rounded(quote.impliedVolatility),
    delta: rounded(delta),
    gamma: rounded(gamma),
    vega: rounded(vega),
    theta: rounded(theta),
    underlyingPrice: quote.underlyingPrice,
  };
  const tick = (type: number, value: OptionComputation): Tick => ({
    type,
    message: (id) => tickOption(id, type, value),
  });
  return [
    tick(numbers.bidOption, { ...computed, price: quote.bid }),
    tick(numbers.askOption, { ...computed, price: quote.ask }),
    tick(numbers.lastOption, { ...computed, price: quote.last }),
    tick(numbers.modelOption, {
      ...computed,
      price: quote.bid === null || quote.ask === null ? quote.last : rounded((quote.bid + quote.ask) / 2),
    }),
  ];
}

function optionGenerics({ listed }: Option, quote: OptionQuote, generic: ReadonlySet<number>): readonly Tick[] {
  const ticks: Tick[] = [];
  const size = (type: number, value: number): void => {
    ticks.push({ type, message: (id) => tickSize(id, type, value) });
  };
  const call = listed.right === 'C';
  if (generic.has(101)) {
    size(moreTicks.callOpenInterest, call ? quote.openInterest : 0);
    size(moreTicks.putOpenInterest, call ? 0 : quote.openInterest);
  }
  if (generic.has(100)) {
    size(moreTicks.callVolume, call ? quote.volume : 0);
    size(moreTicks.putVolume, call ? 0 : quote.volume);
  }
  return ticks;
}

/** Of what is told besides on request, a stock here has only that it is not halted and can be sold short. */
function spotGenerics(generic: ReadonlySet<number>): readonly Tick[] {
  const ticks: Tick[] = [];
  const value = (type: number, number: number): void => {
    ticks.push({ type, message: (id) => tickGeneric(id, type, number) });
  };
  if (generic.has(236)) value(moreTicks.shortable, 3);
  return ticks;
}

function rounded(value: number): number {
  return Math.round(value * 1e8) / 1e8;
}
