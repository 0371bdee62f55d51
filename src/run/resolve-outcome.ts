import { barSizes, isIntraday } from '../core/tables/bars.js';
import type { TradingHours } from '../core/tables/bars.js';
import { encodeLacks } from '../core/answer-lacks.js';
import type { AnswerLacks } from '../core/answer-lacks.js';
import { getTradingSpans } from '../core/time/calendar.js';
import type { Calendar, TradingSession } from '../core/time/calendar.js';
import type { CoverageState, SeriesCoverage } from '../core/coverage.js';
import type { ClosedWindow } from '../core/fetch-result.js';
import type { Failure } from '../core/failure.js';
import type { AnswerGap, FetchOutcome, Request } from '../core/request.js';
import type { Rows } from '../core/tables/rows.js';
import { addDays } from '../core/time/time.js';
import type { Duration, Instant } from '../core/time/time.js';
import { omitUndefined } from '../platform/omit-undefined.js';
import { intersect, noWindows, normalize, overlaps, subtract, union } from '../core/time/window.js';
import type { Window, Windows } from '../core/time/window.js';
import { tradingSpan } from '../plan/gaps/wanted-sessions.js';
import { describeOpenLacks } from './find-lacks.js';
import { findSilences, minSilence } from './find-silences.js';
import { createTradingTime } from '../core/time/lunch-breaks.js';
import { emptyAtOnce, emptyBeforeFinal, resolveEmptyPoint, resolveEmptyWindow } from './resolve-empty.js';
import type { ClosedState, EmptyRules } from './resolve-empty.js';
import { selectRowsWithin, getRowTimes } from './select-rows.js';

/** Windows that an outcome closes, and the rows to store. */
export interface Resolution {
  readonly closedWindows: readonly ClosedWindow[];
  readonly rows: Rows | null;
}

export interface ResolveOptions extends EmptyRules {
  /** The time after a session's close during which the provider may still revise its bars. */
  readonly revisionWindow: Duration;
  /** What an answer about the current state leaves out; null for a complete answer. */
  readonly lacks?: AnswerLacks | null;
}

/**
 * Resolves an outcome into coverage. Only this function decides it: a session with rows is `data`, an unanswered window is
 * `failed`, and a session that may still be revised is `provisional`. An answered session without rows, or an unusual
 * silence within one, is `empty` once enough answers confirm it, and `failed` with their number until then.
 */
export function resolveOutcome(request: Request, outcome: FetchOutcome, options: ResolveOptions): Resolution {
  const { window } = request;
  if (window === null) return resolvePoint(outcome, options);
  const gaps = outcome.kind === 'rows' ? (outcome.gaps ?? []) : [];
  const refused = gaps.filter(({ isRefused }) => isRefused === true);
  const answer: Answer = { request, isExplained: isExplained(outcome), refused };
  switch (outcome.kind) {
    case 'failure':
      return { closedWindows: failedWindows(request.closes, outcome.failure), rows: null };
    case 'empty':
      return { closedWindows: answeredWindows(request.closes, null, answer, options), rows: null };
    case 'rows': {
      const unanswered = gaps.filter(({ isRefused }) => isRefused !== true);
      const answered =
        outcome.answeredWindow === null
          ? []
          : subtract([outcome.answeredWindow], normalize(unanswered.map((gap) => gap.window)));
      // There is no trading at night: an answer that ends with the trading hours leaves nothing open.
      const open = subtract(request.closes, answered).filter((part) =>
        hasTrading(part, getHours(request), options.calendar),
      );
      const closed = subtract(request.closes, open);
      const rows = selectRowsWithin(outcome.rows, closed);
      const answeredParts = answeredWindows(closed, rows, answer, options);
      return {
        closedWindows: [
          ...answeredParts,
          ...open.flatMap((part) => failedWindows([part], toTruncation(part, unanswered))),
        ],
        rows,
      };
    }
  }
}

function toTruncation(part: Window, gaps: readonly AnswerGap[]): Failure {
  const gap = gaps.find((one) => overlaps(one.window, part));
  return { kind: 'retryable', message: gap?.reason ?? 'the response was truncated' };
}

/** Returns whether the provider says why there are no rows: the options do not exist. */
function isExplained(outcome: FetchOutcome): boolean {
  return outcome.kind !== 'failure' && (outcome.unlisted ?? []).length > 0;
}

