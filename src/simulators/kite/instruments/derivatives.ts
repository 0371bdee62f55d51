import type { Instrument } from '../../../core/series.js';
import type { Instant, LocalDate } from '../../../core/time/time.js';
import type { ListedOption } from '../../../market/options/option-chain.js';
import type { Market } from '../../../market/market.js';
import { blockSize, futureNumber, optionNumber } from './contract-numbers.js';
import type { NumberBlock } from './contract-numbers.js';
import { toToken } from './instrument.js';
import type { KiteInstrument } from './instrument.js';
import { optionableStocks } from './stocks.js';

type DerivativeExchange = 'NFO' | 'BFO' | 'CDS' | 'MCX';

/** An underlying with the numbers of its options and futures. */
export interface UnderlyingBlock {
  readonly exchange: DerivativeExchange;
  readonly instrument: Instrument;
  readonly block: NumberBlock;
}

/** Futures listed at once. */
const futureCount = 3;

const indexBlock = { expirySlots: 128, unit: 'week', strikes: 1_024 } as const;
const stockBlock = { expirySlots: 6, unit: 'month', strikes: 160 } as const;

const derivativeExchanges: readonly {
  readonly exchange: DerivativeExchange;
  readonly calendar: string;
  readonly firstNumber: number;
  readonly indices: readonly string[];
  readonly stocks: readonly string[];
}[] = [
  {
    exchange: 'NFO',
    calendar: 'XNSE',
    firstNumber: 35_001,
    indices: ['NIFTY', 'BANKNIFTY', 'FINNIFTY', 'MIDCPNIFTY', 'NIFTYNXT50'],
    stocks: optionableStocks.map(({ symbol }) => symbol),
  },
  {
    exchange: 'BFO',
    calendar: 'XBOM',
    firstNumber: 800_001,
    indices: ['SENSEX', 'BANKEX'],
    // BSE lists options on about half of the stocks.
    stocks: optionableStocks.filter((_, index) => index % 2 === 1).map(({ symbol }) => symbol),
  },
  {
    exchange: 'CDS',
    calendar: 'XNSE',
    firstNumber: 1_001,
    indices: ['USDINR', 'EURINR', 'GBPINR', 'JPYINR'],
    stocks: [],
  },
  {
    exchange: 'MCX',
    calendar: 'XNSE',
    firstNumber: 110_001,
    indices: ['GOLD', 'GOLDM', 'SILVER', 'SILVERM', 'CRUDEOIL', 'NATURALGAS', 'COPPER', 'ZINC'],
    stocks: [],
  },
];

/** All underlyings, in the order of the dump. */
export const underlyings: readonly UnderlyingBlock[] = derivativeExchanges.flatMap(
  ({ exchange, calendar, firstNumber, indices, stocks }) => {
    let first = firstNumber;
    const createUnderlying = (symbol: string, kind: 'index' | 'stock'): UnderlyingBlock => {
      const block = { first, ...(kind === 'index' ? indexBlock : stockBlock) };
      first += blockSize(block);
      // The underlying trades on the cash segment of the exchange.
      const cashExchange = exchange === 'BFO' ? 'BSE' : 'NSE';
      return { exchange, block, instrument: { symbol, kind, exchange: cashExchange, currency: 'INR', calendar } };
    };
    return [
      ...indices.map((symbol) => createUnderlying(symbol, 'index')),
      ...stocks.map((symbol) => createUnderlying(symbol, 'stock')),
    ];
  },
);

/** Lists the futures and options on an underlying at an instant. */
export function listDerivatives(market: Market, underlying: UnderlyingBlock, at: Instant): readonly KiteInstrument[] {
  const chain = market.chain(underlying.instrument, at);
  return chain.found ? [...listFutures(underlying, chain.value), ...listOptions(underlying, chain.value)] : [];
}

/** Finds the underlying whose block of numbers contains a token. */
export function underlyingOfToken(token: number): UnderlyingBlock | undefined {
  return underlyings.find(({ exchange, block }) => {
    const number = (token - toToken(0, exchange)) / 256;
    return Number.isInteger(number) && number >= block.first && number < block.first + blockSize(block);
  });
}

/** Finds the underlyings whose contracts may have a key such as `NFO:NIFTY26NOVFUT`. */
export function underlyingsOfKey(key: string): readonly UnderlyingBlock[] {
  return underlyings.filter(({ exchange, instrument }) => key.startsWith(`${exchange}:${instrument.symbol}`));
}

function listOptions(
  { exchange, instrument, block }: UnderlyingBlock,
  chain: readonly ListedOption[],
): readonly KiteInstrument[] {
  let expiry = '';
  let strikeStep = 1;
  return chain.map((option, index) => {
    if (option.expiry !== expiry) {
      ({ expiry } = option);
      // Calls and puts alternate, so the next strike is two rows ahead.
      const next = chain[index + 2];
      strikeStep = next?.expiry === expiry ? next.strike - option.strike : option.strike;
    }
    const exchangeToken = optionNumber(block, expiry, option.strike, strikeStep, option.right);
    return {
      token: toToken(exchangeToken, exchange),
      exchangeToken,
      tradingsymbol: option.localSymbol,
      name: instrument.symbol,
      expiry,
      strike: option.strike,
      tickSize: getTickSize(exchange),
      lotSize: option.multiplier,
      type: option.right === 'C' ? 'CE' : 'PE',
      segment: `${exchange}-OPT`,
      exchange,
      marketInstrument: instrument,
      option: { expiry, strike: option.strike, right: option.right },
    };
  });
}

function listFutures(
  { exchange, instrument, block }: UnderlyingBlock,
  chain: readonly ListedOption[],
): readonly KiteInstrument[] {
  return findMonthlyExpiries(chain).map(({ expiry, multiplier }) => {
    const exchangeToken = futureNumber(block, expiry);
    return {
      token: toToken(exchangeToken, exchange),
      exchangeToken,
      tradingsymbol: `${instrument.symbol}${expiry.slice(2, 4)}${formatMonth(expiry)}FUT`,
      name: instrument.symbol,
      expiry,
      strike: 0,
      tickSize: getTickSize(exchange),
      lotSize: multiplier,
      type: 'FUT',
      segment: `${exchange}-FUT`,
      exchange,
      marketInstrument: { ...instrument, kind: 'future' },
      option: null,
    };
  });
}

/** Finds an option with the last expiry of each of the next months. */
function findMonthlyExpiries(chain: readonly ListedOption[]): readonly ListedOption[] {
  const lastOfMonth = new Map<string, ListedOption>();
  for (const option of chain) lastOfMonth.set(option.expiry.slice(0, 7), option);
  return [...lastOfMonth.values()].slice(0, futureCount);
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;

function formatMonth(date: LocalDate): string {
  return monthNames[Number(date.slice(5, 7)) - 1] ?? '';
}

function getTickSize(exchange: DerivativeExchange): number {
  return exchange === 'CDS' ? 0.0025 : exchange === 'MCX' ? 0.5 : 0.05;
}
