import type { Arrival } from '../pacing/arrival.js';
import type { PacedArrival } from '../pacing/historical-pacing.js';
import type { HistoricalRequest, TwsRequest } from '../wire/requests.js';
import { isShortBarSize, parseBarSize } from './bar-sizes.js';

/** Converts a request for the pacing rules; null if they do not apply to it. */
export function toPacedArrival(
  request: HistoricalRequest | Extract<TwsRequest, { kind: 'head-timestamp' }>,
  mode: 'strict' | 'documented',
  arrival: Arrival,
): PacedArrival | null {
  if (mode === 'documented' && request.kind === 'historical') {
    const size = parseBarSize(request.barSize);
    if (size !== null && !isShortBarSize(size)) return null;
  }
  const { contract, whatToShow } = request;
  const { conId, exchange, ...description } = contract;
  return {
    ...arrival,
    identity: JSON.stringify({ ...request, id: 0 }),
    group: JSON.stringify([conId > 0 ? conId : description, exchange, whatToShow]),
    weight: whatToShow === 'BID_ASK' ? 2 : 1,
  };
}
