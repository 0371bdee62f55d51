import type { BarSize, PriceType } from './tables/bars.js';
import type { Dataset } from './tables/tables.js';
import type { Duration } from './time/time.js';

/**
 * Groups requests by budget: all of an account, those for one contract, identical requests, those of one connection.
 */
export type BudgetScope = 'account' | 'contract' | 'identical' | 'connection';

/** A limit on the request rate of a provider, as data. All budgets of a provider apply at once. */
export type Budget =
  /** Allows at most `limit` requests (by weight) in any interval of length `span`. */
  | {
      readonly kind: 'rolling';
      readonly name: string;
      readonly scope: BudgetScope;
      readonly limit: number;
      readonly span: Duration;
      /**
       * Added to the span when pacing, because the provider counts arrivals by its own clock. Default: 0.5 % of the
       * span, at most 250 ms.
       */
      readonly margin?: Duration;
      /**
       * The longest time between the sending of a request and its arrival. If given, the request counts from its answer,
       * which proves the arrival, or from the end of this time; otherwise from its sending.
       */
      readonly transit?: Duration;
      /** Tables whose requests count; all if absent. */
      readonly datasets?: readonly Dataset[];
      /** Bar sizes that count, which excludes requests for anything but bars; all requests if absent. */
      readonly barSizes?: readonly BarSize[];
      /** The weight of one request, by price type; 1 if absent. */
      readonly weights?: Readonly<Partial<Record<PriceType, number>>>;
    }
  /** Allows at most `limit` requests in flight. */
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly scope: BudgetScope;
      readonly limit: number;
      readonly datasets?: readonly Dataset[];
      /** Bar sizes that count, which excludes requests for anything but bars; all requests if absent. */
      readonly barSizes?: readonly BarSize[];
    };
