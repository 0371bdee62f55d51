import { defaultAnalytics } from '../../../core/analytics-settings.js';
import type { AnalyticsSettings } from '../../../core/analytics-settings.js';
import type { ValidatedPipeline } from '../validate-pipeline.js';

/** What computing volatilities, Greeks and overviews needs to know; what is not said has its default. */
export function readAnalytics({ file }: ValidatedPipeline): AnalyticsSettings {
  const {
    rate,
    dividend_yield: dividendYields,
    exercise,
    vix: volatilityIndex,
    rank_days: rankDays,
  } = file.analytics ?? {};
  return {
    rate: rate ?? defaultAnalytics.rate,
    dividendYields: dividendYields ?? defaultAnalytics.dividendYields,
    exercise: exercise ?? defaultAnalytics.exercise,
    volatilityIndex: volatilityIndex ?? defaultAnalytics.volatilityIndex,
    rankDays: rankDays ?? defaultAnalytics.rankDays,
  };
}
