import type { Instrument, OptionContract } from '../../../core/series.js';
import { formatGatewayDate } from './gateway-time.js';
import type { WireContract } from '../gateway/wire.js';

/** A future by the name of its contract, such as `ESZ6`; other names mean the continuous future. */
const futureContractPattern = /^[A-Z0-9]{1,4}[FGHJKMNQUVXZ]\d{1,2}$/;

/** How the gateway finds an instrument. */
export function toWireContract({ symbol, kind, exchange, currency }: Instrument): WireContract {
  switch (kind) {
    case 'stock':
    case 'etf':
      return { symbol, secType: 'STK', exchange, currency };
    case 'index':
      return { symbol, secType: 'IND', exchange, currency };
    case 'future':
      return futureContractPattern.test(symbol)
        ? { localSymbol: symbol, secType: 'FUT', exchange, currency }
        : { symbol, secType: 'CONTFUT', exchange, currency };
  }
}

/** Index options are routed by `SMART` like those of stocks, whatever exchange computes the index. */
function getOptionExchange({ kind, exchange, currency }: Instrument): string {
  return kind === 'index' && currency === 'USD' ? 'SMART' : exchange;
}

/** How the gateway finds an option: by its number where that is known. */
export function toWireOption(instrument: Instrument, { expiry, strike, right, conId }: OptionContract): WireContract {
  const exchange = getOptionExchange(instrument);
  if (conId !== null) return { conId, exchange };
  const secType = instrument.kind === 'future' ? 'FOP' : 'OPT';
  const { symbol, currency } = instrument;
  return { symbol, secType, expiry: formatGatewayDate(expiry), strike, right, exchange, currency };
}
