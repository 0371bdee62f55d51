import type { Instant } from '../../core/time/time.js';
import type { Contract, Lookup } from './contracts/contract-catalog.js';
import { createContractDescriber } from './contracts/contract-describer.js';
import { listOptionParameters } from './contracts/option-parameters.js';
import { truncateList } from './truncate-list.js';
import type { Fault } from '../../config/scenario/engine/plan-faults.js';
import { defaultMessage } from './default-messages.js';
import type { Gateway } from './gateway.js';
import type { TwsError } from './history/historical-query.js';
import { toTwsError } from './history/historical-service.js';
import { encodeContractDetails } from './wire/contract-details.js';
import { encodeFrame } from './wire/frames.js';
import { encodeContractDetailsEnd, encodeOptionParameters, encodeOptionParametersEnd } from './wire/messages.js';
import type { WireContract } from './wire/wire-contract.js';
import type { TwsRequest } from './wire/requests.js';
import { minVersions } from './wire/versions.js';

/** Reply to a request for reference data. */
export type ReferenceReply =
  | { readonly kind: 'frames'; readonly frames: readonly Buffer[]; readonly rows: number }
  | ({ readonly kind: 'error' } & TwsError);

const unknownContractReply: ReferenceReply = { kind: 'error', code: 200, message: defaultMessage(200, '') };

/** Replies with every contract that matches a description. */
export function createContractDetailsReply(
  gateway: Gateway,
  version: number,
  id: number,
  lookup: Lookup,
  fault: Fault | null,
  now: Instant,
): ReferenceReply {
  if (fault?.kind === 'error') return { kind: 'error', ...toTwsError(fault, '') };
  if (lookup.kind === 'invalid') {
    return { kind: 'error', code: 321, message: `Error validating request.-'bW' : cause - ${lookup.cause}` };
  }
  if (lookup.kind !== 'found' || fault?.kind === 'unknown' || fault?.kind === 'expired' || fault?.kind === 'empty')
    return unknownContractReply;
  const describe = createContractDescriber(gateway.options.market, now);
  const details = truncateList(lookup.contracts, fault).flatMap((contract) => describe(contract) ?? []);
  const frames = details.map((contractDetails) => encodeContractDetails(version, id, contractDetails));
  return { kind: 'frames', frames: [...frames, encodeContractDetailsEnd(id)], rows: frames.length };
}

/** Builds the description of an underlying from a request for option parameters, which has little more than its id. */
export function toUnderlyingContract(request: Extract<TwsRequest, { kind: 'option-parameters' }>): WireContract {
  return {
    conId: request.conId,
    symbol: request.symbol,
    secType: request.secType,
    expiry: '',
    strike: null,
    right: null,
    multiplier: '',
    exchange: '',
    primaryExchange: '',
    currency: '',
    localSymbol: '',
    tradingClass: '',
  };
}

/** Replies with expiries and strikes per exchange. */
export function createOptionParametersReply(
  gateway: Gateway,
  request: Extract<TwsRequest, { kind: 'option-parameters' }>,
  lookup: Lookup,
  fault: Fault | null,
  now: Instant,
): ReferenceReply {
  if (fault?.kind === 'error') return { kind: 'error', ...toTwsError(fault, '') };
  const contract: Contract | undefined = lookup.kind === 'found' ? lookup.contracts[0] : undefined;
  if (contract?.kind !== 'spot' || request.conId <= 0) {
    return { kind: 'error', code: 321, message: "Error validating request.-'cd' : cause - Invalid contract id" };
  }
  const parameters = truncateList(listOptionParameters(gateway.catalog, contract, request.exchange, now), fault);
  const frames = parameters.map((entry) => encodeOptionParameters(request.id, entry));
  return { kind: 'frames', frames: [...frames, encodeOptionParametersEnd(request.id)], rows: frames.length };
}

/** Replies with the stocks and indices whose symbol equals the pattern. */
export function createSymbolSamplesReply(
  gateway: Gateway,
  version: number,
  id: number,
  pattern: string,
  now: Instant,
): ReferenceReply {
  const symbol = pattern.trim().toUpperCase();
  const description = {
    ...toUnderlyingContract({ kind: 'option-parameters', id, symbol, exchange: '', secType: '', conId: 0 }),
    currency: 'USD',
  };
  const found = ['STK', 'IND'].flatMap((secType) => {
    const lookup = symbol === '' ? null : gateway.catalog.lookUp({ ...description, secType }, now);
    return lookup?.kind === 'found' ? lookup.contracts : [];
  });
  const describe = createContractDescriber(gateway.options.market, now);
  const samples = found.flatMap((contract) => describe(contract) ?? []);
  const fields = samples.flatMap(({ conId, secType, primaryExchange, currency, longName }) => [
    conId,
    symbol,
    secType,
    primaryExchange,
    currency,
    1,
    'OPT',
    ...(version >= minVersions.issuer ? [longName, ''] : []),
  ]);
  return { kind: 'frames', frames: [encodeFrame([79, id, samples.length, ...fields])], rows: samples.length };
}

/** Encodes the tick size of a market rule; there are two rules. */
export function encodeMarketRule(rule: number): readonly Buffer[] {
  return [encodeFrame([93, rule, 1, 0, rule === 240 ? 0.05 : 0.01])];
}
