import type { BarSize, PriceType } from './tables/bars.js';
import type { Dataset } from './tables/tables.js';
import type { Duration } from './time/time.js';

/** Which requests share a budget: all of an account, those for one contract, exact repetitions, those of one connection. */
export type BudgetScope = 'account' | 'contract' | 'identical' | 'connection';

/** How fast a source may be asked, as data. All budgets of a source apply at once. */
export type Budget =
  /** At most `limit` (by weight) in any stretch of `span`, wherever it begins. */
  | {
      readonly kind: 'rolling';
      readonly name: string;
      readonly scope: BudgetScope;
      readonly limit: number;
      readonly span: Duration;
      /**
       * Added to the span when pacing, because the source counts arrivals by its own clock and not departures by ours;
       * 0.5 % of the span, at most a quarter of a second, when absent.
       */
      readonly margin?: Duration;
      /** Which tables' requests count; all when absent. */
      readonly datasets?: readonly Dataset[];
      /** Which bar sizes count, and then nothing but bars; all requests when absent. */
      readonly barSizes?: readonly BarSize[];
      /** What one request costs, by what it asks for; 1 when absent. */
      readonly weights?: Readonly<Partial<Record<PriceType, number>>>;
    }
  /** At most `limit` requests under way at once. */
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly scope: BudgetScope;
      readonly limit: number;
      readonly datasets?: readonly Dataset[];
      /** Which bar sizes count, and then nothing but bars; all requests when absent. */
      readonly barSizes?: readonly BarSize[];
    };
