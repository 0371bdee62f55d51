import {
  getDividendYield,
  getExerciseStyle,
  getExpiryInstant,
  yearsBetween,
  getPricingInstant,
} from '../../analytics/conventions.js';
import { evaluateSnapshot } from '../../analytics/evaluate-snapshot.js';
import type { AnalyticsSettings } from '../../core/analytics-settings.js';
import type { Calendar } from '../../core/time/calendar.js';
import type { Rows } from '../../core/tables/rows.js';
import type { Series } from '../../core/series.js';
import type { Instant } from '../../core/time/time.js';
import type { KnownState } from '../../plan/known-state.js';

/** What evaluating needs beside the answer. */
export interface EvaluationDeps {
  readonly settings: AnalyticsSettings;
  readonly knownState: Pick<KnownState, 'price'>;
  calendar(name: string): Calendar;
}

/** Fills in what our own model says of an answer; answers it has nothing to say about stay as they are. */
export function evaluateAnswer(series: Series, rows: Rows | null, at: Instant, deps: EvaluationDeps): Rows | null {
  if (rows?.dataset !== 'option_snapshots' || series.dataset !== 'option_snapshots') return rows;
  const { instrument, provider, expiry } = series;
  const { settings, knownState } = deps;
  const calendar = deps.calendar(instrument.calendar);
  return evaluateSnapshot(rows, {
    style: getExerciseStyle(instrument, settings),
    rate: settings.rate,
    dividendYield: getDividendYield(instrument, settings),
    years: yearsBetween(getPricingInstant(at, calendar), getExpiryInstant(expiry, calendar)),
    fallbackUnderlyingPrice: knownState.price(provider, instrument.symbol)?.price ?? NaN,
  });
}
