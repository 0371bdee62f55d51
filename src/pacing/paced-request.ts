import type { BarSize, PriceType } from '../core/tables/bars.js';
import type { Request } from '../core/request.js';
import { formatSeriesName } from '../core/series.js';
import type { Series } from '../core/series.js';
import type { Dataset } from '../core/tables/tables.js';

/** Properties of a request for pacing: the budgets that it uses, and the requests that it shares them with. */
export interface PacedRequest {
  readonly dataset: Dataset;
  readonly priceType: PriceType | null;
  readonly barSize: BarSize | null;
  /** Equal for requests for the same contract at the same exchange. */
  readonly contract: string;
  /** Equal for requests that a provider considers identical. */
  readonly identical: string;
  /** Connection that sends it; null when another process sent it. */
  readonly connection: string | null;
  /** 1 is sent first. */
  readonly priority: number;
  /** True for another call of a request in flight: budgets of requests in flight count it already. */
  readonly isFollowUp?: boolean;
}

/** A further call of a request in flight. It goes first, because its request occupies what others wait for. */
export function toFollowUp(request: PacedRequest, part: string): PacedRequest {
  return { ...request, identical: `${request.identical}|${part}`, priority: 0, isFollowUp: true };
}

export interface SendOptions {
  readonly connection?: string;
  readonly priority?: number;
}

export function toPacedRequest(
  request: Request,
  { connection = 'main', priority = 5 }: SendOptions = {},
): PacedRequest {
  const { series, window } = request;
  const contract = contractKey(series);
  const windowKey = window === null ? '' : `${window.start}-${window.end}`;
  return {
    dataset: series.dataset,
    priceType: 'priceType' in series ? series.priceType : null,
    barSize: 'barSize' in series ? series.barSize : null,
    contract,
    identical: `${contract}|${formatSeriesName(series)}|${windowKey}`,
    connection,
    priority,
  };
}

/**
 * Identifies the contract without the kind of data. Some providers count kinds separately; for them this is only slower
 * than necessary, while separate keys would exceed the budgets of the others.
 */
function contractKey(series: Series): string {
  const { symbol, kind, exchange, currency } = series.instrument;
  const instrument = `${symbol}|${kind}|${exchange}|${currency}`;
  if (series.dataset !== 'option_bars') return instrument;
  const { expiry, strike, right } = series.contract;
  return `${instrument}|${expiry}|${strike}|${right}`;
}
