import type { TradingHours } from '../../core/tables/bars.js';
import type { TradingSession } from '../../core/time/calendar.js';
import type { CoveredWindow, SeriesCoverage } from '../../core/coverage.js';
import { isRefetchable } from '../../core/loss-reasons.js';
import type { EmptyConfirmation } from '../../core/empty-confirmation.js';
import type { Duration, Instant } from '../../core/time/time.js';
import { intersect, normalize, subtract } from '../../core/time/window.js';
import type { Window, Windows } from '../../core/time/window.js';
import { isRestatementRefused } from '../../core/revisions/restatement.js';
import { omitUndefined } from '../../platform/omit-undefined.js';
import type { PlanOptions } from '../plan-options.js';
import type { Gap, GapReason } from '../plan.js';
import { daySpan, tradingSpan } from './wanted-sessions.js';

/** Missing windows of one session. */
export interface SessionGap {
  readonly session: TradingSession;
  /** Index among the wanted sessions; adjacent sessions have adjacent indices. */
  readonly index: number;
  /** True if all of the session is missing; `windows` is then its whole day. */
  readonly isWhole: boolean;
  readonly windows: Windows;
  readonly reason: GapReason;
}

export interface GapOptions extends Pick<
  PlanOptions,
  'force' | 'retryFailed' | 'retryDenied' | 'retryEmpty' | 'missing'
> {
  readonly hours: TradingHours;
  /** The time after a session's close during which the provider may still revise its bars. */
  readonly revisionWindow: Duration;
  /** True if one bar covers the whole session, so that a part of it cannot be requested. */
  readonly wholeSessions: boolean;
  /** When answers without rows count. */
  readonly confirmation: EmptyConfirmation;
  /** False if rows on an earlier price scale are not requested again; absent for true. */
  readonly restates?: boolean;
  /** True if only they are wanted. */
  readonly restate?: boolean;
  readonly now: Instant;
}

/**
 * Finds the wanted sessions that coverage does not answer, in order. A session is answered when coverage answers its whole
 * trading span. Holes inside the history are found as well as missing ends, because every session is checked.
 */
export function sessionGaps(
  coverage: SeriesCoverage,
  sessions: readonly TradingSession[],
  options: GapOptions,
): readonly SessionGap[] {
  const gaps: SessionGap[] = [];
  let first = 0;
  for (const [index, session] of sessions.entries()) {
    const span = tradingSpan(session, options.hours);
    while (first < coverage.length && (coverage[first]?.end ?? 0) <= span.start) first++;
    // The fast path: coverage answers most sessions as a whole, and each series has up to ten years of them.
    const known = coverage[first];
    if (known !== undefined && contains(known, span) && !options.force && isAnswered(known, session, options)) continue;
    const overlapping: CoveredWindow[] = [];
    for (let position = first; position < coverage.length; position++) {
      const window = coverage[position];
      if (window === undefined || window.start >= span.end) break;
      overlapping.push(window);
    }
    const gap = findGap(session, index, span, overlapping, options);
    if (gap !== null) gaps.push(gap);
  }
  return gaps;
}

function contains(window: Window, inner: Window): boolean {
  return window.start <= inner.start && window.end >= inner.end;
}

function findGap(
  session: TradingSession,
  index: number,
  span: Window,
  overlapping: readonly CoveredWindow[],
  options: GapOptions,
): SessionGap | null {
  if (options.force) return { session, index, isWhole: true, windows: [daySpan(session)], reason: { kind: 'forced' } };
  const unanswering = overlapping.filter((window) => !isAnswered(window, session, options));
  const answering = overlapping.filter((window) => !unanswering.includes(window));
  const unanswered = subtract([span], normalize(answering));
  const isSelective = options.retryFailed || options.missing || options.restate === true;
  const retryable = isSelective ? unanswering.filter((window) => shouldRetry(window, options)) : unanswering;
  const missing = isSelective ? intersect(unanswered, normalize(retryable)) : unanswered;
  if (missing.length === 0) return null;
  const isWhole = options.wholeSessions || (missing[0]?.start === span.start && missing[0].end === span.end);
  // Lost time before the open and behind the close goes with the lost part of the session: nothing else ever requests it.
  const lost = normalize(retryable.filter(isRefetchable));
  const windows = isWhole ? [daySpan(session)] : normalize([...missing, ...intersect([daySpan(session)], lost)]);
  return { session, index, isWhole, windows, reason: findGapReason(retryable) };
}

