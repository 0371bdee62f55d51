import { formatInstant } from '../../core/time/time.js';
import type { ChainOption, OptionChain } from '../../queries/option-chain.js';

/** The chain as scripts read it. Keys are added freely and never renamed. */
export function toChainDocument({
  symbol,
  provider,
  at,
  spot,
  options,
}: OptionChain): Readonly<Record<string, unknown>> {
  return { symbol, provider, at: formatInstant(at), spot, options: options.map(toOptionDocument) };
}

/** An option with the column names of the lake. */
export function toOptionDocument(option: ChainOption): Readonly<Record<string, unknown>> {
  const { ts, openInterest, underlyingPrice, ivSource, ivReason, requestId, ...rest } = option;
  return {
    ts: formatInstant(ts),
    ...rest,
    open_interest: openInterest,
    underlying_price: underlyingPrice,
    iv_source: ivSource,
    iv_reason: ivReason,
    request_id: requestId,
  };
}

/** The columns of an option in CSV. */
export const optionColumns: readonly string[] = [
  'ts',
  'expiry',
  'strike',
  'right',
  'bid',
  'ask',
  'last',
  'volume',
  'open_interest',
  'iv',
  'delta',
  'gamma',
  'theta',
  'vega',
  'rho',
  'underlying_price',
  'iv_source',
  'iv_reason',
  'request_id',
];
