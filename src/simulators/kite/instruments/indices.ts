import { toToken } from './instrument.js';
import type { KiteExchange, KiteInstrument } from './instrument.js';

/** Trading symbol, exchange token, and the symbol in the synthetic market if it differs. */
type IndexRow = readonly [symbol: string, exchangeToken: number, marketSymbol?: string];

const nseIndices: readonly IndexRow[] = [
  ['NIFTY 50', 1001, 'NIFTY'],
  ['NIFTY MIDCAP 100', 1003],
  ['NIFTY PSU BANK', 1027],
  ['NIFTY BANK', 1016, 'BANKNIFTY'],
  ['NIFTY FIN SERVICE', 1007, 'FINNIFTY'],
  ['NIFTY MID SELECT', 1125, 'MIDCPNIFTY'],
  ['NIFTY NEXT 50', 1058, 'NIFTYNXT50'],
  ['INDIA VIX', 1035],
  ['NIFTY IT', 1015],
  ['NIFTY 100', 1018],
  ['NIFTY MIDCAP 50', 1019],
  ['NIFTY REALTY', 1020],
  ['NIFTY INFRA', 1021],
  ['NIFTY ENERGY', 1022],
  ['NIFTY FMCG', 1023],
  ['NIFTY MNC', 1024],
  ['NIFTY PHARMA', 1025],
  ['NIFTY PSE', 1026],
  ['NIFTY SERV SECTOR', 1028],
  ['NIFTY AUTO', 1029],
  ['NIFTY METAL', 1030],
  ['NIFTY MEDIA', 1031],
  ['NIFTY 200', 1033],
  ['NIFTY COMMODITIES', 1036],
  ['NIFTY CONSUMPTION', 1037],
  ['NIFTY 500', 1047],
];

const bseIndices: readonly IndexRow[] = [
  ['SENSEX', 1],
  ['BANKEX', 1072],
];

/** Lists the indices with their real tokens, which never change. */
export function listIndices(): readonly KiteInstrument[] {
  return [
    ...nseIndices.map((row) => createIndexInstrument(row, 'NSE', 'XNSE')),
    ...bseIndices.map((row) => createIndexInstrument(row, 'BSE', 'XBOM')),
  ];
}

function createIndexInstrument(
  [tradingsymbol, exchangeToken, symbol]: IndexRow,
  exchange: KiteExchange,
  calendar: string,
): KiteInstrument {
  return {
    token: toToken(exchangeToken, 'INDICES'),
    exchangeToken,
    tradingsymbol,
    name: tradingsymbol,
    expiry: null,
    strike: 0,
    tickSize: 0,
    lotSize: 0,
    type: 'EQ',
    segment: 'INDICES',
    exchange,
    marketInstrument: { symbol: symbol ?? tradingsymbol, kind: 'index', exchange, currency: 'INR', calendar },
    option: null,
  };
}
