import { findKnownIndianInstrument } from '../../../market/instruments/known-indian-instruments.js';
import { findKnownInstrument } from '../../../market/instruments/known-instruments.js';
import { toToken } from './instrument.js';
import type { KiteExchange, KiteInstrument } from './instrument.js';
import { getBseScripCode, optionableStocks, smallStocks, createStateLoans } from './stocks.js';

/** First exchange token of generated securities, outside the range of real ones. */
const firstSmallStockNumber = 40_001;
const firstLoanNumber = 60_001;
const firstBseSmallStockNumber = 543_001;
const firstBseLoanNumber = 950_001;

/** Lists the shares and bonds of both exchanges; the same every day. */
export function listSecurities(): readonly KiteInstrument[] {
  const loans = createStateLoans(6_400);
  return [
    ...optionableStocks.map(({ symbol, exchangeToken }) => createSecurity('NSE', symbol, exchangeToken)),
    ...smallStocks.map((symbol, index) => createSecurity('NSE', symbol, firstSmallStockNumber + index)),
    ...loans.map((symbol, index) => createSecurity('NSE', symbol, firstLoanNumber + index)),
    ...optionableStocks.map(({ symbol }, index) => createSecurity('BSE', symbol, getBseScripCode(symbol, index))),
    ...smallStocks.map((symbol, index) => createSecurity('BSE', symbol, firstBseSmallStockNumber + index)),
    ...loans.map((symbol, index) => createSecurity('BSE', symbol.replace('-SG', ''), firstBseLoanNumber + index)),
  ];
}

function createSecurity(
  exchange: KiteExchange & ('NSE' | 'BSE'),
  symbol: string,
  exchangeToken: number,
): KiteInstrument {
  const calendar = exchange === 'NSE' ? 'XNSE' : 'XBOM';
  return {
    token: toToken(exchangeToken, exchange),
    exchangeToken,
    tradingsymbol: symbol,
    name: (findKnownIndianInstrument(symbol) ?? findKnownInstrument(symbol))?.name.toUpperCase() ?? symbol,
    expiry: null,
    strike: 0,
    tickSize: 0.05,
    lotSize: 1,
    type: 'EQ',
    segment: exchange,
    exchange,
    marketInstrument: { symbol, kind: 'stock', exchange, currency: 'INR', calendar },
    option: null,
  };
}
