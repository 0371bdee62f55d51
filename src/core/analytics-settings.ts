/** The time at which an option may be exercised: any time, or its expiry only. */
export type ExerciseStyle = 'american' | 'european';

/** Settings of the option model that no provider supplies; section `analytics` of a pipeline. */
export interface AnalyticsSettings {
  /** Annual, continuously compounded; the same for all currencies. */
  readonly rate: number;
  /** By symbol: annual, continuously compounded; 0 for symbols without an entry. */
  readonly dividendYields: Readonly<Record<string, number>>;
  /** By symbol; overrides the style that the kind of instrument and the exchange imply. */
  readonly exercise: Readonly<Record<string, ExerciseStyle>>;
  /** The symbol whose quote is the market's volatility; null for that of the exchange: INDIA VIX in India, else VIX. */
  readonly volatilityIndex: string | null;
  /** The term of the at-the-money volatility of overviews, in calendar days. */
  readonly atmIvDays: number;
  /** The number of trading days, including today, that rank and percentile of the volatility cover. */
  readonly rankDays: number;
}

export const defaultAnalytics: AnalyticsSettings = {
  rate: 0.04,
  dividendYields: {},
  exercise: {},
  volatilityIndex: null,
  atmIvDays: 30,
  rankDays: 252,
};
