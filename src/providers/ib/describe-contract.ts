import type { CallParameters } from '../../core/request.js';
import type { WireContract } from './gateway/wire.js';

/** The terms by which a call names its contract, as the gateway calls them: its number if that is known. */
export function describeContract(contract: WireContract): CallParameters {
  const { exchange } = contract;
  switch (contract.secType) {
    case null:
      return { con_id: contract.conId, exchange };
    case 'FUT':
      return { local_symbol: contract.localSymbol, sec_type: contract.secType, exchange };
    case 'OPT':
    case 'FOP': {
      const { symbol, secType, expiry, strike, right, tradingClass } = contract;
      const terms = { symbol, sec_type: secType, expiry, strike, right, exchange };
      return tradingClass === undefined ? terms : { ...terms, trading_class: tradingClass };
    }
    case 'STK':
    case 'IND':
    case 'CONTFUT': {
      const { secType, currency, primaryExch } = contract;
      const listed = primaryExch === undefined ? {} : { primary_exchange: primaryExch };
      const name =
        'secId' in contract ? { [contract.secIdType.toLowerCase()]: contract.secId } : { symbol: contract.symbol };
      return { ...name, sec_type: secType, exchange, currency, ...listed };
    }
  }
}
