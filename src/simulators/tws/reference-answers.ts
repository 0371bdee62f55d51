import type { Instant } from '../../core/time.js';
import type { Contract, Looked } from './contracts/book.js';
import { describer } from './contracts/describe.js';
import { parametersOf } from './contracts/option-parameters.js';
import { keptOf } from './course.js';
import type { Deed } from './course.js';
import { usualText } from './error-texts.js';
import type { Gateway } from './gateway.js';
import type { Refusal } from './history/historical.js';
import { errorOf } from './history/service.js';
import { contractDetailsMessage } from './wire/contract-details.js';
import { frame } from './wire/frames.js';
import { contractDetailsEnd, optionParameters, optionParametersEnd } from './wire/messages.js';
import type { WireContract } from './wire/contract.js';
import type { TwsRequest } from './wire/requests.js';
import { since } from './wire/versions.js';

/** What there is to say about contracts. */
export type ReferenceReply =
  | { readonly kind: 'frames'; readonly frames: readonly Buffer[]; readonly rows: number }
  | ({ readonly kind: 'error' } & Refusal);

const none: ReferenceReply = { kind: 'error', code: 200, message: usualText(200, '') };

/** Every contract that a description fits. */
export function detailsReply(
  gateway: Gateway,
  version: number,
  id: number,
  looked: Looked,
  deed: Deed,
  now: Instant,
): ReferenceReply {
  if (deed.kind === 'error') return { kind: 'error', ...errorOf(deed, '') };
  if (looked.kind === 'invalid') {
    return { kind: 'error', code: 321, message: `Error validating request.-'bW' : cause - ${looked.cause}` };
  }
  if (looked.kind !== 'found' || deed.kind === 'unknown' || deed.kind === 'expired' || deed.kind === 'empty')
    return none;
  const describe = describer(gateway.parts.market, now);
  const details = keptOf(looked.contracts, deed).flatMap((contract) => describe(contract) ?? []);
  const frames = details.map((about) => contractDetailsMessage(version, id, about));
  return { kind: 'frames', frames: [...frames, contractDetailsEnd(id)], rows: frames.length };
}

/** What an underlying is described by in a request for option parameters: little more than its number. */
export function underlyingOf(request: Extract<TwsRequest, { kind: 'option-parameters' }>): WireContract {
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

/** Expiries and strikes, exchange by exchange. */
export function parametersReply(
  gateway: Gateway,
  request: Extract<TwsRequest, { kind: 'option-parameters' }>,
  looked: Looked,
  deed: Deed,
  now: Instant,
): ReferenceReply {
  if (deed.kind === 'error') return { kind: 'error', ...errorOf(deed, '') };
  const contract: Contract | undefined = looked.kind === 'found' ? looked.contracts[0] : undefined;
  if (contract?.kind !== 'spot' || request.conId <= 0) {
    return { kind: 'error', code: 321, message: "Error validating request.-'cd' : cause - Invalid contract id" };
  }
  const parameters = keptOf(parametersOf(gateway.book, contract, request.exchange, now), deed);
  const frames = parameters.map((one) => optionParameters(request.id, one));
  return { kind: 'frames', frames: [...frames, optionParametersEnd(request.id)], rows: frames.length };
}

/** Stocks and indices that are called like a pattern. */
export function samplesReply(
  gateway: Gateway,
  version: number,
  id: number,
  pattern: string,
  now: Instant,
): ReferenceReply {
  const symbol = pattern.trim().toUpperCase();
  const wanted = {
    ...underlyingOf({ kind: 'option-parameters', id, symbol, exchange: '', secType: '', conId: 0 }),
    currency: 'USD',
  };
  const found = ['STK', 'IND'].flatMap((secType) => {
    const looked = symbol === '' ? null : gateway.book.look({ ...wanted, secType }, now);
    return looked?.kind === 'found' ? looked.contracts : [];
  });
  const describe = describer(gateway.parts.market, now);
  const samples = found.flatMap((contract) => describe(contract) ?? []);
  const fields = samples.flatMap(({ conId, secType, primaryExchange, currency, longName }) => [
    conId,
    symbol,
    secType,
    primaryExchange,
    currency,
    1,
    'OPT',
    ...(version >= since.issuer ? [longName, ''] : []),
  ]);
  return { kind: 'frames', frames: [frame([79, id, samples.length, ...fields])], rows: samples.length };
}

/** The steps of prices by rule; the market has two. */
export function priceSteps(rule: number): readonly Buffer[] {
  return [frame([93, rule, 1, 0, rule === 240 ? 0.05 : 0.01])];
}
