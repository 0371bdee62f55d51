import { toQuoteRows } from '../core/tables/quote-rows.js';
import type { OptionInput } from '../core/tables/quote-rows.js';
import type { RowsOf } from '../core/tables/rows.js';
import type { OptionContract } from '../core/series.js';
import { toDayNumber } from '../core/time/time.js';
import type { ContractDetails } from '../market/instruments/contract-details.js';
import type { ListedOption } from '../market/options/option-chain.js';
import type { OptionQuote, Quote } from '../market/quote.js';

export function toContractRows(details: ContractDetails): RowsOf<'contracts'> {
  return {
    dataset: 'contracts',
    length: 1,
    columns: {
      con_id: Float64Array.of(details.conId),
      sec_type: [details.secType],
      exchange: [details.exchange],
      primary_exchange: [details.primaryExchange],
      currency: [details.currency],
      local_symbol: [details.localSymbol],
      trading_class: [details.tradingClass],
      multiplier: Float64Array.of(details.multiplier ?? NaN),
      long_name: [details.longName],
      industry: [details.industry],
      category: [details.category],
      min_tick: Float64Array.of(details.minTick),
      time_zone: [details.timeZone],
    },
  };
}

export function toChainRows(chain: readonly ListedOption[]): RowsOf<'chains'> {
  return {
    dataset: 'chains',
    length: chain.length,
    columns: {
      exchange: chain.map((option) => option.exchange),
      trading_class: chain.map((option) => option.tradingClass),
      multiplier: Float64Array.from(chain, (option) => option.multiplier),
      expiry: Float64Array.from(chain, (option) => toDayNumber(option.expiry)),
      strike: Float64Array.from(chain, (option) => option.strike),
      right: chain.map((option) => option.right),
      con_id: Float64Array.from(chain, (option) => option.conId),
      local_symbol: chain.map((option) => option.localSymbol),
    },
  };
}

export function toSpotQuoteRows({ last, bid, ask, open, high, low, previousClose, volume }: Quote): RowsOf<'quotes'> {
  return toQuoteRows({ last, bid, ask, open, high, low, close: previousClose, volume, delayed: false });
}

/** The market's volatility stands for the provider's; the market computes no Greeks. */
export function toOptionInput({ strike, right, conId }: OptionContract, quote: OptionQuote): OptionInput {
  const { bid, ask, last, volume, openInterest, underlyingPrice, impliedVolatility: iv } = quote;
  const model = { iv, delta: null, gamma: null, theta: null, vega: null };
  return { strike, right, conId, bid, ask, last, volume, openInterest, underlyingPrice, ...model, delayed: false };
}
