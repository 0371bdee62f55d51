import type { AbsenceKind } from '../../core/absence.js';
import type { CoveredWindow, SeriesCoverage } from '../../core/coverage.js';
import type { TradingSession } from '../../core/time/calendar.js';
import { isRestatementRefused } from '../../core/revisions/restatement.js';
import type { LocalDate } from '../../core/time/time.js';
import { isHeld } from './session-gaps.js';
import type { GapOptions, SessionGap } from './session-gaps.js';
import { tradingSpan } from './wanted-sessions.js';

/** Wanted sessions that the lake lacks and the plan does not request, by kind. */
export type AbsentSessions = ReadonlyMap<AbsenceKind, readonly LocalDate[]>;

export type AbsentSessionsOptions = Omit<GapOptions, 'wholeSessions'>;

export const noAbsentSessions: AbsentSessions = new Map();

/**
 * Finds the wanted sessions that are neither answered nor in the gaps. Each session is counted once, under the first of its
 * kinds in the order of `classify`.
 */
export function findAbsentSessions(
  coverage: SeriesCoverage,
  sessions: readonly TradingSession[],
  requested: readonly SessionGap[],
  options: AbsentSessionsOptions,
): AbsentSessions {
  // With `--force` every session is requested, and `--missing` and `--restate` want only what they request.
  if (options.force || options.missing || options.restate === true) return noAbsentSessions;
  if (!options.retryFailed && !coverage.some(isPossiblyAbsent)) return noAbsentSessions;
  const isRequested = new Set(requested.map(({ session }) => session));
  const absent = new Map<AbsenceKind, LocalDate[]>();
  let first = 0;
  for (const session of sessions) {
    const span = tradingSpan(session, options.hours);
    while (first < coverage.length && (coverage[first]?.end ?? 0) <= span.start) first++;
    const kinds = new Set<AbsenceKind>();
    let covered = span.start;
    for (let position = first; position < coverage.length; position++) {
      const window = coverage[position];
      if (window === undefined || window.start >= span.end) break;
      const kind = classify(window, session, options);
      if (kind !== null) kinds.add(kind);
      if (window.start <= covered) covered = Math.max(covered, window.end);
    }
    if (options.retryFailed && covered < span.end && !isRequested.has(session)) kinds.add('unrequested');
    const kind = kindsInOrder.find((one) => kinds.has(one));
    if (kind === undefined) continue;
    const dates = absent.get(kind);
    if (dates === undefined) absent.set(kind, [session.date]);
    else dates.push(session.date);
  }
  return absent;
}

const kindsInOrder: readonly AbsenceKind[] = [
  'denied',
  'unconfirmed',
  'incomplete',
  'untraded',
  'unrequested',
  'lost',
  'rescaled',
  'unavailable',
];

function isPossiblyAbsent({ state, emptyAnswers }: CoveredWindow): boolean {
  return state === 'denied' || state === 'unavailable' || state === 'rescaled' || emptyAnswers !== undefined;
}

/** Returns why a window is absent; null for one that is answered, or that this plan requests. */
function classify(window: CoveredWindow, session: TradingSession, options: AbsentSessionsOptions): AbsenceKind | null {
  const { retryFailed, retryDenied } = options;
  switch (window.state) {
    case 'denied':
      return retryDenied ? null : 'denied';
    case 'unavailable':
      return 'unavailable';
    case 'missing':
      return retryFailed ? 'unrequested' : null;
    case 'rescaled':
      if (isRestatementRefused(window)) return 'unavailable';
      return options.restates !== false && !retryFailed ? null : 'rescaled';
    case 'data':
    case 'empty':
    case 'provisional':
      return null;
    case 'failed':
      return isHeld(window, session, options) ? 'unconfirmed' : null;
  }
}
