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
import { omitUndefined } from '../../../platform/omit-undefined.js';
import { getAnsweredUntil } from '../../../market/bars/bar-times.js';
import { getPriceFloor } from '../../is-valid-bar.js';
import type { FetchContext } from '../../provider.js';
import type { KiteApi } from '../api.js';
import { hasShorterCandles, parseCandles, toBarColumns, toRefusedWindows } from './candles.js';
import type { BarSeries, CandleRules, KiteCandle, ParsedCandles } from './candles.js';
import { possiblyTruncatedFrom } from './truncation.js';
import { toKiteFailure, parseSpanLimit, abortedFailure } from '../failures.js';
import { toIndianDate, formatIndianTime, startOfIndianDay } from '../indian-time.js';
import { toKiteInterval, kiteBarSizes } from '../intervals.js';
import type { KiteInterval } from '../intervals.js';
import type { KiteNotice } from '../notice.js';

/** The calls that one request may take. */
export type BarContext = Pick<FetchContext, 'signal' | 'calls'>;

export interface BarHistory {
  fetchBars(
    request: {
      readonly series: BarSeries;
      readonly token: number;
      readonly window: Window;
      readonly calendar: Calendar;
    },
    context: BarContext,
  ): Promise<FetchOutcome>;
}

export interface BarHistoryDeps {
  readonly api: Pick<KiteApi, 'candles'>;
  readonly clock: Clock;
  readonly onNotice: (notice: KiteNotice) => void;
}

/**
 * The number of requests for the rest of a response that seems truncated; after them, the window stays partly
 * unanswered.
 */
const maxRounds = 4;

export function createBarHistory({ api, clock, onNotice }: BarHistoryDeps): BarHistory {
  /** Spans in days from errors of Kite, where they are shorter than the documented ones. */
  const learnedSpans = new Map<KiteInterval['interval'], number>();

  async function fetchCandles(
    { token, barSize, interval, rules }: CandleSource,
    window: Window,
    nextCall: (part: string) => Promise<boolean>,
    { signal, calls }: BarContext,
  ): Promise<Result<ParsedCandles, Failure>> {
    const candles: KiteCandle[] = [];
    const refused: Instant[] = [];
    for (let start = window.start; start < window.end;) {
      const maxDays = Math.min(learnedSpans.get(interval.interval) ?? interval.days, interval.days);
      const end = Math.min(window.end, start + maxDays * day);
      if (!(await nextCall(`${start}-${end}`))) return err(abortedFailure);
      const from = formatIndianTime(Math.ceil(start / second) * second);
      const to = formatIndianTime(end - 1);
      const openInterest = rules.hasOpenInterest;
      const asked = { token, interval: interval.interval, from, to };
      calls.describe?.(openInterest ? { ...asked, oi: openInterest } : asked);
      const response = await api.candles({ ...asked, openInterest }, { signal, onSent: () => calls.sent() });
      if (signal.aborted) return err(abortedFailure);
      if (!response.ok) {
        const limit = parseSpanLimit(response.error);
        if (limit === null || maxDays <= 1) return err(toKiteFailure(response.error));
        const learnedDays = Math.min(limit, maxDays - 1);
        learnedSpans.set(interval.interval, learnedDays);
        onNotice({
          kind: 'span-limit',
          message: `Kite accepts at most ${learnedDays} days of ${interval.interval} candles per call`,
        });
        continue;
      }
      const parsed = parseCandles(response.value, rules);
      if (parsed === null)
        return err({ kind: 'retryable', message: 'the response to a request for historical data has no candles' });
      if (hasShorterCandles(parsed, barSize))
        return err({ kind: 'retryable', message: `Kite sent shorter candles than the requested ${barSize}` });
      candles.push(...parsed.candles);
      refused.push(...parsed.refused);
      start = end;
    }
    return ok({ candles, refused });
  }

  return {
    async fetchBars({ series, token, window, calendar }, context) {
      const { barSize, dataset } = series;
      const interval = chooseInterval(series);
      if (!interval.ok) return { kind: 'failure', failure: interval.error };

      const end = Math.max(window.start, Math.min(window.end, getAnsweredUntil(calendar, barSize, clock.now())));
      const source = { token, barSize, interval: interval.value, rules: getCandleRules(series) };
      const nextCall = createCallCounter(context);
      const candles: KiteCandle[] = [];
      const refused: Instant[] = [];
      let answeredEnd = end;
      for (let from = window.start, round = 0; from < end; round++) {
        const fetched = await fetchCandles(source, roundToDays({ start: from, end }, barSize), nextCall, context);
        if (!fetched.ok) return { kind: 'failure', failure: fetched.error };
        candles.push(...fetched.value.candles);
        refused.push(...fetched.value.refused);
        const { columns } = toBarColumns(candles, { calendar, barSize, window });
        const truncatedFrom =
          fetched.value.candles.length === 0 ? null : possiblyTruncatedFrom(columns.ts, { series, calendar, end });
        if (truncatedFrom === null || truncatedFrom <= from) break;
        if (round === maxRounds) answeredEnd = truncatedFrom;
        if (round === maxRounds) break;
        from = truncatedFrom;
      }
      const answeredWindow = { start: window.start, end: answeredEnd };
      const selection = { calendar, barSize, window: answeredWindow };
      const { length, columns, outside } = toBarColumns(candles, selection);
      const gaps = toRefusedWindows(refused, selection).map((part) => ({
        ...{ window: part, reason: impossiblePrices },
        isRefused: true as const,
      }));
      if (length === 0 && gaps.length === 0 && answeredWindow.end === window.end)
        return { kind: 'empty', ...omitUndefined({ outside }) };
      const found = omitUndefined({ gaps: gaps.length === 0 ? undefined : gaps, outside });
      return { kind: 'rows', rows: { dataset, length, columns }, answeredWindow, ...found };
    },
  };
}

const impossiblePrices = 'Kite sent impossible prices';

interface CandleSource {
  readonly token: number;
  readonly barSize: BarSize;
  readonly interval: KiteInterval;
  readonly rules: CandleRules;
}

/** The budgets have allowed the first call of a request, and every further one waits for them. */
function createCallCounter({ calls, signal }: BarContext): (part: string) => Promise<boolean> {
  let count = 0;
  return async (part) => {
    if (signal.aborted) return false;
    return count++ === 0 || ((await calls.next(part)) && !isAborted(signal));
  };
}

/** Reads the signal again: it may have aborted during a wait. */
function isAborted({ aborted }: AbortSignal): boolean {
  return aborted;
}

function getCandleRules({ dataset, instrument: { kind } }: BarSeries): CandleRules {
  const isOption = dataset === 'option_bars';
  return {
    hasOpenInterest: isOption || kind === 'future',
    isIndex: !isOption && kind === 'index',
    priceFloor: getPriceFloor(kind, isOption, 'TRADES'),
  };
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
