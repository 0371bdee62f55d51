import { defaultAnalytics } from '../core/analytics-settings.js';
import type { AnalyticsSettings } from '../core/analytics-settings.js';
import type { Validated } from './validate.js';

/** What computing volatilities, Greeks and overviews needs to know; what is not said has its default. */
export function readAnalytics({ file }: Validated): AnalyticsSettings {
  const { rate, dividend_yield: dividendYields, exercise, vix, rank_days: rankDays } = file.analytics ?? {};
  return {
    rate: rate ?? defaultAnalytics.rate,
    dividendYields: dividendYields ?? defaultAnalytics.dividendYields,
    exercise: exercise ?? defaultAnalytics.exercise,
    volatilityIndex: vix ?? defaultAnalytics.volatilityIndex,
    rankDays: rankDays ?? defaultAnalytics.rankDays,
  };
}
