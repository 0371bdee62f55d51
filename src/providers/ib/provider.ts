import { setMaxListeners } from 'node:events';

import type { Calendar } from '../../core/calendar.js';
import type { Clock } from '../../core/clock.js';
import type { Failure } from '../../core/failure.js';
import type { Outcome, Request } from '../../core/request.js';
import type { SeriesOf } from '../../core/series.js';
import { minute, second } from '../../core/time.js';
import type { Duration } from '../../core/time.js';
import { computedNotAsked } from '../computed-not-asked.js';
import type { Provider } from '../contract.js';
import { instrumentContract } from './contract.js';
import { createDefinitions } from './definitions.js';
import { failureOf } from './failures.js';
import { fetchBars } from './fetch-bars.js';
import { fetchQuote, fetchSnapshot } from './fetch-quotes.js';
import { createLines } from './lines.js';
import { createLink } from './link.js';
import type { IbNotice } from './notice.js';
import { headQuestion } from './questions.js';
import { usualTimings } from './settings.js';
import type { IbSettings, IbTimings } from './settings.js';
import { instantFrom } from './times.js';

/** What the adapter for Interactive Brokers is made of. */
export interface IbParts {
  readonly settings: IbSettings;
  readonly calendarOf: (calendar: string) => Calendar | undefined;
  readonly clock: Clock;
  readonly notices: (notice: IbNotice) => void;
  readonly timings?: Partial<IbTimings>;
}

/** Of the 100 market data lines of an account, so that a few are left for the screens of its user. */
const marketDataLines = 95;

/** How long history is left alone after one violation of its pace, and after each further one in a row. */
const pacingHolds: readonly Duration[] = [15 * second, minute, 3 * minute, 10 * minute];

/** Interactive Brokers, by way of TWS or IB Gateway. */
export function ibProvider({ settings, calendarOf, clock, notices, timings: given = {} }: IbParts): Provider {
  const timings: IbTimings = { ...usualTimings, ...given };
  const link = createLink({ settings, timings, clock, notices });
  const definitions = createDefinitions(link);
  const lines = createLines(marketDataLines, timings.spacing, clock);
  const notify = (kind: IbNotice['kind'], message: string, code: number | null = null): void =>
    notices({ at: clock.now(), kind, code, message });
  const quoteParts = { link, definitions, lines, clock, settings, timings, notify };
  let violations = 0;
  let hasToldDelayed = false;

  const fetch = async ({ series, window }: Request, signal: AbortSignal): Promise<Outcome> => {
    const { instrument } = series;
    const calendar = calendarOf(instrument.calendar);
    if (calendar === undefined)
      return invalid(`${instrument.symbol} follows the calendar ${instrument.calendar}, which is not known`);
    switch (series.dataset) {
      case 'contracts':
        return definitions.contract(instrument, signal);
      case 'chains':
        return definitions.chain(instrument, calendar, clock.now(), signal);
      case 'equity_bars':
      case 'option_bars':
        if (window === null) return invalid('bars are asked for by window');
        return fetchBars(series, window, calendar, { link, definitions, clock }, signal);
      case 'history_starts':
        return historyStart(series, calendar, signal);
      case 'quotes':
        return fetchQuote(instrument, quoteParts, signal);
      case 'option_snapshots':
        return fetchSnapshot(series, calendar, quoteParts, signal);
      case 'overviews':
        return { kind: 'failure', failure: computedNotAsked };
    }
  };

  const historyStart = async (
    { instrument, what, hours }: SeriesOf<'history_starts'>,
    calendar: Calendar,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const answer = await link.ask(headQuestion(instrumentContract(instrument), what, hours), signal);
    if (!answer.ok) {
      if (answer.error.kind === 'gateway' && answer.error.meaning.kind === 'no-data') return { kind: 'empty' };
      return { kind: 'failure', failure: failureOf(answer.error) };
    }
    const instant = instantFrom(answer.value, calendar.timeZone);
    if (instant === null) {
      const message = `the beginning of history cannot be read: ${answer.value}`;
      return { kind: 'failure', failure: { kind: 'retryable', code: 'unreadable', message } };
    }
    const first = Float64Array.of(instant);
    return { kind: 'rows', rows: { dataset: 'history_starts', length: 1, columns: { first } }, answered: null };
  };

  /** Violations of the pace in a row are answered with ever longer holds. */
  const heldBack = (failure: Failure): Failure => {
    if (failure.kind !== 'pacing') return failure;
    if (failure.code === '10197') {
      notify('competing-session', failure.message, 10197);
      return failure;
    }
    if (failure.code !== '162') return failure;
    notify('pacing-violation', failure.message, 162);
    const hold = pacingHolds[Math.min(violations, pacingHolds.length - 1)];
    violations++;
    return hold === undefined ? failure : { ...failure, retryAfter: hold };
  };

  return {
    name: 'ib',
    async open(signal) {
      const opened = await link.open(signal);
      if (opened.ok) return null;
      const { kind, says, remedy } = opened.error;
      if (kind === 'stopped') return { kind: 'retryable', code: kind, message: says };
      return { kind: 'fatal', code: kind, message: says, ...(remedy === '' ? {} : { remedy }) };
    },
    async fetch(request, signal) {
      if (signal.aborted)
        return {
          kind: 'failure',
          failure: { kind: 'retryable', code: 'stopped', message: 'stopped before it was asked' },
        };
      // One snapshot waits for many lines at once, and each of them listens for the end.
      const own = AbortSignal.any([signal]);
      setMaxListeners(0, own);
      const outcome = await fetch(request, own);
      if (outcome.kind === 'failure') return { kind: 'failure', failure: heldBack(outcome.failure) };
      const { dataset } = request.series;
      if (dataset === 'equity_bars' || dataset === 'option_bars') violations = 0;
      if (outcome.kind === 'rows' && isDelayed(outcome) && !hasToldDelayed) {
        hasToldDelayed = true;
        notify('delayed-data', 'some market data is delayed; its rows say so');
      }
      return outcome;
    },
    close: () => link.close(),
  };
}

function isDelayed({ rows }: Extract<Outcome, { kind: 'rows' }>): boolean {
  return 'delayed' in rows.columns && rows.columns.delayed.includes(1);
}

function invalid(message: string): Outcome {
  return { kind: 'failure', failure: { kind: 'invalid', message } };
}
