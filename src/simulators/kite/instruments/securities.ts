import { knownIndianName } from '../../../market/indian-names.js';
import { knownName } from '../../../market/known-names.js';
import { tokenOf } from './instrument.js';
import type { KiteExchange, KiteInstrument } from './instrument.js';
import { bombayCode, optionableStocks, smallStocks, stateLoans } from './stocks.js';

/** Where the made-up ones are numbered from, far from what is really there. */
const firstSmall = 40_001;
const firstLoan = 60_001;
const firstBombaySmall = 543_001;
const firstBombayLoan = 950_001;

/** Shares and loans of both exchanges; the same every day. */
export function securities(): readonly KiteInstrument[] {
  const loans = stateLoans(6_400);
  return [
    ...optionableStocks.map(({ symbol, exchangeToken }) => security('NSE', symbol, exchangeToken)),
    ...smallStocks.map((symbol, index) => security('NSE', symbol, firstSmall + index)),
    ...loans.map((symbol, index) => security('NSE', symbol, firstLoan + index)),
    ...optionableStocks.map(({ symbol }, index) => security('BSE', symbol, bombayCode(symbol, index))),
    ...smallStocks.map((symbol, index) => security('BSE', symbol, firstBombaySmall + index)),
    ...loans.map((symbol, index) => security('BSE', symbol.replace('-SG', ''), firstBombayLoan + index)),
  ];
}

function security(exchange: KiteExchange & ('NSE' | 'BSE'), symbol: string, exchangeToken: number): KiteInstrument {
  const calendar = exchange === 'NSE' ? 'XNSE' : 'XBOM';
  return {
    token: tokenOf(exchangeToken, exchange),
    exchangeToken,
    tradingsymbol: symbol,
    name: (knownIndianName(symbol) ?? knownName(symbol))?.name.toUpperCase() ?? symbol,
    expiry: null,
    strike: 0,
    tickSize: 0.05,
    lotSize: 1,
    type: 'EQ',
    segment: exchange,
    exchange,
    source: { symbol, kind: 'stock', exchange, currency: 'INR', calendar },
    option: null,
  };
}
