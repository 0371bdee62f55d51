import { formatInstant } from '../../core/time/time.js';
import { getSnapshotTimes, isStale, listExpiries } from '../../queries/filter-chain.js';
import type { ChainOption, OptionChain } from '../../queries/option-chain.js';

/** The chain as scripts read it. Keys are added freely and never renamed. */
export function toChainDocument({
  symbol,
  provider,
  at,
  isPriced,
  timeZone,
  spot,
  options,
}: OptionChain): Readonly<Record<string, unknown>> {
  const expiries = listExpiries(options).map((expiry) => {
    const { from, to } = getSnapshotTimes(options.filter((option) => option.expiry === expiry));
    return { expiry, from: formatInstant(from), to: formatInstant(to), isStale: isStale(to, at) };
  });
  const head = { symbol, provider, at: formatInstant(at), timeZone, isPriced, spot };
  return { ...head, expiries, options: options.map(toOptionDocument) };
}

/** An option with the column names of the lake. */
export function toOptionDocument(option: ChainOption): Readonly<Record<string, unknown>> {
  const { ts, openInterest, underlyingPrice, ivSource, ivReason, requestId, tradingClass, ...rest } = option;
  return {
    ts: formatInstant(ts),
    ...rest,
    open_interest: openInterest,
    underlying_price: underlyingPrice,
    iv_source: ivSource,
    iv_reason: ivReason,
    request_id: requestId,
    trading_class: tradingClass,
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
  'trading_class',
];
