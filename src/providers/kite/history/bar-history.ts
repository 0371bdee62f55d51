import { isIntraday } from '../../../core/tables/bars.js';
import type { BarSize } from '../../../core/tables/bars.js';
import type { Calendar } from '../../../core/time/calendar.js';
import type { Clock } from '../../../core/time/clock.js';
import type { Failure } from '../../../core/failure.js';
import type { FetchOutcome } from '../../../core/request.js';
import { err, ok } from '../../../core/result.js';
import type { Result } from '../../../core/result.js';
import { day, second } from '../../../core/time/time.js';
import type { Instant } from '../../../core/time/time.js';
import type { Window } from '../../../core/time/window.js';
import { getAnsweredUntil } from '../../../market/bars/bar-times.js';
import type { CandleRequest, KiteApi } from '../api.js';
import { toBarColumns, parseCandles } from './candles.js';
import type { BarSeries, KiteCandle } from './candles.js';
import { possiblyTruncatedFrom } from './truncation.js';
import { toKiteFailure, parseSpanLimit, abortedFailure } from '../failures.js';
import { toIndianDate, formatIndianTime, startOfIndianDay } from '../indian-time.js';
import { toKiteInterval, kiteBarSizes } from '../intervals.js';
import type { KiteInterval } from '../intervals.js';
import type { KiteNotice } from '../notice.js';
import { createCallLimiter } from './call-limiter.js';

export interface BarHistory {
  fetchBars(
    request: {
      readonly series: BarSeries;
      readonly token: number;
      readonly window: Window;
      readonly calendar: Calendar;
    },
    signal: AbortSignal,
  ): Promise<FetchOutcome>;
}

export interface BarHistoryDeps {
  readonly api: KiteApi;
  readonly clock: Clock;
  readonly onNotice: (notice: KiteNotice) => void;
}

/**
 * The number of requests for the rest of a response that seems truncated; after them, the window stays partly
 * unanswered.
 */
const maxRounds = 4;

export function createBarHistory({ api, clock, onNotice }: BarHistoryDeps): BarHistory {
  // Kite counts requests when they arrive, which may be closer together than when they are sent.
  const limiter = createCallLimiter(3, 1.1 * second, clock);
  /** Spans in days from errors of Kite, where they are shorter than the documented ones. */
  const learnedSpans = new Map<KiteInterval['interval'], number>();

  async function fetchCandles(
    { token, openInterest }: Pick<CandleRequest, 'token' | 'openInterest'>,
    { interval, days }: KiteInterval,
    window: Window,
    isFirstPlanned: boolean,
    signal: AbortSignal,
  ): Promise<Result<readonly KiteCandle[], Failure>> {
    const candles: KiteCandle[] = [];
    let isPlanned = isFirstPlanned;
    for (let start = window.start; start < window.end;) {
      const maxDays = Math.min(learnedSpans.get(interval) ?? days, days);
      const end = Math.min(window.end, start + maxDays * day);
      await limiter.acquire(isPlanned, signal);
      isPlanned = false;
      const from = formatIndianTime(Math.ceil(start / second) * second);
      const response = await api.candles(
        { token, interval, from, to: formatIndianTime(end - 1), openInterest },
        signal,
      );
      if (signal.aborted) return err(abortedFailure);
      if (!response.ok) {
        const limit = parseSpanLimit(response.error);
        if (limit === null || maxDays <= 1) return err(toKiteFailure(response.error));
        const learnedDays = Math.min(limit, maxDays - 1);
        learnedSpans.set(interval, learnedDays);
        onNotice({
          kind: 'span-limit',
          message: `Kite accepts at most ${learnedDays} days of ${interval} candles per call`,
        });
        continue;
      }
      const parsed = parseCandles(response.value, openInterest);
      if (parsed === null)
        return err({ kind: 'retryable', message: 'the response to a request for historical data has no candles' });
      candles.push(...parsed);
      start = end;
    }
    return ok(candles);
  }

  return {
    async fetchBars({ series, token, window, calendar }, signal) {
      const { barSize, dataset } = series;
      const interval = chooseInterval(series);
      if (!interval.ok) return { kind: 'failure', failure: interval.error };

      const end = Math.max(window.start, Math.min(window.end, getAnsweredUntil(calendar, barSize, clock.now())));
      const openInterest = hasOpenInterest(series);
      const candles: KiteCandle[] = [];
      let answeredEnd = end;
      for (let from = window.start, round = 0; from < end; round++) {
        const requestedWindow = roundToDays({ start: from, end }, barSize);
        const fetched = await fetchCandles(
          { token, openInterest },
          interval.value,
          requestedWindow,
          round === 0,
          signal,
        );
        if (!fetched.ok) return { kind: 'failure', failure: fetched.error };
        candles.push(...fetched.value);
        const { columns, length } = toBarColumns(candles, { calendar, barSize, window });
        const truncatedFrom =
          fetched.value.length === 0 || length === 0
            ? null
            : possiblyTruncatedFrom(columns.ts[length - 1] ?? NaN, { series, calendar, end });
        if (truncatedFrom === null || truncatedFrom <= from) break;
        if (round === maxRounds) answeredEnd = truncatedFrom;
        if (round === maxRounds) break;
        from = truncatedFrom;
      }
      const answeredWindow = { start: window.start, end: answeredEnd };
      const { length, columns } = toBarColumns(candles, { calendar, barSize, window: answeredWindow });
      if (length === 0 && answeredWindow.end === window.end) return { kind: 'empty' };
      return { kind: 'rows', rows: { dataset, length, columns }, answeredWindow };
    },
  };
}

function hasOpenInterest({ dataset, instrument }: BarSeries): boolean {
  return dataset === 'option_bars' || instrument.kind === 'future';
}

/** Returns the interval of a series, or the reason why Kite cannot provide it. */
function chooseInterval({ barSize, priceType, hours }: BarSeries): Result<KiteInterval, Failure> {
  const interval = toKiteInterval(barSize);
  const invalid = (message: string): Result<never, Failure> => err({ kind: 'invalid', message });
  if (interval === undefined) return invalid(`Kite has no bars of ${barSize}: use one of ${kiteBarSizes.join(', ')}`);
  if (priceType !== 'TRADES') return invalid(`Kite has no bars of ${priceType}: use TRADES`);
  if (hours !== 'rth') return invalid('Kite has bars of regular hours only: use `hours: rth`');
  return ok(interval);
}

/** The time of a daily candle is midnight in India, so whole days are requested. */
function roundToDays({ start, end }: Window, barSize: BarSize): Window {
  if (isIntraday(barSize)) return { start, end };
  const toStartOfDay = (instant: Instant): Instant => startOfIndianDay(toIndianDate(instant));
  return { start: toStartOfDay(start), end: toStartOfDay(end - 1) + day };
}
