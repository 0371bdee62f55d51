import type { Hours } from '../core/bars.js';
import type { Session } from '../core/calendar.js';
import type { CoveredWindow, SeriesCoverage } from '../core/coverage.js';
import type { Duration, Instant } from '../core/time.js';
import { intersect, normalize, subtract } from '../core/window.js';
import type { Window, Windows } from '../core/window.js';
import type { PlanOptions } from './options.js';
import type { Gap, GapReason } from './plan.js';
import { daySpan, tradingSpan } from './wanted.js';

/** What one session lacks. */
export interface SessionGap {
  readonly session: Session;
  /** The place of the session among the wanted ones, so that neighbours can be told. */
  readonly index: number;
  /** Whether nothing of the session is held; then `windows` is its whole day. */
  readonly whole: boolean;
  readonly windows: Windows;
  readonly reason: GapReason;
}

/** Which coverage is good enough. */
export interface GapRules extends Pick<PlanOptions, 'force' | 'retryFailed' | 'retryDenied'> {
  readonly hours: Hours;
  /** How long after a session's close its bars may still change. */
  readonly settle: Duration;
  /** Whether one bar is the whole session: then a part of a session cannot be asked for. */
  readonly wholeSessions: boolean;
  readonly now: Instant;
}

/**
 * The wanted sessions that coverage does not answer, in order. A session is answered when every instant in which its bars
 * can lie is; interior holes are found like missing ends, because every session is looked at.
 */
export function sessionGaps(
  coverage: SeriesCoverage,
  sessions: readonly Session[],
  rules: GapRules,
): readonly SessionGap[] {
  const gaps: SessionGap[] = [];
  let first = 0;
  for (const [index, session] of sessions.entries()) {
    const span = tradingSpan(session, rules.hours);
    while (first < coverage.length && (coverage[first]?.end ?? 0) <= span.start) first++;
    // Nearly every session of a plan is answered as a whole, and ten years of them are looked at for each history.
    const known = coverage[first];
    if (known !== undefined && encloses(known, span) && !rules.force && isAnswer(known, session, rules)) continue;
    const touching: CoveredWindow[] = [];
    for (let at = first; at < coverage.length; at++) {
      const window = coverage[at];
      if (window === undefined || window.start >= span.end) break;
      touching.push(window);
    }
    const gap = gapOf(session, index, span, touching, rules);
    if (gap !== null) gaps.push(gap);
  }
  return gaps;
}

function encloses(window: Window, inner: Window): boolean {
  return window.start <= inner.start && window.end >= inner.end;
}

function gapOf(
  session: Session,
  index: number,
  span: Window,
  touching: readonly CoveredWindow[],
  rules: GapRules,
): SessionGap | null {
  if (rules.force) return { session, index, whole: true, windows: [daySpan(session)], reason: { kind: 'forced' } };
  const bad = touching.filter((window) => !isAnswer(window, session, rules));
  const good = touching.filter((window) => !bad.includes(window));
  const unanswered = subtract([span], normalize(good));
  const again = rules.retryFailed ? bad.filter((window) => isRetried(window, rules)) : bad;
  const missing = rules.retryFailed ? intersect(unanswered, normalize(again)) : unanswered;
  if (missing.length === 0) return null;
  const whole = rules.wholeSessions || (missing[0]?.start === span.start && missing[0].end === span.end);
  return { session, index, whole, windows: whole ? [daySpan(session)] : missing, reason: reasonOf(again) };
}

/** What `--retry-failed` asks for: with `--retry-denied` also what was refused. */
function isRetried({ state }: CoveredWindow, rules: GapRules): boolean {
  return state === 'failed' || (state === 'denied' && rules.retryDenied);
}

function isAnswer(window: CoveredWindow, session: Session, rules: GapRules): boolean {
  switch (window.state) {
    case 'data':
    case 'empty':
    case 'lost':
      return true;
    case 'denied':
      return !rules.retryDenied;
    case 'provisional':
      return rules.now < session.close + rules.settle;
    case 'failed':
    case 'missing':
      return false;
  }
}

function reasonOf(bad: readonly CoveredWindow[]): GapReason {
  const latest = bad.reduce<CoveredWindow | null>(
    (best, window) => (best === null || window.at > best.at ? window : best),
    null,
  );
  if (latest === null || latest.state === 'data' || latest.state === 'empty') return { kind: 'never-asked' };
  return {
    kind: 'asked-before',
    state: latest.state,
    at: latest.at,
    ...(latest.note === undefined ? {} : { note: latest.note }),
  };
}

/** The windows of the gaps, those of neighbouring sessions with the same reason joined across the nights between them. */
export function joinGaps(gaps: readonly SessionGap[]): readonly Gap[] {
  const joined: { window: { start: Instant; end: Instant }; reason: GapReason; index: number; whole: boolean }[] = [];
  for (const gap of gaps) {
    const last = joined.at(-1);
    const [firstWindow] = gap.windows;
    if (
      last !== undefined &&
      last.whole &&
      gap.whole &&
      last.index + 1 === gap.index &&
      sameReason(last.reason, gap.reason) &&
      firstWindow !== undefined
    ) {
      last.window.end = firstWindow.end;
      last.index = gap.index;
      continue;
    }
    for (const window of gap.windows)
      joined.push({ window: { ...window }, reason: gap.reason, index: gap.index, whole: gap.whole });
  }
  return joined.map(({ window, reason }) => ({ window, reason }));
}

function sameReason(a: GapReason, b: GapReason): boolean {
  if (a.kind === 'asked-before' && b.kind === 'asked-before')
    return a.state === b.state && a.at === b.at && a.note === b.note;
  return a.kind === b.kind;
}