function resolvePoint(outcome: FetchOutcome, options: ResolveOptions): Resolution {
  const { answeredAt } = options;
  const window = { start: answeredAt, end: answeredAt + 1 };
  if (outcome.kind === 'failure') return { closedWindows: failedWindows([window], outcome.failure), rows: null };
  if (outcome.kind === 'rows' && outcome.rows.length > 0)
    return {
      closedWindows: [{ window, state: 'data', rows: outcome.rows.length, ...toLackFields(options) }],
      rows: outcome.rows,
    };
  const closed = isExplained(outcome) ? emptyAtOnce : resolveEmptyPoint(options);
  return { closedWindows: [{ window, rows: 0, ...closed }], rows: null };
}

/** The number of answers is that of the part that is farthest from its confirmation. */
function toLackFields({ lacks = null }: ResolveOptions): Pick<ClosedWindow, 'reason' | 'emptyAnswers' | 'lacks'> {
  if (lacks === null) return {};
  const reason = describeOpenLacks(lacks);
  const answers = lacks.lacks.filter(({ kind }) => kind === 'missing').map((lack) => lack.answers);
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(answers.length === 0 ? {} : { emptyAnswers: answers.reduce((a, b) => Math.min(a, b)) }),
    lacks: encodeLacks(lacks),
  };
}

function failedWindows(windows: Windows, failure: Failure): readonly ClosedWindow[] {
  const state: CoverageState = failure.kind === 'denied' || failure.kind === 'unavailable' ? failure.kind : 'failed';
  return windows.map((window) => ({ window, state, rows: 0, reason: failure.message }));
}

/** What a request asked for, and whether the answer explains the lack of rows. */
interface Answer {
  readonly request: Request;
  readonly isExplained: boolean;
  /** Parts whose bars cannot be: the provider has answered, but without rows. */
  readonly refused: readonly AnswerGap[];
}

type MutableClosedWindow = ClosedState & { readonly window: { start: Instant; end: Instant }; rows: number };

function answeredWindows(
  windows: Windows,
  rows: Rows | null,
  answer: Answer,
  options: ResolveOptions,
): readonly ClosedWindow[] {
  const times = rows === null ? new Float64Array() : getRowTimes(rows);
  const refused = normalize(answer.refused.map(({ window }) => window));
  const silences = union(findAnswerSilences(windows, times, answer, options), refused);
  let row = 0;
  const countUntil = (end: Instant): number => {
    const from = row;
    while (row < times.length && (times[row] ?? Infinity) < end) row++;
    return row - from;
  };
  return windows.flatMap((window) => {
    const parts: MutableClosedWindow[] = [];
    const add = (part: Window, closed: ClosedState, count: number): void => {
      const last = parts.at(-1);
      if (last?.state === closed.state && last.emptyAnswers === closed.emptyAnswers && last.reason === closed.reason) {
        last.window.end = part.end;
        last.rows += count;
      } else parts.push({ window: { ...part }, rows: count, ...closed });
    };
    for (const { part, session } of splitBySession(window, options.calendar)) {
      const pieces = splitBySilences(part, silences).map((one) => ({ ...one, rows: countUntil(one.piece.end) }));
      const rowsOfPart = pieces.reduce((sum, piece) => sum + piece.rows, 0);
      const closed = resolvePart(part, session, { rowsOfPart, rowsOfAnswer: times.length }, answer, options);
      for (const { piece, isSilent, rows: rowsOfPiece } of pieces)
        add(
          piece,
          isSilent && session !== null ? resolveSilence(piece, session, answer, options) : closed,
          rowsOfPiece,
        );
    }
    return parts;
  });
}

/** Resolves an unusual silence, or a part whose bars cannot be; the latter may be in a session that is not final. */
function resolveSilence(
  piece: Window,
  session: TradingSession,
  { refused }: Answer,
  options: ResolveOptions,
): ClosedState {
  const refusal = refused.find(({ window }) => overlaps(window, piece));
  if (!isSessionFinal(session, options)) return { ...emptyBeforeFinal, ...omitUndefined({ reason: refusal?.reason }) };
  const closed = resolveEmptyWindow(piece, session, options);
  if (refusal === undefined) return closed;
  const { reason } = closed;
  return { ...closed, reason: reason === undefined ? refusal.reason : `${refusal.reason}: ${reason}` };
}

