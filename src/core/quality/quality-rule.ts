import type { Dataset } from '../tables/tables.js';
import type { Duration } from '../time/time.js';

/** The built-in kinds of quality rules, and statements of the user. */
export type QualityKind =
  | 'range'
  | 'jump'
  | 'frozen'
  | 'missing_bars'
  | 'intraday_against_daily'
  | 'bid_ask'
  | 'no_arbitrage'
  | 'monotone_strikes'
  | 'put_call_parity'
  | 'freshness'
  | 'sql';

/** Limits of a rule; null for one that the kind does not use. */
export interface Thresholds {
  readonly min: number | null;
  readonly max: number | null;
  readonly bars: number | null;
  readonly maxAge: Duration | null;
}

/** A condition that the rows of a table have to satisfy. */
export interface QualityRule {
  readonly name: string;
  readonly kind: QualityKind;
  readonly dataset: Dataset;
  /** The examined column; null for kinds that examine several. */
  readonly column: string | null;
  /** The statement of a rule of the user; null for built-in kinds. */
  readonly sql: string | null;
  readonly severity: 'warning' | 'error';
  readonly onFail: 'report' | 'quarantine';
  /** True if the windows of quarantined rows count as gaps. */
  readonly isGap: boolean;
  /** The examined symbols; those of the pipeline if it names none. */
  readonly symbols: readonly string[];
  /** True if the rule names no symbols, so that it examines every row of the table. */
  readonly examinesAll: boolean;
  readonly thresholds: Thresholds;
  /** Thresholds of some symbols; the first that names a symbol counts. */
  readonly overrides: readonly { readonly symbols: readonly string[]; readonly thresholds: Thresholds }[];
}

/** Tables of bars: their windows can be requested again. */
export function isBarTable(dataset: Dataset): dataset is 'equity_bars' | 'option_bars' {
  return dataset === 'equity_bars' || dataset === 'option_bars';
}