/** Selects the windows of `--missing` or `--restate`, or those of `--retry-failed`, with `--retry-denied` and `--retry-empty` also denied and empty ones. */
function shouldRetry(window: CoveredWindow, options: GapOptions): boolean {
  if (options.missing) return isRefetchable(window);
  const { state } = window;
  if (options.restate === true) return state === 'rescaled';
  return state === 'failed' || (state === 'denied' && options.retryDenied) || (state === 'empty' && options.retryEmpty);
}

function isAnswered(window: CoveredWindow, session: TradingSession, options: GapOptions): boolean {
  switch (window.state) {
    case 'data':
    case 'unavailable':
      return true;
    case 'empty':
      return !options.retryEmpty;
    case 'denied':
      return !options.retryDenied;
    case 'provisional':
      return options.now < session.close + options.revisionWindow;
    case 'failed':
      return isHeld(window, session, options);
    case 'missing':
      return false;
    case 'rescaled':
      return options.restate !== true && (options.restates === false || isRestatementRefused(window));
  }
}

/** Returns whether a window without rows has to wait before its next answer counts. */
export function isHeld(
  { state, emptyAnswers, lastRequestedAt }: CoveredWindow,
  { close }: TradingSession,
  {
    confirmation,
    revisionWindow,
    retryFailed,
    force,
    now,
  }: Omit<GapOptions, 'wholeSessions' | 'hours' | 'restates' | 'restate'>,
): boolean {
  if (state !== 'failed' || emptyAnswers === undefined || retryFailed || force) return false;
  // An answer from before the session was final does not count, and the first one after it need not wait.
  if (emptyAnswers === 0) return now < close + revisionWindow;
  return now - lastRequestedAt < confirmation.every;
}

function findGapReason(unanswering: readonly CoveredWindow[]): GapReason {
  const latest = unanswering.reduce<CoveredWindow | null>(
    (best, window) => (best === null || window.lastRequestedAt > best.lastRequestedAt ? window : best),
    null,
  );
  if (latest === null || latest.state === 'data') return { kind: 'never-requested' };
  const { state, lastRequestedAt, reason, emptyAnswers } = latest;
  return { kind: 'requested-before', state, lastRequestedAt, ...omitUndefined({ reason, emptyAnswers }) };
}

/** Returns the windows of the gaps. Adjacent whole sessions with the same reason are joined across the night. */
export function joinGaps(gaps: readonly SessionGap[]): readonly Gap[] {
  const joined: { window: { start: Instant; end: Instant }; reason: GapReason; index: number; isWhole: boolean }[] = [];
  for (const gap of gaps) {
    const last = joined.at(-1);
    const [firstWindow] = gap.windows;
    if (
      last !== undefined &&
      last.isWhole &&
      gap.isWhole &&
      last.index + 1 === gap.index &&
      isSameReason(last.reason, gap.reason) &&
      firstWindow !== undefined
    ) {
      last.window.end = firstWindow.end;
      last.index = gap.index;
      continue;
    }
    for (const window of gap.windows)
      joined.push({ window: { ...window }, reason: gap.reason, index: gap.index, isWhole: gap.isWhole });
  }
  return joined.map(({ window, reason }) => ({ window, reason }));
}

function isSameReason(a: GapReason, b: GapReason): boolean {
  if (a.kind === 'requested-before' && b.kind === 'requested-before')
    return a.state === b.state && a.lastRequestedAt === b.lastRequestedAt && a.reason === b.reason;
  return a.kind === b.kind;
}
