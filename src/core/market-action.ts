import type { Instant, LocalDate } from './time/time.js';

/** An event of a simulated market that changes what the market answers from an instant on. */
export type MarketAction =
  /** From `at` on, all prices are divided by the ratio and all volumes multiplied by it, also those of before. */
  | { readonly kind: 'split'; readonly symbol: string; readonly ratio: number; readonly at: Instant }
  /** From `at` on, the prices of earlier sessions are multiplied by the factor, which is below 1. */
  | { readonly kind: 'dividend'; readonly symbol: string; readonly factor: number; readonly at: Instant }
  /** From `at` on, bars of a session differ: the close of the last one by an amount, or all of them by changing amounts. */
  | {
      readonly kind: 'correction';
      readonly symbol: string;
      readonly session: LocalDate;
      readonly amount: number;
      readonly bars: 'last' | 'all';
      readonly at: Instant;
    };
