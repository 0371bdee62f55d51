import type { Instrument, OptionContract } from '../../../core/series.js';
import { formatGatewayDate } from './gateway-time.js';
import type { WireContract } from '../gateway/wire.js';

/** The local symbol of a future, such as `ESZ6`; any other name means the continuous future. */
const futureContractPattern = /^[A-Z0-9]{1,4}[FGHJKMNQUVXZ]\d{1,2}$/;

/** Identifies an instrument by its number if that is known, else by its symbol. */
export function toWireContract({ symbol, kind, exchange, currency, ids = {} }: Instrument): WireContract {
  const { conId, primaryExchange } = ids;
  if (conId !== undefined) return { secType: null, conId, exchange };
  const listed = primaryExchange === undefined ? {} : { primaryExch: primaryExchange };
  switch (kind) {
    case 'stock':
    case 'etf':
      return { symbol, secType: 'STK', exchange, currency, ...listed };
    case 'index':
      return { symbol, secType: 'IND', exchange, currency, ...listed };
    case 'future':
      return futureContractPattern.test(symbol)
        ? { localSymbol: symbol, secType: 'FUT', exchange, currency }
        : { symbol, secType: 'CONTFUT', exchange, currency };
  }
}

/** Identifies an instrument in a request for details, also by an ISIN or a FIGI. */
export function toDetailsContract(instrument: Instrument): WireContract {
  const { kind, exchange, currency, ids = {} } = instrument;
  const { isin, figi, primaryExchange } = ids;
  const secId = isin ?? figi;
  if (secId === undefined) return toWireContract(instrument);
  const secType = kind === 'index' ? 'IND' : 'STK';
  const listed = primaryExchange === undefined ? {} : { primaryExch: primaryExchange };
  return { secType, secIdType: isin === undefined ? 'FIGI' : 'ISIN', secId, exchange, currency, ...listed };
}

/** Options on US indices are routed by `SMART` like those on stocks, whatever exchange computes the index. */
function getOptionExchange({ kind, exchange, currency }: Instrument): string {
  return kind === 'index' && currency === 'USD' ? 'SMART' : exchange;
}

/** Identifies an option by its number if that is known, else by its terms. */
export function toWireOption(
  instrument: Instrument,
  { expiry, strike, right, conId, isOtherClass, tradingClass }: OptionContract,
): WireContract {
  const exchange = getOptionExchange(instrument);
  if (conId !== null) return { secType: null, conId, exchange };
  const secType = instrument.kind === 'future' ? 'FOP' : 'OPT';
  const { symbol, currency } = instrument;
  const terms = { symbol, secType, expiry: formatGatewayDate(expiry), strike, right, exchange, currency } as const;
  return isOtherClass === true && tradingClass !== undefined ? { ...terms, tradingClass } : terms;
}
