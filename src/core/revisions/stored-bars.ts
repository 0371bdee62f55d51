import type { RequestId } from '../request.js';
import type { ProviderName } from '../series.js';
import type { BarSize, PriceType, TradingHours } from '../tables/bars.js';
import type { Window } from '../time/window.js';
import type { BarValues } from './compare-bars.js';

/** Selects the bars of series that differ only in their symbol. */
export interface StoredBarsQuery {
  readonly provider: ProviderName;
  readonly barSize: BarSize;
  readonly priceType: PriceType;
  readonly hours: TradingHours;
  readonly window: Window;
  /** Null for every symbol. */
  readonly symbol: string | null;
}

export interface StoredBars {
  readonly bars: BarValues;
  /** The request that returned the first of them. */
  readonly requestId: RequestId;
}
