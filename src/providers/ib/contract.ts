import type { Instrument, OptionContract } from '../../core/series.js';
import { gatewayDate } from './times.js';
import type { WireContract } from './wire.js';

/** A future by the name of its contract, such as `ESZ6`; other names mean the continuous future. */
const futureName = /^[A-Z0-9]{1,4}[FGHJKMNQUVXZ]\d{1,2}$/;

/** How the gateway finds an instrument. */
export function instrumentContract({ symbol, kind, exchange, currency }: Instrument): WireContract {
  switch (kind) {
    case 'stock':
    case 'etf':
      return { symbol, secType: 'STK', exchange, currency };
    case 'index':
      return { symbol, secType: 'IND', exchange, currency };
    case 'future':
      return futureName.test(symbol)
        ? { localSymbol: symbol, secType: 'FUT', exchange, currency }
        : { symbol, secType: 'CONTFUT', exchange, currency };
  }
}

/** Index options are routed by `SMART` like those of stocks, whatever exchange computes the index. */
function optionExchange({ kind, exchange, currency }: Instrument): string {
  return kind === 'index' && currency === 'USD' ? 'SMART' : exchange;
}

/** How the gateway finds an option: by its number where that is known. */
export function optionContract(instrument: Instrument, { expiry, strike, right, conId }: OptionContract): WireContract {
  const exchange = optionExchange(instrument);
  if (conId !== null) return { conId, exchange };
  const secType = instrument.kind === 'future' ? 'FOP' : 'OPT';
  const { symbol, currency } = instrument;
  return { symbol, secType, expiry: gatewayDate(expiry), strike, right, exchange, currency };
}
