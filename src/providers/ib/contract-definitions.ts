import type { ContractDetails } from '@stoqey/ib';

import type { Calendar } from '../../core/time/calendar.js';
import type { Failure } from '../../core/failure.js';
import type { FetchOutcome } from '../../core/request.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import type { Instrument, OptionContract } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import { toChainRows } from './mapping/option-chain.js';
import { toDetailsContract, toWireOption } from './mapping/wire-contract.js';
import {
  chooseDetails,
  chooseOption,
  findMismatch,
  isOtherOption,
  toContractId,
  toContractRows,
} from './mapping/contract-details.js';
import { toIbFailure } from './failures.js';
import type { GatewayClient } from './gateway/gateway-client.js';
import { buildContractDetailsRequest, buildOptionParametersRequest } from './build-requests.js';
import type { WireContract } from './gateway/wire.js';

/** Looks up contracts; the results are cached for the lifetime of the provider. */
export interface ContractDefinitions {
  fetchContract(instrument: Instrument, signal: AbortSignal): Promise<FetchOutcome>;
  /** Adds the number of an instrument that has an ISIN or a FIGI; only a request for details accepts those. */
  identify(instrument: Instrument, signal: AbortSignal): Promise<Result<Instrument, Failure>>;
  fetchChain(instrument: Instrument, calendar: Calendar, now: Instant, signal: AbortSignal): Promise<FetchOutcome>;
  /** Identifies an option, by its number if that was looked up before. */
  resolveOption(instrument: Instrument, contract: OptionContract): WireContract;
  /** Looks up the number of an option whose terms match several contracts; false if there is none. */
  disambiguate(instrument: Instrument, contract: OptionContract, signal: AbortSignal): Promise<boolean>;
}

type DetailsResult =
  { readonly kind: 'found'; readonly details: ContractDetails } | Extract<FetchOutcome, { kind: 'failure' }>;

export function createContractDefinitions(gateway: GatewayClient): ContractDefinitions {
  const details = new Map<string, ContractDetails>();
  const optionIds = new Map<string, number>();
  const getInstrumentKey = ({ symbol, kind, exchange, currency, ids }: Instrument): string =>
    [symbol, kind, exchange, currency, JSON.stringify(ids)].join('|');
  const getOptionKey = (instrument: Instrument, option: OptionContract): string =>
    [
      ...[getInstrumentKey(instrument), option.expiry, option.strike, option.right],
      option.isOtherClass === true ? option.tradingClass : '',
    ].join('|');

  const lookUpDetails = async (instrument: Instrument, signal: AbortSignal): Promise<DetailsResult> => {
    const reply = await gateway.send(buildContractDetailsRequest(toDetailsContract(instrument)), signal);
    if (!reply.ok) return { kind: 'failure', failure: toIbFailure(reply.error) };
    const matches = reply.value.filter((one) => findMismatch(one, instrument) === null);
    const [other] = reply.value;
    if (matches.length === 0 && other !== undefined) {
      const { symbol, exchange, currency } = instrument;
      const answer = findMismatch(other, instrument) ?? 'another contract';
      const message = `IB answered the request for ${symbol} at ${exchange} in ${currency} with ${answer}`;
      return { kind: 'failure', failure: { kind: 'invalid', code: 'other-contract', message } };
    }
    const choice = chooseDetails(matches);
    if (choice.kind === 'one') {
      details.set(getInstrumentKey(instrument), choice.details);
      return { kind: 'found', details: choice.details };
    }
    const { symbol, exchange, currency } = instrument;
    const message =
      choice.kind === 'none'
        ? `no security definition has been found for ${symbol} at ${exchange} in ${currency}`
        : `${symbol} at ${exchange} in ${currency} is ambiguous (${choice.names.join(' or ')}): set its exchange, primary_exchange or con_id`;
    return { kind: 'failure', failure: { kind: 'invalid', code: '200', message } };
  };

  return {
    async fetchContract(instrument, signal) {
      const found = await lookUpDetails(instrument, signal);
      if (found.kind === 'failure') return found;
      return { kind: 'rows', rows: toContractRows(found.details), answeredWindow: null };
    },

    async identify(instrument, signal) {
      const { ids = {} } = instrument;
      if (ids.isin === undefined && ids.figi === undefined) return ok(instrument);
      const known = details.get(getInstrumentKey(instrument));
      const found: DetailsResult =
        known === undefined ? await lookUpDetails(instrument, signal) : { kind: 'found', details: known };
      if (found.kind === 'failure') return err(found.failure);
      const conId = toContractId(found.details.contract.conId);
      if (conId === undefined) return ok(instrument);
      const identified = { ...instrument, ids: { conId } };
      details.set(getInstrumentKey(identified), found.details);
      return ok(identified);
    },

    async fetchChain(instrument, calendar, now, signal) {
      const known = details.get(getInstrumentKey(instrument));
      const found: DetailsResult =
        known === undefined ? await lookUpDetails(instrument, signal) : { kind: 'found', details: known };
      if (found.kind === 'failure') return found;
      const { conId, secType, symbol = instrument.symbol, exchange = '' } = found.details.contract;
      // A contract without a type has no options.
      if (secType === undefined) return { kind: 'empty' };
      const exchangeName = instrument.kind === 'future' ? exchange : '';
      const reply = await gateway.send(
        buildOptionParametersRequest({ symbol, exchange: exchangeName, secType, conId: toContractId(conId) ?? 0 }),
        signal,
      );
      if (!reply.ok) {
        if (reply.error.kind === 'gateway' && reply.error.meaning.kind === 'no-data') return { kind: 'empty' };
        return { kind: 'failure', failure: toIbFailure(reply.error) };
      }
      const rows = toChainRows(symbol, instrument.exchange, calendar.dateAt(now), reply.value);
      return rows.length === 0 ? { kind: 'empty' } : { kind: 'rows', rows, answeredWindow: null };
    },

    resolveOption(instrument, contract) {
      const learnedConId = optionIds.get(getOptionKey(instrument, contract));
      return toWireOption(instrument, learnedConId === undefined ? contract : { ...contract, conId: learnedConId });
    },

    async disambiguate(instrument, contract, signal) {
      const reply = await gateway.send(buildContractDetailsRequest(toWireOption(instrument, contract)), signal);
      const conId = reply.ok
        ? chooseOption(
            instrument.symbol,
            reply.value.filter((one) => !isOtherOption(one, instrument.symbol, contract)),
          )
        : null;
      if (conId === null) return false;
      optionIds.set(getOptionKey(instrument, contract), conId);
      return true;
    },
  };
}