/** Resolves a part of the day of a session, without a session a part without trading. */
function resolvePart(
  part: Window,
  session: TradingSession | null,
  { rowsOfPart, rowsOfAnswer }: { readonly rowsOfPart: number; readonly rowsOfAnswer: number },
  answer: Answer,
  options: ResolveOptions,
): ClosedState {
  const isFinal = session === null || isSessionFinal(session, options);
  if (rowsOfPart > 0) return { state: isFinal ? 'data' : 'provisional' };
  const isSuspicious =
    session !== null && !answer.isExplained && isLackSuspicious(part, session, rowsOfAnswer, options.earlier);
  if (!isFinal) return isSuspicious && options.confirmation.answers > 1 ? emptyBeforeFinal : { state: 'provisional' };
  return isSuspicious ? resolveEmptyWindow(part, session, options) : emptyAtOnce;
}

/** Returns whether a part of a session should have rows, unlike a night or a few minutes of an answer with other rows. */
function isLackSuspicious(
  part: Window,
  session: TradingSession,
  rowsOfAnswer: number,
  earlier: SeriesCoverage,
): boolean {
  const traded = intersect([part], getTradingSpans(session));
  if (traded.length === 0) return false;
  const hasEmptyAnswers = earlier.some(
    (known) => known.emptyAnswers !== undefined && traded.some((span) => overlaps(known, span)),
  );
  return rowsOfAnswer === 0 || hasEmptyAnswers || traded.some(({ start, end }) => end - start > minSilence);
}

function isSessionFinal({ close }: TradingSession, { answeredAt, revisionWindow }: ResolveOptions): boolean {
  return answeredAt >= close + revisionWindow;
}

/** Finds the unusual silences of bars; of options only those of one that trades all the time, because most are silent for hours. */
function findAnswerSilences(
  windows: Windows,
  times: Float64Array,
  { request: { series }, isExplained: explained }: Answer,
  options: ResolveOptions,
): Windows {
  if ((series.dataset !== 'equity_bars' && series.dataset !== 'option_bars') || !isIntraday(series.barSize))
    return noWindows;
  if (explained || options.confirmation.answers <= 1 || times.length === 0) return noWindows;
  const sessions = findSessionsOfAll(windows, options.calendar).filter((session) => isSessionFinal(session, options));
  const spans = sessions.flatMap(({ open, close }) => intersect(windows, [{ start: open, end: close }]));
  const kind = series.dataset === 'option_bars' ? 'option' : 'symbol';
  const barLength = barSizes[series.barSize];
  const tradingTime = createTradingTime(sessions);
  if (tradingTime === null) return findSilences(times, barLength, spans, kind);
  const { fromInstant, toWindow } = tradingTime;
  const tradedSpans = spans.map(({ start, end }) => ({ start: fromInstant(start), end: fromInstant(end) }));
  return findSilences(times.map(fromInstant), barLength, tradedSpans, kind).map(toWindow);
}

/** Splits a part of a day at the silences in it. */
function splitBySilences(part: Window, silences: Windows): readonly { piece: Window; isSilent: boolean }[] {
  const silent = intersect([part], silences);
  if (silent.length === 0) return [{ piece: part, isSilent: false }];
  return [
    ...silent.map((piece) => ({ piece, isSilent: true })),
    ...subtract([part], silent).map((piece) => ({ piece, isSilent: false })),
  ].sort((a, b) => a.piece.start - b.piece.start);
}

function getHours({ series }: Request): TradingHours {
  return 'hours' in series ? series.hours : 'all';
}

function hasTrading(window: Window, hours: TradingHours, calendar: Calendar): boolean {
  return findSessions(window, calendar).some((session) => overlaps(tradingSpan(session, hours), window));
}

/** The sessions of several windows, each once. */
function findSessionsOfAll(windows: Windows, calendar: Calendar): readonly TradingSession[] {
  const sessions = windows.flatMap((window) => findSessions(window, calendar));
  return [...new Map(sessions.map((session) => [session.dayStart, session])).values()];
}

function findSessions(window: Window, calendar: Calendar): readonly TradingSession[] {
  return calendar
    .sessions(calendar.dateAt(window.start), addDays(calendar.dateAt(window.end - 1), 1))
    .filter((session) => session.dayEnd > window.start && session.dayStart < window.end);
}

/** Splits a window at the days of its sessions, so that a day without rows among days with rows is `empty`. */
function splitBySession(
  window: Window,
  calendar: Calendar,
): readonly { part: Window; session: TradingSession | null }[] {
  const sessions = findSessions(window, calendar);
  if (sessions.length === 0) return [{ part: window, session: null }];
  return sessions.map((session, index) => ({
    session,
    part: {
      start: index === 0 ? window.start : session.dayStart,
      end: sessions[index + 1]?.dayStart ?? window.end,
    },
  }));
}
