import { barSizes, isIntraday } from '../../core/bars.js';
import type { Calendar } from '../../core/calendar.js';
import type { Clock } from '../../core/clock.js';
import type { Outcome } from '../../core/request.js';
import type { SeriesOf } from '../../core/series.js';
import { day, second } from '../../core/time.js';
import type { Duration, Instant } from '../../core/time.js';
import type { Window } from '../../core/window.js';
import { answeredPart } from './answered.js';
import { barColumns, readBars } from './bars.js';
import type { ReadBars } from './bars.js';
import { instrumentContract } from './contract.js';
import type { Definitions } from './definitions.js';
import { failureOf } from './failures.js';
import { historySpan, sessionsOf, tradingSpan } from './history.js';
import type { HistoryWanted } from './history.js';
import type { Link } from './link.js';
import type { Answer } from './question.js';
import { historyQuestion } from './questions.js';
import type { WireBar } from './wire.js';

type BarsSeries = SeriesOf<'equity_bars'> | SeriesOf<'option_bars'>;

/** What fetching bars takes. */
export interface BarsParts {
  readonly link: Link;
  readonly definitions: Definitions;
  readonly clock: Clock;
}

const noBars = { length: 0, columns: barColumns([]) } as const;

/** How far back IB keeps bars of 30 seconds or less. */
const shortBarsKept: Duration = 183 * day;

/** Asks for the bars of a window, and tells how much of it the answer is about. */
export async function fetchBars(
  series: BarsSeries,
  window: Window,
  calendar: Calendar,
  { link, definitions, clock }: BarsParts,
  signal: AbortSignal,
): Promise<Outcome> {
  const { barSize, hours, instrument } = series;
  const contract = series.dataset === 'option_bars' ? series.contract : null;
  const now = clock.now();
  const wanted: HistoryWanted = { window, barSize, hours, calendar, expiry: contract?.expiry ?? null, now };
  const sessions = sessionsOf(wanted);
  const span = historySpan(wanted, sessions);
  if (span === null) return nothingYet(series, window, window.start);

  const ask = (): Promise<Answer<readonly WireBar[]>> => {
    const asked = contract === null ? instrumentContract(instrument) : definitions.option(instrument, contract);
    return link.ask(historyQuestion(asked, span, series), signal);
  };
  let answer = await ask();
  if (contract !== null && isAmbiguous(answer) && (await definitions.tellApart(instrument, contract, signal)))
    answer = await ask();

  const hasExpired = contract !== null && calendar.dateAt(now) > contract.expiry;
  if (!answer.ok) {
    const { error } = answer;
    if (error.kind === 'connection') return { kind: 'failure', failure: error.failure };
    if (error.meaning.kind === 'no-data') return nothing(series, wanted, hasExpired, error.message);
    if (error.meaning.kind === 'no-contract' && contract !== null)
      return hasExpired ? lost(error.message) : { kind: 'empty', unlisted: [contract] };
    return { kind: 'failure', failure: failureOf(error) };
  }
  const bars = readBars(answer.value, { ...wanted, now: clock.now() });
  if (bars.unread > 0) {
    const message = `${bars.unread} of ${answer.value.length} bars cannot be read`;
    return { kind: 'failure', failure: { kind: 'retryable', code: 'unreadable', message } };
  }
  // Bars from before the window and none in it: the gateway has counted back over a stretch without any.
  if (bars.length === 0) return nothing(series, wanted, hasExpired, 'no bars in the window');
  return withBars(series, wanted, bars);
}

function withBars(series: BarsSeries, wanted: HistoryWanted, bars: ReadBars): Outcome {
  const { window, barSize } = wanted;
  const until = Math.min(spokenUntil(wanted), bars.unfinished ?? Infinity);
  const { length, columns, ends } = bars;
  const answered = answeredPart({
    barSize,
    window: { start: window.start, end: Math.max(until, ends.at(-1) ?? until) },
    sessions: sessionsOf(wanted),
    times: columns.ts,
    ends,
    beginsLate: series.dataset === 'option_bars',
  });
  const { dataset } = series;
  return {
    kind: 'rows',
    rows: { dataset, length, columns },
    answered: { ...answered, end: Math.min(answered.end, window.end) },
  };
}

/** The gateway says that there is nothing; of what lies ahead it cannot know. */
function nothing(series: BarsSeries, wanted: HistoryWanted, hasExpired: boolean, message: string): Outcome {
  const { window, barSize, now } = wanted;
  if (hasExpired) return lost(`the option has expired, and IB keeps nothing of it: ${message}`);
  if (barSizes[barSize] <= 30 * second && window.end <= now - shortBarsKept)
    return lost(`IB keeps bars of ${barSize} for six months: ${message}`);
  const until = spokenUntil(wanted);
  return until < window.end ? nothingYet(series, window, until) : { kind: 'empty' };
}

function lost(message: string): Outcome {
  return { kind: 'failure', failure: { kind: 'lost', message } };
}

function nothingYet({ dataset }: BarsSeries, window: Window, until: Instant): Outcome {
  return { kind: 'rows', rows: { dataset, ...noBars }, answered: { start: window.start, end: until } };
}

/** Up to when everything is known about bars of a size: in a session that goes on, the end of its last whole bar. */
function spokenUntil(wanted: HistoryWanted): Instant {
  const { window, barSize, hours, now } = wanted;
  if (window.end <= now) return window.end;
  const last = sessionsOf(wanted).at(-1);
  if (last === undefined) return Math.max(now, window.start);
  const span = tradingSpan(last, hours);
  if (now >= span.end) return now;
  if (!isIntraday(barSize)) return Math.max(last.dayStart, window.start);
  return Math.max(now - ((now - span.start) % barSizes[barSize]), window.start);
}

function isAmbiguous<T>(answer: Answer<T>): boolean {
  return !answer.ok && answer.error.kind === 'gateway' && answer.error.meaning.kind === 'ambiguous';
}
