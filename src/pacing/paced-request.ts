import type { BarSize, PriceType } from '../core/tables/bars.js';
import type { Request } from '../core/request.js';
import { formatSeriesName } from '../core/series.js';
import type { Series } from '../core/series.js';
import type { Dataset } from '../core/tables/tables.js';

/** What pacing has to know of a request: which budgets it falls under, and with which other requests it shares them. */
export interface PacedRequest {
  readonly dataset: Dataset;
  readonly priceType: PriceType | null;
  readonly barSize: BarSize | null;
  /** Equal for requests about the same contract at the same exchange. */
  readonly contract: string;
  /** Equal for requests that a source cannot tell apart. */
  readonly identical: string;
  /** The connection it goes out on; null when another process sent it, on a connection of its own. */
  readonly connection: string | null;
  /** 1 goes first. */
  readonly priority: number;
}

/** How a request is to be sent, which the request itself does not say. */
export interface SendOptions {
  readonly connection?: string;
  readonly priority?: number;
}

/** Derives what pacing has to know. */
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
 * What is asked for is left out although sources count some kinds apart: where they do, this only asks more slowly than
 * it might, and where they don't, telling them apart would overrun.
 */
function contractKey(series: Series): string {
  const { symbol, kind, exchange, currency } = series.instrument;
  const instrument = `${symbol}|${kind}|${exchange}|${currency}`;
  if (series.dataset !== 'option_bars') return instrument;
  const { expiry, strike, right } = series.contract;
  return `${instrument}|${expiry}|${strike}|${right}`;
}
