import { isIntraday } from '../../core/bars.js';
import type { BarSize } from '../../core/bars.js';
import type { Calendar } from '../../core/calendar.js';
import type { Clock } from '../../core/clock.js';
import type { Failure } from '../../core/failure.js';
import type { Outcome } from '../../core/request.js';
import { err, ok } from '../../core/result.js';
import type { Result } from '../../core/result.js';
import { day, second } from '../../core/time.js';
import type { Instant } from '../../core/time.js';
import type { Window } from '../../core/window.js';
import { spokenUntil } from '../../market/bar-times.js';
import type { CandleQuestion, KiteApi } from './api.js';
import type { BarSeries } from './bar-series.js';
import { barColumns, readCandles } from './candles.js';
import type { Candle } from './candles.js';
import { doubtfulFrom } from './doubt.js';
import { failureFor, spanLimitIn, stopped } from './failures.js';
import { indianDate, indianText, startOfIndianDay } from './indian-time.js';
import { intervalOf, kiteBarSizes } from './intervals.js';
import type { KiteInterval } from './intervals.js';
import type { KiteNotice } from './notice.js';
import { callRoom } from './unplanned.js';

/** Bars of one instrument, by its token. */
export interface History {
  bars(
    question: {
      readonly series: BarSeries;
      readonly token: number;
      readonly window: Window;
      readonly calendar: Calendar;
    },
    signal: AbortSignal,
  ): Promise<Outcome>;
}

/** What history is made of. */
export interface HistoryParts {
  readonly api: KiteApi;
  readonly clock: Clock;
  readonly notices: (notice: KiteNotice) => void;
}

/** How often the rest of an answer that seems cut short is asked for before it is left open. */
const mostRounds = 4;

export function history({ api, clock, notices }: HistoryParts): History {
  // Kite counts arrivals, which may be closer together than departures.
  const room = callRoom(3, 1.1 * second, clock);
  /** Shorter spans than the documented ones, as Kite has told them, in days. */
  const spans = new Map<KiteInterval['interval'], number>();

  async function ask(
    { token, openInterest }: Pick<CandleQuestion, 'token' | 'openInterest'>,
    { interval, days }: KiteInterval,
    window: Window,
    planned: boolean,
    signal: AbortSignal,
  ): Promise<Result<readonly Candle[], Failure>> {
    const candles: Candle[] = [];
    let isPlanned = planned;
    for (let start = window.start; start < window.end;) {
      const longest = Math.min(spans.get(interval) ?? days, days);
      const end = Math.min(window.end, start + longest * day);
      await room.enter(isPlanned, signal);
      isPlanned = false;
      const from = indianText(Math.ceil(start / second) * second);
      const answer = await api.candles({ token, interval, from, to: indianText(end - 1), openInterest }, signal);
      if (signal.aborted) return err(stopped);
      if (!answer.ok) {
        const limit = spanLimitIn(answer.error);
        if (limit === null || longest <= 1) return err(failureFor(answer.error));
        const learned = Math.min(limit, longest - 1);
        spans.set(interval, learned);
        notices({ kind: 'span-limit', message: `Kite answers at most ${learned} days of ${interval} candles at once` });
        continue;
      }
      const read = readCandles(answer.value, openInterest);
      if (read === null)
        return err({ kind: 'retryable', message: 'an answer to historical data that has no candles in it' });
      candles.push(...read);
      start = end;
    }
    return ok(candles);
  }

  return {
    async bars({ series, token, window, calendar }, signal) {
      const { barSize, dataset } = series;
      const interval = intervalOf(barSize);
      const wrong = wrongRequest(series);
      if (wrong !== null || interval === undefined) return { kind: 'failure', failure: wrong ?? noSuchSize(barSize) };

      const end = Math.max(window.start, Math.min(window.end, spokenUntil(calendar, barSize, clock.now())));
      const openInterest = isContract(series);
      const candles: Candle[] = [];
      let answeredUntil = end;
      for (let from = window.start, round = 0; from < end; round++) {
        const asked = wholeDays({ start: from, end }, barSize);
        const got = await ask({ token, openInterest }, interval, asked, round === 0, signal);
        if (!got.ok) return { kind: 'failure', failure: got.error };
        candles.push(...got.value);
        const { columns, length } = barColumns(candles, { calendar, barSize, window });
        const doubt =
          got.value.length === 0 || length === 0
            ? null
            : doubtfulFrom(columns.ts[length - 1] ?? NaN, { series, calendar, end });
        if (doubt === null || doubt <= from) break;
        if (round === mostRounds) answeredUntil = doubt;
        if (round === mostRounds) break;
        from = doubt;
      }
      const answered = { start: window.start, end: answeredUntil };
      const { length, columns } = barColumns(candles, { calendar, barSize, window: answered });
      if (length === 0 && answered.end === window.end) return { kind: 'empty' };
      return { kind: 'rows', rows: { dataset, length, columns }, answered };
    },
  };
}

/** Whether contracts are held in it, so that there is an interest in them. */
function isContract({ dataset, instrument }: BarSeries): boolean {
  return dataset === 'option_bars' || instrument.kind === 'future';
}

/** What Kite cannot answer however often it is asked. */
function wrongRequest({ barSize, what, hours }: BarSeries): Failure | null {
  if (intervalOf(barSize) === undefined) return noSuchSize(barSize);
  if (what !== 'TRADES') return { kind: 'invalid', message: `Kite has bars of TRADES only, and none of ${what}` };
  if (hours !== 'rth') return { kind: 'invalid', message: 'Kite has bars of regular hours only: write `hours: rth`' };
  return null;
}

function noSuchSize(barSize: BarSize): Failure {
  return { kind: 'invalid', message: `Kite has no bars of ${barSize}: it has ${kiteBarSizes.join(', ')}` };
}

/** A day's candle stands at midnight in India, so days are asked for whole. */
function wholeDays({ start, end }: Window, barSize: BarSize): Window {
  if (isIntraday(barSize)) return { start, end };
  const dayOf = (instant: Instant): Instant => startOfIndianDay(indianDate(instant));
  return { start: dayOf(start), end: dayOf(end - 1) + day };
}
