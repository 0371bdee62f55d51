import { defaultAnalytics } from '../../../core/analytics-settings.js';
import type { AnalyticsSettings } from '../../../core/analytics-settings.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** Reads the inputs of volatilities, Greeks and overviews and applies their defaults. */
export function readAnalytics({ file }: ValidatedPipeline): AnalyticsSettings {
  const {
    rate,
    dividend_yield: dividendYields,
    exercise,
    volatility_index: volatilityIndex,
    atm_iv_days: atmIvDays,
    rank_days: rankDays,
  } = file.analytics ?? {};
  return {
    rate: rate ?? defaultAnalytics.rate,
    dividendYields: dividendYields ?? defaultAnalytics.dividendYields,
    exercise: exercise ?? defaultAnalytics.exercise,
    volatilityIndex: volatilityIndex ?? defaultAnalytics.volatilityIndex,
    atmIvDays: atmIvDays ?? defaultAnalytics.atmIvDays,
    rankDays: rankDays ?? defaultAnalytics.rankDays,
  };
}
