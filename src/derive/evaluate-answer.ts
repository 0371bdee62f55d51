import { dividendYieldOf, exerciseStyle, expiryInstant, optionYears, pricedAt } from '../analytics/conventions.js';
import { evaluateSnapshot } from '../analytics/evaluate-snapshot.js';
import type { AnalyticsSettings } from '../core/analytics-settings.js';
import type { Calendar } from '../core/calendar.js';
import type { Rows } from '../core/rows.js';
import type { Series } from '../core/series.js';
import type { Instant } from '../core/time.js';
import type { Knowledge } from '../plan/knowledge.js';

/** What evaluating needs beside the answer. */
export interface EvaluationParts {
  readonly settings: AnalyticsSettings;
  readonly knowledge: Pick<Knowledge, 'price'>;
  calendar(name: string): Calendar;
}

/** Fills in what our own model says of an answer; answers it has nothing to say about stay as they are. */
export function evaluateAnswer(series: Series, rows: Rows | null, at: Instant, parts: EvaluationParts): Rows | null {
  if (rows?.dataset !== 'option_snapshots' || series.dataset !== 'option_snapshots') return rows;
  const { instrument, provider, expiry } = series;
  const { settings, knowledge } = parts;
  const calendar = parts.calendar(instrument.calendar);
  return evaluateSnapshot(rows, {
    style: exerciseStyle(instrument, settings),
    rate: settings.rate,
    dividendYield: dividendYieldOf(instrument, settings),
    years: optionYears(pricedAt(at, calendar), expiryInstant(expiry, calendar)),
    knownPrice: knowledge.price(provider, instrument.symbol)?.price ?? NaN,
  });
}
