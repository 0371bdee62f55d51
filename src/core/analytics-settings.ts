/** When an option may be exercised: at any time, or at its expiry only. */
export type ExerciseStyle = 'american' | 'european';

/** What the model needs to know that no source says; a pipeline's section `analytics`. */
export interface AnalyticsSettings {
  /** Annual, continuously compounded; for all currencies alike. */
  readonly rate: number;
  /** By symbol: annual, continuously compounded; 0 for symbols that are not named. */
  readonly dividendYields: Readonly<Record<string, number>>;
  /** By symbol, where it is not what the kind of instrument and the exchange suggest. */
  readonly exercise: Readonly<Record<string, ExerciseStyle>>;
  /** The symbol whose quote is the market's volatility; null for that of the exchange: INDIA VIX in India, else VIX. */
  readonly volatilityIndex: string | null;
  /** How many trading days, today among them, rank and percentile of the volatility look back. */
  readonly rankDays: number;
}

/** What holds where a pipeline says nothing. */
export const defaultAnalytics: AnalyticsSettings = {
  rate: 0.04,
  dividendYields: {},
  exercise: {},
  volatilityIndex: null,
  rankDays: 252,
};
