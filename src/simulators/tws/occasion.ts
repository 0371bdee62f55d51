import type { Occasion } from '../../scenario/scenario.js';
import type { TwsRequest as RequestWord } from '../../scenario/words.js';
import type { Contract, Looked } from './contracts/book.js';
import { parseBarSize } from './history/sizes.js';
import type { WireContract } from './wire/contract.js';
import type { TwsRequest } from './wire/requests.js';
import { dateOfCompact } from './wire/times.js';

/** The contract that a request is about as its client describes it; null for requests about none. */
export function contractIn(request: TwsRequest): WireContract | null {
  return 'contract' in request ? request.contract : null;
}

/** What a scenario's rules are held against. What a number alone stands for is told from what was looked up. */
export function occasionOf(word: RequestWord, request: TwsRequest, looked: Looked | null): Occasion {
  const contract = contractIn(request);
  const meant = onlyOne(looked);
  const option = meant?.kind === 'option' ? meant.listed : null;
  const spot = meant?.kind === 'option' ? meant.underlying : meant;
  const barSize = request.kind === 'historical' ? parseBarSize(request.barSize) : null;
  return {
    kind: 'request',
    request: word,
    symbol: spot?.instrument.symbol ?? writtenSymbol(request),
    barSize: request.kind !== 'historical' ? null : barSize?.kind === 'market' ? barSize.size : request.barSize,
    what: 'what' in request ? request.what : null,
    expiry: option?.expiry ?? (contract === null ? null : dateOfCompact(contract.expiry.slice(0, 8))),
    strike: option?.strike ?? contract?.strike ?? null,
    right: option?.right ?? contract?.right ?? null,
  };
}

/** A request in a few words. */
export function aboutOf(occasion: Occasion): string {
  if (occasion.kind === 'connect') return '';
  const { symbol, expiry, strike, right, barSize, what } = occasion;
  return [symbol, expiry, strike, right, barSize, what].filter((part) => part !== null).join(' ');
}

function onlyOne(looked: Looked | null): Contract | null {
  if (looked?.kind === 'expired') return looked.contract;
  if (looked?.kind !== 'found') return null;
  const [first] = looked.contracts;
  if (first === undefined) return null;
  // Of many options only what they share is meant.
  return first.kind === 'option' && looked.contracts.length > 1 ? first.underlying : first;
}

function writtenSymbol(request: TwsRequest): string | null {
  if (request.kind === 'option-parameters') return request.symbol;
  const symbol = contractIn(request)?.symbol ?? '';
  return symbol === '' ? null : symbol;
}
