import type { ScenarioEvent } from '../../config/scenario/scenario.js';
import type { TwsRequest as RequestType } from '../../config/scenario/capabilities.js';
import type { Contract, Lookup } from './contracts/contract-catalog.js';
import { parseBarSize } from './history/bar-sizes.js';
import type { WireContract } from './wire/wire-contract.js';
import type { TwsRequest } from './wire/requests.js';
import { parseCompactDate } from './wire/times.js';

/** Returns the client's contract description of a request; null for requests without one. */
export function getWireContract(request: TwsRequest): WireContract | null {
  return 'contract' in request ? request.contract : null;
}

/** Builds the event that scenario rules match. Takes the instrument from the lookup if the client gave only an id. */
export function toScenarioEvent(requestType: RequestType, request: TwsRequest, lookup: Lookup | null): ScenarioEvent {
  const contract = getWireContract(request);
  const matched = findMatchedContract(lookup);
  const option = matched?.kind === 'option' ? matched.listed : null;
  const spot = matched?.kind === 'option' ? matched.underlying : matched;
  const barSize = request.kind === 'historical' ? parseBarSize(request.barSize) : null;
  return {
    kind: 'request',
    request: requestType,
    symbol: spot?.instrument.symbol ?? getRequestedSymbol(request),
    barSize: request.kind !== 'historical' ? null : barSize?.kind === 'market' ? barSize.size : request.barSize,
    priceType: 'whatToShow' in request ? request.whatToShow : null,
    expiry: option?.expiry ?? (contract === null ? null : parseCompactDate(contract.expiry.slice(0, 8))),
    strike: option?.strike ?? contract?.strike ?? null,
    right: option?.right ?? contract?.right ?? null,
  };
}

/** Summarizes a request for events. */
export function describeRequest(scenarioEvent: ScenarioEvent): string {
  if (scenarioEvent.kind === 'connect') return '';
  const { symbol, expiry, strike, right, barSize, priceType } = scenarioEvent;
  return [symbol, expiry, strike, right, barSize, priceType].filter((part) => part !== null).join(' ');
}

function findMatchedContract(lookup: Lookup | null): Contract | null {
  if (lookup?.kind === 'expired') return lookup.contract;
  if (lookup?.kind !== 'found') return null;
  const [first] = lookup.contracts;
  if (first === undefined) return null;
  // A rule about one option does not match a request for many.
  return first.kind === 'option' && lookup.contracts.length > 1 ? first.underlying : first;
}

function getRequestedSymbol(request: TwsRequest): string | null {
  if (request.kind === 'option-parameters') return request.symbol;
  const symbol = getWireContract(request)?.symbol ?? '';
  return symbol === '' ? null : symbol;
}
