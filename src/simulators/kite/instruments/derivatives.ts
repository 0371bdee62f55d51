import type { Instrument } from '../../../core/series.js';
import type { Instant, LocalDate } from '../../../core/time.js';
import type { ListedOption } from '../../../market/listing.js';
import type { Market } from '../../../market/market.js';
import { blockLength, futureNumber, optionNumber } from './contract-numbers.js';
import type { NumberBlock } from './contract-numbers.js';
import { tokenOf } from './instrument.js';
import type { KiteInstrument } from './instrument.js';
import { optionableStocks } from './stocks.js';

type DerivativeExchange = 'NFO' | 'BFO' | 'CDS' | 'MCX';

/** An instrument that options and futures are written on, with the numbers of those contracts. */
export interface Underlying {
  readonly exchange: DerivativeExchange;
  readonly source: Instrument;
  readonly block: NumberBlock;
}

/** How many futures there are at once. */
const futuresListed = 3;

const indexBlock = { places: 128, unit: 'week', strikes: 1_024 } as const;
const stockBlock = { places: 6, unit: 'month', strikes: 160 } as const;

const groups: readonly {
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
    // BSE has options on about half of them.
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

/** Every instrument with contracts, in the order of the dump. */
export const underlyings: readonly Underlying[] = groups.flatMap(
  ({ exchange, calendar, firstNumber, indices, stocks }) => {
    let first = firstNumber;
    const underlying = (symbol: string, kind: 'index' | 'stock'): Underlying => {
      const block = { first, ...(kind === 'index' ? indexBlock : stockBlock) };
      first += blockLength(block);
      // What an option is written on trades on the exchange's cash side.
      const cash = exchange === 'BFO' ? 'BSE' : 'NSE';
      return { exchange, block, source: { symbol, kind, exchange: cash, currency: 'INR', calendar } };
    };
    return [
      ...indices.map((symbol) => underlying(symbol, 'index')),
      ...stocks.map((symbol) => underlying(symbol, 'stock')),
    ];
  },
);

/** The futures and options on an underlying that are listed at an instant. */
export function derivatives(market: Market, underlying: Underlying, at: Instant): readonly KiteInstrument[] {
  const chain = market.chain(underlying.source, at);
  return chain.found ? [...futures(underlying, chain.value), ...options(underlying, chain.value)] : [];
}

/** The underlying whose contracts may have a token. */
export function underlyingOfToken(token: number): Underlying | undefined {
  return underlyings.find(({ exchange, block }) => {
    const number = (token - tokenOf(0, exchange)) / 256;
    return Number.isInteger(number) && number >= block.first && number < block.first + blockLength(block);
  });
}

/** The underlyings whose contracts may have a name such as `NFO:NIFTY26NOVFUT`. */
export function underlyingsOfKey(key: string): readonly Underlying[] {
  return underlyings.filter(({ exchange, source }) => key.startsWith(`${exchange}:${source.symbol}`));
}

function options({ exchange, source, block }: Underlying, chain: readonly ListedOption[]): readonly KiteInstrument[] {
  let expiry = '';
  let step = 1;
  return chain.map((option, index) => {
    if (option.expiry !== expiry) {
      ({ expiry } = option);
      // Calls and puts alternate, so that the next strike stands two places on.
      const next = chain[index + 2];
      step = next?.expiry === expiry ? next.strike - option.strike : option.strike;
    }
    const exchangeToken = optionNumber(block, expiry, option.strike, step, option.right);
    return {
      token: tokenOf(exchangeToken, exchange),
      exchangeToken,
      tradingsymbol: option.localSymbol,
      name: source.symbol,
      expiry,
      strike: option.strike,
      tickSize: tickSizeOf(exchange),
      lotSize: option.multiplier,
      type: option.right === 'C' ? 'CE' : 'PE',
      segment: `${exchange}-OPT`,
      exchange,
      source,
      option: { expiry, strike: option.strike, right: option.right },
    };
  });
}

function futures({ exchange, source, block }: Underlying, chain: readonly ListedOption[]): readonly KiteInstrument[] {
  return monthlyExpiries(chain).map(({ expiry, multiplier }) => {
    const exchangeToken = futureNumber(block, expiry);
    return {
      token: tokenOf(exchangeToken, exchange),
      exchangeToken,
      tradingsymbol: `${source.symbol}${expiry.slice(2, 4)}${monthName(expiry)}FUT`,
      name: source.symbol,
      expiry,
      strike: 0,
      tickSize: tickSizeOf(exchange),
      lotSize: multiplier,
      type: 'FUT',
      segment: `${exchange}-FUT`,
      exchange,
      source: { ...source, kind: 'future' },
      option: null,
    };
  });
}

/** The last expiry of each of the next months, with an option's size. */
function monthlyExpiries(chain: readonly ListedOption[]): readonly ListedOption[] {
  const lastOfMonth = new Map<string, ListedOption>();
  for (const option of chain) lastOfMonth.set(option.expiry.slice(0, 7), option);
  return [...lastOfMonth.values()].slice(0, futuresListed);
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;

function monthName(date: LocalDate): string {
  return monthNames[Number(date.slice(5, 7)) - 1] ?? '';
}

function tickSizeOf(exchange: DerivativeExchange): number {
  return exchange === 'CDS' ? 0.0025 : exchange === 'MCX' ? 0.5 : 0.05;
}
